import Storage

/// A message that has to reach another service, committed together with what it tells.
struct OutboxEntry: Sendable, Equatable {
    /// The receiver knows it by this when it comes twice.
    var eventID: String
    /// JSON, as it is sent.
    var payload: String
    var attempts: Int64
    /// Seconds since the epoch.
    var createdAt: Int64
}

struct OutboxBacklog: Sendable, Equatable {
    var pending: Int64
    var rejected: Int64
    /// Seconds since the epoch; of those that are pending.
    var oldest: Int64?
}

struct OutboxStore: Sendable {
    private let database: any Database
    let table: OutboxTable

    init(database: any Database, table: OutboxTable = .customers) {
        self.database = database
        self.table = table
    }

    /// Yields when there may be something to deliver.
    func news() -> AsyncStream<Void> { database.notifications(table.name) }

    /// Takes the first of those that are due, in the order of commits, so that no other replica delivers it now.
    func claim(now: Int64) async throws -> OutboxEntry? {
        try await database.write { transaction in
            try await transaction.query(
                """
                UPDATE \(table.name) SET next_attempt_at = ? WHERE event_id IN (
                    SELECT event_id FROM \(table.name) WHERE status = 'pending' AND next_attempt_at <= ?
                    ORDER BY position LIMIT 1)
                RETURNING event_id, payload, attempts, created_at
                """,
                [.integer(now + table.lease), .integer(now)]
            ).first.map { row in
                OutboxEntry(
                    eventID: try row.text("event_id"), payload: try row.text("payload"),
                    attempts: try row.integer("attempts"), createdAt: try row.integer("created_at"))
            }
        }
    }

    /// When the next one is due; nil when nothing waits.
    func nextAttempt() async throws -> Int64? {
        try await database.read { transaction in
            try await transaction.query(
                "SELECT MIN(next_attempt_at) AS due FROM \(table.name) WHERE status = 'pending'", []
            ).first?.optionalInteger("due")
        }
    }

    /// - Parameter event: recorded with it.
    func delivered(_ entry: OutboxEntry, event: AuditEvent? = nil, now: Int64) async throws {
        try await settle(entry, as: "delivered", error: nil, event: event, now: now)
    }

    /// The receiver will never take it; a person has to look.
    /// - Parameter event: recorded with it.
    func rejected(_ entry: OutboxEntry, error: String, event: AuditEvent? = nil, now: Int64) async throws {
        try await settle(entry, as: "rejected", error: error, event: event, now: now)
    }

    func failed(_ entry: OutboxEntry, error: String, nextAttempt: Int64) async throws {
        try await database.write { transaction in
            try await transaction.execute(
                """
                UPDATE \(table.name) SET attempts = attempts + 1, next_attempt_at = ?, last_error = ?
                WHERE event_id = ? AND status = 'pending'
                """,
                [.integer(nextAttempt), .text(error), .text(entry.eventID)])
        }
    }

    func backlog() async throws -> OutboxBacklog {
        try await database.read { transaction in
            let rows = try await transaction.query(
                """
                SELECT status, COUNT(*) AS entries, MIN(created_at) AS oldest FROM \(table.name)
                WHERE status <> 'delivered' GROUP BY status
                """, [])
            var backlog = OutboxBacklog(pending: 0, rejected: 0)
            for row in rows {
                if try row.text("status") == "pending" {
                    backlog.pending = try row.integer("entries")
                    backlog.oldest = try row.optionalInteger("oldest")
                } else {
                    backlog.rejected = try row.integer("entries")
                }
            }
            return backlog
        }
    }

    /// A message as operators see it.
    struct Kept: Sendable, Equatable {
        var entry: OutboxEntry
        var status: String
        /// Seconds since the epoch.
        var nextAttemptAt: Int64
        var settledAt: Int64?
        var lastError: String?
    }

    /// What waits and what was rejected, in the order of commits, rejected ones first.
    func undelivered(limit: Int, offset: Int) async throws -> (kept: [Kept], total: Int) {
        try await database.read { transaction in
            let rows = try await transaction.query(
                """
                SELECT event_id, payload, attempts, created_at, status, next_attempt_at, settled_at, last_error
                FROM \(table.name) WHERE status <> 'delivered' ORDER BY status DESC, position LIMIT ? OFFSET ?
                """, [.integer(Int64(limit)), .integer(Int64(offset))])
            let total = try await transaction.query(
                "SELECT COUNT(*) AS total FROM \(table.name) WHERE status <> 'delivered'", [])[0].integer("total")
            return (try rows.map(Self.kept), Int(total))
        }
    }

    enum Retry: Sendable, Equatable { case due, notRejected, unknown }

    /// One more try for a rejected message, now.
    func retry(_ id: String, event: AuditEvent, now: Int64) async throws -> Retry {
        try await database.write { transaction in
            let changed = try await transaction.execute(
                """
                UPDATE \(table.name) SET status = 'pending', next_attempt_at = ?, settled_at = NULL
                WHERE event_id = ? AND status = 'rejected'
                """, [.integer(now), .text(id)])
            guard changed == 1 else {
                let known = try await transaction.query(
                    "SELECT status FROM \(table.name) WHERE event_id = ?", [.text(id)])
                return known.isEmpty ? .unknown : .notRejected
            }
            try await AuditRows.insert(event, transaction)
            try await transaction.notify(table.name)
            return .due
        }
    }

    private static func kept(_ row: SQLRow) throws -> Kept {
        Kept(
            entry: OutboxEntry(
                eventID: try row.text("event_id"), payload: try row.text("payload"),
                attempts: try row.integer("attempts"), createdAt: try row.integer("created_at")),
            status: try row.text("status"), nextAttemptAt: try row.integer("next_attempt_at"),
            settledAt: try row.optionalInteger("settled_at"), lastError: try row.optionalText("last_error"))
    }

    private func settle(
        _ entry: OutboxEntry, as status: String, error: String?, event: AuditEvent?, now: Int64
    ) async throws {
        try await database.write { transaction in
            let changed = try await transaction.execute(
                """
                UPDATE \(table.name) SET attempts = attempts + 1, status = ?, settled_at = ?, last_error = ?
                WHERE event_id = ? AND status = 'pending'
                """,
                [.text(status), .integer(now), .optional(error), .text(entry.eventID)])
            if table.forgetsPayload {
                try await transaction.execute(
                    "UPDATE \(table.name) SET payload = '' WHERE event_id = ?", [.text(entry.eventID)])
            }
            if changed == 1, let event { try await AuditRows.insert(event, transaction) }
        }
    }
}
