package import PlantKit

/// Somebody who works at a farm.
package struct StaffMember: Sendable, Equatable, Codable {
    /// A token's subject.
    package let subject: String
    /// What they do there, e.g. `agronomist`; what they may do follows from their roles alone.
    package let role: String
    package let addedAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case subject, role
        case addedAt = "added_at"
    }

    init(row: SQLRow) throws {
        subject = try row.text("subject")
        role = try row.text("role")
        addedAt = try row.moment("added_at")
    }
}
