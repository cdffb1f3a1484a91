import ServiceKit

/// What the plant tells of a skill (`/api/v1/skills`).
struct SkillDocument: Decodable, Sendable {
    var id: String
    var name: String
    var description: String?
    /// A slug.
    var category: String
    /// 1 to 5; nil where levels make no sense.
    var level: Int?
    /// Grows with each change.
    var version: Int
    var updatedAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case id, name, description, category, level, version
        case updatedAt = "updated_at"
    }

    /// As its form shows it.
    var fields: [String: String] {
        [
            "name": name, "category": category, "level": level.map(String.init) ?? "",
            "description": description ?? "",
        ]
    }
}
