import ServiceKit

/// What the plant tells a customer of itself (`/api/v1/customers`).
struct OwnCustomerDocument: Decodable, Sendable, Equatable {
    var id: String
    var name: String
    /// Where the plant's people write to.
    var email: String
    var phone: String?
    /// A slug.
    var plan: String
    /// From then on it is not served any more, unless it has been moved to a plan by then.
    var trialEndsAt: Timestamp?
    /// Grows with each change.
    var version: Int64
    var createdAt: Timestamp

    /// What it may change, as its form shows it.
    var fields: [String: String] { ["name": name, "phone": phone ?? ""] }

    enum CodingKeys: String, CodingKey {
        case id, name, email, phone, plan, version
        case trialEndsAt = "trial_ends_at"
        case createdAt = "created_at"
    }
}

/// The visitor's customer at the plant. Which one that is, and what may be changed of it, the plant knows: the portal asks for
/// the one that the visitor sees.
struct OwnCustomer: Sendable {
    let plant: PlantAPI
    let visitor: Visitor

    func read() async throws(PlantFailure) -> OwnCustomerDocument {
        let list: PlantList<OwnCustomerDocument> = try await plant.get(
            PlantPath("/api/v1/customers", query: [("perPage", "1")]), for: visitor)
        guard let own = list.data.first else { throw .notFound(detail: "") }
        return own
    }

    /// - Parameters:
    ///   - fields: nil empties one.
    ///   - version: that the visitor has seen: somebody else's change is not undone by who has not seen it.
    func write(_ fields: [String: String?], to own: OwnCustomerDocument, version: Int64) async throws(PlantFailure) {
        guard let id = RecordID(own.id) else { throw .unreadable }
        let _: OwnCustomerDocument = try await plant.patch(
            PlantPath("/api/v1/customers/\(id.text)"), fields, .init(expectedTag: "\"v\(version)\""), for: visitor)
    }

    /// The first of them, and how many there are.
    func farms() async throws(PlantFailure) -> PlantList<FarmDocument> {
        try await FarmManager(plant: plant, visitor: visitor).farms(page: 1)
    }
}
