/// An ordered log that other services follow: appended to in the transaction of what it tells, read in pages by cursor,
/// swept by time. What its entries say is the owner's business.
///
/// Positions are given out under a lock on the log's one head row, held to the commit: whoever has read a position has
/// seen everything before it.
package struct EventLog: Sendable {
    package struct Entry: Sendable, Equatable {
        package let cursor: String
        package let payload: String
    }

    package struct Page: Sendable, Equatable {
        package let entries: [Entry]
        /// The last entry's cursor, or the one that was asked for.
        package let next: String
        package let hasMore: Bool
    }

    /// What the statements of `migration` made.
    private let table: String

    /// - Parameter table: its name, and the channel of its news: 1 to 40 of `a`–`z` and `_`.
    package init(table: String) { self.table = table }

    /// The statements that make the log.
    package var statements: [String] {
        [
            """
            CREATE TABLE \(table) (
                position BIGINT NOT NULL PRIMARY KEY,
                payload TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX \(table)_by_expiry ON \(table) (expires_at)",
            """
            CREATE TABLE \(table)_head (
                name TEXT NOT NULL PRIMARY KEY,
                log_id TEXT NOT NULL,
                head BIGINT NOT NULL,
                swept BIGINT NOT NULL
            )
            """,
        ]
    }

    /// By them a log's head is known where only tables are (`DatabaseCopy`).
    static let headColumns: Set<String> = ["name", "log_id", "head", "swept"]

    /// Once after the migration, at each start.
    /// - Parameter id: of this log, where it is new: a cursor of another one (a database that was made anew, or restored)
    ///   is not taken for one of this. `A`–`Z`, `a`–`z`, `0`–`9`, `-`.
    package func establish(id: String, in database: any Database) async throws {
        try await database.write { transaction in
            try await transaction.execute(
                """
                INSERT INTO \(table)_head (name, log_id, head, swept) VALUES ('log', ?, 0, 0)
                ON CONFLICT (name) DO NOTHING
                """, [.text(id)])
        }
    }

    /// Yields when there may be something new.
    package func news(of database: any Database) -> AsyncStream<Void> { database.notifications(table) }

    /// - Parameters:
    ///   - now: seconds since the epoch.
    ///   - expiresAt: from then on nobody needs it, and it may be swept.
    package func append(
        _ payload: String, now: Int64, expiresAt: Int64, _ transaction: any SQLTransaction
    ) async throws {
        let heads = try await transaction.query(
            "UPDATE \(table)_head SET head = head + 1 WHERE name = 'log' RETURNING head", [])
        guard let position = try heads.first?.integer("head") else {
            throw StorageError.decoding("\(table)_head: the log was not established")
        }
        try await transaction.execute(
            "INSERT INTO \(table) (position, payload, created_at, expires_at) VALUES (?, ?, ?, ?)",
            [.integer(position), .text(payload), .integer(now), .integer(expiresAt)])
        try await transaction.notify(table)
    }

    /// - Parameter cursor: nil: from the oldest entry.
    /// - Returns: nil for a cursor that is none of this log, or behind which entries have been swept.
    package func page(
        after cursor: String?, limit: Int, _ transaction: any SQLTransaction
    ) async throws -> Page? {
        let rows = try await transaction.query(
            "SELECT log_id, head, swept FROM \(table)_head WHERE name = 'log'", [])
        guard let row = rows.first else { throw StorageError.decoding("\(table)_head: the log was not established") }
        let (id, head, swept) = (try row.text("log_id"), try row.integer("head"), try row.integer("swept"))
        var position = swept
        if let cursor {
            guard let named = Self.position(of: cursor, log: id), named >= swept, named <= head else { return nil }
            position = named
        }
        let found = try await transaction.query(
            "SELECT position, payload FROM \(table) WHERE position > ? ORDER BY position LIMIT ?",
            [.integer(position), .integer(Int64(limit) + 1)])
        let entries = try found.prefix(limit).map { row in
            Entry(cursor: "\(id).\(try row.integer("position"))", payload: try row.text("payload"))
        }
        return Page(entries: entries, next: entries.last?.cursor ?? "\(id).\(position)", hasMore: found.count > limit)
    }

    /// The cursor behind the newest entry: who follows from there gets what comes.
    package func newest(_ transaction: any SQLTransaction) async throws -> String {
        let rows = try await transaction.query("SELECT log_id, head FROM \(table)_head WHERE name = 'log'", [])
        guard let row = rows.first else { throw StorageError.decoding("\(table)_head: the log was not established") }
        return "\(try row.text("log_id")).\(try row.integer("head"))"
    }

    /// Forgets what has expired, and the oldest beyond `maximum`. A cursor from before that is refused from then on.
    /// - Returns: how many went that had not expired.
    @discardableResult
    package func sweep(now: Int64, maximum: Int64, in database: any Database) async throws -> Int {
        try await database.write { transaction in
            // The log is told in order, so it is forgotten in order: up to the first entry that still matters.
            let living = try await transaction.query(
                "SELECT COALESCE(MIN(position), -1) AS first FROM \(table) WHERE expires_at >= ?", [.integer(now)])
            let head = try await transaction.query("SELECT head FROM \(table)_head WHERE name = 'log'", [])
            guard let newest = try head.first?.integer("head"), let first = try living.first?.integer("first") else {
                return 0
            }
            let expired = first < 0 ? newest : first - 1
            let swept = max(expired, newest - maximum)
            guard swept > 0 else { return 0 }
            let count = try await transaction.query(
                "SELECT COUNT(*) AS n FROM \(table) WHERE position > ? AND position <= ? AND expires_at >= ?",
                [.integer(expired), .integer(swept), .integer(now)])
            try await transaction.execute("DELETE FROM \(table) WHERE position <= ?", [.integer(swept)])
            try await transaction.execute(
                "UPDATE \(table)_head SET swept = ? WHERE name = 'log' AND swept < ?",
                [.integer(swept), .integer(swept)])
            return Int(try count.first?.integer("n") ?? 0)
        }
    }

    private static func position(of cursor: String, log id: String) -> Int64? {
        guard let dot = cursor.lastIndex(of: "."), cursor[..<dot] == id else { return nil }
        let digits = cursor[cursor.index(after: dot)...]
        // One spelling for each position: no sign, no leading zero.
        guard let position = Int64(digits), position >= 0, String(position) == digits else { return nil }
        return position
    }
}
