import Storage

/// SQL over `audit_events`, inside the transaction of what is audited: neither is committed without the other.
enum AuditRows {
    private static let columns = "id, happened_at, event, outcome, actor, subject, address, request_id, detail"

    static func insert(_ event: AuditEvent, _ transaction: any SQLTransaction) async throws {
        try await transaction.execute(
            """
            INSERT INTO audit_events (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(event.id), .integer(event.at), .text(event.kind.rawValue), .text(event.outcome.rawValue),
                .optional(event.actor), .text(event.subject), .text(event.address),
                .text(event.requestID), .text(event.detail),
            ])
    }

    /// The newest first.
    static func latest(_ limit: Int, _ transaction: any SQLTransaction) async throws -> [AuditEvent] {
        try await transaction.query(
            "SELECT \(columns) FROM audit_events ORDER BY happened_at DESC, id LIMIT ?", [.integer(Int64(limit))]
        ).map(event)
    }

    private static func event(_ row: SQLRow) throws -> AuditEvent {
        guard let kind = AuditEvent.Kind(rawValue: try row.text("event")),
            let outcome = AuditEvent.Outcome(rawValue: try row.text("outcome"))
        else { throw StorageError.decoding("audit_events.event") }
        return AuditEvent(
            id: try row.text("id"), at: try row.integer("happened_at"), kind: kind, outcome: outcome,
            actor: try row.optionalText("actor"), subject: try row.text("subject"), address: try row.text("address"),
            requestID: try row.text("request_id"), detail: try row.text("detail"))
    }
}
