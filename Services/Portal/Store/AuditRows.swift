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

    /// The newest first, with the actor's address where the account is still there.
    /// - Parameter limit: rows.
    static func page(
        _ filter: AuditFilter, before cursor: AuditCursor?, limit: Int, _ transaction: any SQLTransaction
    ) async throws -> [AuditEntry] {
        var conditions: [String] = []
        var arguments: [SQLValue] = []
        if let kind = filter.kind {
            conditions.append("audit_events.event = ?")
            arguments.append(.text(kind.rawValue))
        }
        if let outcome = filter.outcome {
            conditions.append("audit_events.outcome = ?")
            arguments.append(.text(outcome.rawValue))
        }
        if let who = filter.concerning {
            conditions.append("(audit_events.subject = ? OR audit_events.actor = ? OR users.email = ?)")
            arguments += [.text(who), .text(who), .text(who)]
        }
        if let cursor {
            conditions.append("(happened_at < ? OR (happened_at = ? AND audit_events.id > ?))")
            arguments += [.integer(cursor.at), .integer(cursor.at), .text(cursor.id)]
        }
        let clause = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        return try await transaction.query(
            """
            SELECT audit_events.id, happened_at, event, outcome, actor, subject, address, request_id, detail,
                users.email AS actor_email
            FROM audit_events LEFT JOIN users ON users.id = audit_events.actor \(clause)
            ORDER BY happened_at DESC, audit_events.id LIMIT ?
            """, arguments + [.integer(Int64(limit))]
        ).map { AuditEntry(event: try event($0), actorEmail: try $0.optionalText("actor_email")) }
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
