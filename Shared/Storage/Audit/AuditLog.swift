/// An append-only log of who did what, chained by hashes: each entry's follows from all before it, so that whoever has
/// kept a head (`AuditHead`) outside of the database sees what was changed, removed or slipped in since.
///
/// Positions are given out under a lock on the log's one head row, held to the commit, as `EventLog` does: no gap, no
/// fork, at any number of replicas. An entry is written in the transaction of what it tells, last.
package struct AuditLog: Sendable {
    /// What the statements of a migration made.
    package let table: String

    /// - Parameter table: its name: 1 to 40 of `a`–`z` and `_`.
    package init(table: String = "audit_log") { self.table = table }

    /// The statements that make the log.
    package var statements: [String] {
        [
            """
            CREATE TABLE \(table) (
                position BIGINT NOT NULL PRIMARY KEY,
                at BIGINT NOT NULL,
                actor TEXT NOT NULL,
                issuer TEXT,
                roles TEXT NOT NULL,
                area TEXT NOT NULL,
                action TEXT NOT NULL,
                resource_kind TEXT,
                resource_id TEXT,
                outcome TEXT NOT NULL,
                request_id TEXT,
                address TEXT,
                details TEXT,
                hash TEXT NOT NULL
            )
            """,
            "CREATE INDEX \(table)_by_time ON \(table) (at, position)",
            "CREATE INDEX \(table)_by_actor ON \(table) (actor, position)",
            "CREATE INDEX \(table)_by_action ON \(table) (action, position)",
            "CREATE INDEX \(table)_by_area ON \(table) (area, position)",
            "CREATE INDEX \(table)_by_resource ON \(table) (resource_kind, resource_id, position)",
            """
            CREATE TABLE \(table)_head (
                name TEXT NOT NULL PRIMARY KEY,
                log_id TEXT NOT NULL,
                position BIGINT NOT NULL,
                hash TEXT NOT NULL,
                anchor_position BIGINT NOT NULL,
                anchor_hash TEXT NOT NULL
            )
            """,
        ]
    }

    /// Once after the migration, at each start.
    /// - Parameter id: of this log, where it is new: 1 to 64 of `A`–`Z`, `a`–`z`, `0`–`9`, `-`. It is part of every
    ///   hash, so that another log can't be put in this one's place.
    package func establish(id: String, in database: any Database) async throws {
        guard AuditHead.isLogID(id) else { throw StorageError.invalidStatement("an audit log's id is broken") }
        let origin = AuditHash.origin(logID: id)
        try await database.write { transaction in
            try await transaction.execute(
                """
                INSERT INTO \(table)_head (name, log_id, position, hash, anchor_position, anchor_hash)
                VALUES ('log', ?, 0, ?, 0, ?) ON CONFLICT (name) DO NOTHING
                """, [.text(id), .text(origin), .text(origin)])
        }
    }

    /// In a transaction of `writeInTurn`, as all of them touch one row.
    /// - Returns: the log's head after it.
    @discardableResult
    package func append(_ record: AuditRecord, _ transaction: any SQLTransaction) async throws -> AuditHead {
        // A pruning vouches for a front that is gone: nobody else may say such a thing.
        guard record.action != Self.pruneAction else {
            throw StorageError.invalidStatement("\(Self.pruneAction) is the audit log's own word")
        }
        return try await write(record, transaction)
    }

    package func head(_ transaction: any SQLTransaction) async throws -> AuditHead {
        try await state(transaction).head
    }

    // MARK: For pruning and verification

    static let pruneAction = "audit.prune"

    /// The head row.
    struct State: Sendable, Equatable {
        let head: AuditHead
        /// The last entry that was pruned, or the origin.
        let anchor: AuditHead
    }

    func state(_ transaction: any SQLTransaction) async throws -> State {
        let rows = try await transaction.query(
            """
            SELECT log_id, position, hash, anchor_position, anchor_hash FROM \(table)_head WHERE name = 'log'
            """, [])
        guard let row = rows.first else { throw notEstablished }
        let id = try row.text("log_id")
        return State(
            head: AuditHead(logID: id, position: try row.integer("position"), hash: try row.text("hash")),
            anchor: AuditHead(
                logID: id, position: try row.integer("anchor_position"), hash: try row.text("anchor_hash")))
    }

    var notEstablished: StorageError { .decoding("\(table)_head: the log was not established") }

    func write(_ record: AuditRecord, _ transaction: any SQLTransaction) async throws -> AuditHead {
        // The row is locked from here to the commit; the hash in it is still the one before.
        let rows = try await transaction.query(
            "UPDATE \(table)_head SET position = position + 1 WHERE name = 'log' RETURNING log_id, position, hash", [])
        guard let row = rows.first else { throw notEstablished }
        let (logID, position) = (try row.text("log_id"), try row.integer("position"))
        let values = AuditTable.values(of: record)
        let hash = AuditHash.entry(
            after: try row.text("hash"), logID: logID, position: position, values: values)
        let places = Array(repeating: "?", count: values.count + 2).joined(separator: ", ")
        try await transaction.execute(
            "INSERT INTO \(table) (position, \(AuditTable.list), hash) VALUES (\(places))",
            [.integer(position)] + values + [.text(hash)])
        try await transaction.execute("UPDATE \(table)_head SET hash = ? WHERE name = 'log'", [.text(hash)])
        return AuditHead(logID: logID, position: position, hash: hash)
    }
}
