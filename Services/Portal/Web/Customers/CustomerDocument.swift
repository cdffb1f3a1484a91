import ServiceKit

/// What the plant tells staff of a customer (`/api/v1/customers`).
struct CustomerDocument: Decodable, Sendable {
    var id: String
    /// Who registered it at the customer portal.
    var userID: String?
    var name: String
    var email: String
    var phone: String?
    var notes: String?
    /// A slug.
    var plan: String
    /// `active` or `suspended`; a newer plant may know more.
    var status: String
    /// The customer that held this email when this one registered.
    var duplicateOf: String?
    /// An operator's words, or `trial_ended`.
    var suspensionReason: String?
    var trialEndsAt: Timestamp?
    /// Grows with each change.
    var version: Int
    var createdAt: Timestamp
    var updatedAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case id, name, email, phone, notes, plan, status, version
        case userID = "user_id"
        case duplicateOf = "duplicate_of"
        case suspensionReason = "suspension_reason"
        case trialEndsAt = "trial_ends_at"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    static let active = "active"
    static let suspended = "suspended"

    var isSuspended: Bool { status == Self.suspended }

    /// The plant refuses its tokens from then on, and suspends it soon after.
    func isTrialOver(at now: Int64) -> Bool { trialEndsAt.map { $0.seconds <= now } ?? false }

    /// As the form shows it that changes it.
    var fields: [String: String] {
        ["name": name, "email": email, "phone": phone ?? "", "notes": notes ?? ""]
    }
}
