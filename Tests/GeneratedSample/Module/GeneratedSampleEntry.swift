import PlantKit

struct GeneratedSampleEntry: Resource, Equatable {
    typealias Draft = GeneratedSampleEntryDraft

    let id: String
    let name: String
    let version: Int64
    let createdAt: Timestamp
    let updatedAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case id, name, version
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    static let schema = ResourceSchema(
        name: "generated_sample_entry", path: "/api/v1/generated-sample/entries", table: "generated_sample_entries",
        columns: ["id", "name", "version", "created_at", "updated_at"], filters: ["name"],
        sorts: ["name", "created_at", "updated_at"], defaultSort: "name", searchColumn: "search_text")

    init(row: SQLRow) throws {
        id = try row.text("id")
        name = try row.text("name")
        version = try row.integer("version")
        createdAt = Timestamp(seconds: try row.integer("created_at"))
        updatedAt = Timestamp(seconds: try row.integer("updated_at"))
    }

    /// What a caller may do, and which rows exist for it.
    static func grant(for caller: Caller) -> ResourceGrant {
        caller.may(GeneratedSampleModule.change) ? .everything : .looking
    }
}
