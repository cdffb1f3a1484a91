import PlantKit
import ServiceKit
import Storage

/// A skill of the plant's catalogue: what work on it may ask for. Everyone with a verified token reads it, staff writes it.
struct Skill: Resource, Equatable {
    let id: String
    var name: String
    var description: String?
    var category: String
    var level: Int64?
    let version: Int64
    let createdAt: Timestamp
    let updatedAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case id, name, description, category, level, version
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    static let schema = ResourceSchema(
        name: "skill", path: "/api/v1/skills", table: "skills",
        columns: ["id", "name", "description", "category", "level", "version", "created_at", "updated_at"],
        filters: ["category", "name"], sorts: ["name", "category", "level", "created_at", "updated_at"],
        defaultSort: "name", searchColumn: "search_text",
        uniqueFields: ["skills.name_key": "name", "skills_name_living": "name"])

    init(row: SQLRow) throws {
        id = try row.text("id")
        name = try row.text("name")
        description = try row.optionalText("description")
        category = try row.text("category")
        level = try row.optionalInteger("level")
        version = try row.integer("version")
        createdAt = Timestamp(seconds: try row.integer("created_at"))
        updatedAt = Timestamp(seconds: try row.integer("updated_at"))
    }

    typealias Draft = SkillDraft

    static func grant(for caller: Caller) -> ResourceGrant {
        caller.may(CorePermissions.changeSkills) ? .everything : .looking
    }
}
