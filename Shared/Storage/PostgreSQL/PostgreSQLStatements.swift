/// A transaction's statements on its connection.
struct PostgreSQLStatements: StatementRunner {
    let pool: PostgreSQLPool
    let link: UInt64
    let timeout: Duration

    func execute(_ sql: String, _ arguments: [SQLValue]) async throws -> Int {
        try await run(sql, arguments).changes
    }

    func query(_ sql: String, _ arguments: [SQLValue]) async throws -> [SQLRow] {
        try await run(sql, arguments).rows()
    }

    /// The server keeps it until the commit, and forgets it with a rollback.
    func notify(_ channel: String) async throws {
        try StorageError.checkChannel(channel)
        _ = try await run("SELECT pg_notify(?, '')", [.text(channel)])
    }

    private func run(_ sql: String, _ arguments: [SQLValue]) async throws -> PostgreSQLResult {
        let numbered = Placeholders.numbered(sql)
        guard numbered.count == arguments.count else {
            throw StorageError.invalidStatement(
                "the statement takes \(numbered.count) arguments and was given \(arguments.count)")
        }
        return try await pool.run(
            numbered.sql, try PostgreSQLArguments(arguments), on: link, isPrepared: true, timeout: timeout,
            isCancellable: true)
    }
}
