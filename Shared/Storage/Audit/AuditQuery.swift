/// Which entries are asked for; what is nil does not matter.
package struct AuditQuery: Sendable, Equatable {
    package enum Action: Sendable, Equatable {
        case exactly(String)
        /// All of an area and what stands below: `customers` finds `customers.suspend`.
        case area(String)
    }

    package enum Outcome: Sendable, Equatable {
        case done
        case begun
        /// nil: whatever the reason was.
        case refused(String?)
    }

    package var actor: String?
    package var action: Action?
    package var resourceKind: String?
    package var resourceID: String?
    /// Seconds since the epoch; from the first on, up to and without the second.
    package var from: Int64?
    package var until: Int64?
    package var outcome: Outcome?
    package var requestID: String?
    /// Older than this position; the `next` of the page before.
    package var before: Int64?

    package init(
        actor: String? = nil, action: Action? = nil, resourceKind: String? = nil, resourceID: String? = nil,
        from: Int64? = nil, until: Int64? = nil, outcome: Outcome? = nil, requestID: String? = nil,
        before: Int64? = nil
    ) {
        self.actor = actor
        self.action = action
        self.resourceKind = resourceKind
        self.resourceID = resourceID
        self.from = from
        self.until = until
        self.outcome = outcome
        self.requestID = requestID
        self.before = before
    }

    var condition: (sql: String, arguments: [SQLValue]) {
        var parts: [String] = []
        var arguments: [SQLValue] = []
        func add(_ part: String, _ values: SQLValue...) {
            parts.append(part)
            arguments += values
        }
        if let actor { add("actor = ?", .text(actor)) }
        switch action {
        case .exactly(let name): add("action = ?", .text(name))
        case .area(let name): add("area = ?", .text(name))
        case nil: break
        }
        if let resourceKind { add("resource_kind = ?", .text(resourceKind)) }
        if let resourceID { add("resource_id = ?", .text(resourceID)) }
        if let from { add("at >= ?", .integer(from)) }
        if let until { add("at < ?", .integer(until)) }
        let refused = AuditRecord.Outcome.refusedPrefix
        switch outcome {
        case .done: add("outcome = ?", .text(AuditRecord.Outcome.done.text))
        case .begun: add("outcome = ?", .text(AuditRecord.Outcome.begun.text))
        case .refused(let code?): add("outcome = ?", .text(AuditRecord.Outcome.refused(code).text))
        case .refused(nil): add("substr(outcome, 1, \(refused.count)) = ?", .text(refused))
        case nil: break
        }
        if let requestID { add("request_id = ?", .text(requestID)) }
        if let before { add("position < ?", .integer(before)) }
        return (parts.isEmpty ? "" : " WHERE " + parts.joined(separator: " AND "), arguments)
    }
}

/// Newest first.
package struct AuditPage: Sendable, Equatable {
    package let entries: [AuditEntry]
    /// The next page's `before`; nil at the end.
    package let next: Int64?
}

extension AuditLog {
    /// Oldest first, for those who take the log out.
    package func entries(
        after position: Int64, limit: Int, _ transaction: any SQLTransaction
    ) async throws -> [AuditEntry] {
        try await transaction.query(
            "SELECT position, \(AuditTable.list), hash FROM \(table) WHERE position > ? ORDER BY position LIMIT ?",
            [.integer(position), .integer(Int64(limit))]
        ).map(AuditTable.entry)
    }

    package func page(
        _ query: AuditQuery, limit: Int, _ transaction: any SQLTransaction
    ) async throws -> AuditPage {
        let (condition, arguments) = query.condition
        let rows = try await transaction.query(
            """
            SELECT position, \(AuditTable.list), hash FROM \(table)\(condition) ORDER BY position DESC LIMIT ?
            """, arguments + [.integer(Int64(limit) + 1)])
        let entries = try rows.prefix(limit).map(AuditTable.entry)
        return AuditPage(entries: entries, next: rows.count > limit ? entries.last?.position : nil)
    }
}
