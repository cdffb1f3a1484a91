/// Between a record and its row.
enum AuditTable {
    /// What an entry's hash covers, in its order.
    static let columns = [
        "at", "actor", "issuer", "roles", "area", "action", "resource_kind", "resource_id", "outcome", "request_id",
        "address", "details",
    ]

    static var list: String { columns.joined(separator: ", ") }

    static func values(of record: AuditRecord) -> [SQLValue] {
        [
            .integer(record.at), .text(record.actor), .optional(record.issuer),
            .text(record.roles.joined(separator: " ")), .text(area(of: record.action)), .text(record.action),
            .optional(record.resource?.kind), .optional(record.resource?.id), .text(record.outcome.text),
            .optional(record.requestID), .optional(record.address), .optional(record.details),
        ]
    }

    /// What stands before the first dot: all that a service's part does is found by it.
    static func area(of action: String) -> String { String(action.prefix { $0 != "." }) }

    /// As they stand, for the hash.
    static func values(of row: SQLRow) -> [SQLValue] { columns.map { row[$0] ?? .null } }

    static func entry(_ row: SQLRow) throws -> AuditEntry {
        guard let outcome = AuditRecord.Outcome(text: try row.text("outcome")) else {
            throw StorageError.decoding("column outcome holds no outcome")
        }
        var resource: AuditRecord.Resource?
        if let kind = try row.optionalText("resource_kind"), let id = try row.optionalText("resource_id") {
            resource = .init(kind: kind, id: id)
        }
        let record = AuditRecord(
            at: try row.integer("at"), actor: try row.text("actor"), issuer: try row.optionalText("issuer"),
            roles: try row.text("roles").split(separator: " ").map(String.init), action: try row.text("action"),
            resource: resource, outcome: outcome, requestID: try row.optionalText("request_id"),
            address: try row.optionalText("address"), details: try row.optionalText("details"))
        return AuditEntry(position: try row.integer("position"), record: record, hash: try row.text("hash"))
    }
}
