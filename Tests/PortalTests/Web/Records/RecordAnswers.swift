import Foundation

/// Answers of the real plant about customers and skills; `FarmAnswers.markup` stands wherever people write.
enum RecordAnswers {
    static let skillID = "0b0f6a52-7a0c-4d0e-9f5e-1f0d3f6d0011"
    static let customerID = "0b0f6a52-7a0c-4d0e-9f5e-1f0d3f6d0012"
    static let otherID = "0b0f6a52-7a0c-4d0e-9f5e-1f0d3f6d0013"

    private static let written = FarmAnswers.quoted(FarmAnswers.markup)

    static func skill(version: Int = 3, description: String = FarmAnswers.markup) -> String {
        """
        {"id":"\(skillID)","name":\(written),"description":\(FarmAnswers.quoted(description)),"category":"irrigation",
        "level":3,"version":\(version),"created_at":"2025-11-01T09:00:00Z","updated_at":"2026-01-01T08:00:00Z"}
        """
    }

    /// What a customer is like.
    struct Standing: Sendable {
        var id = RecordAnswers.customerID
        var version = 5
        var status = "active"
        var reason: String?
        var trialEndsAt: String?
        var duplicateOf: String?
        var notes = FarmAnswers.markup
    }

    static func customer(_ standing: Standing = .init()) -> String {
        func optional(_ text: String?) -> String { text.map(FarmAnswers.quoted) ?? "null" }
        return """
            {"id":"\(standing.id)","user_id":"u-1","name":\(written),"email":"grower+\(standing.id.suffix(2))@example.com",
            "phone":"+49 30 123","notes":\(FarmAnswers.quoted(standing.notes)),"plan":"free","status":"\(standing.status)",
            "duplicate_of":\(optional(standing.duplicateOf)),"suspension_reason":\(optional(standing.reason)),
            "trial_ends_at":\(optional(standing.trialEndsAt)),"version":\(standing.version),
            "created_at":"2025-11-01T09:00:00Z","updated_at":"2026-01-01T08:00:00Z"}
            """
    }
}
