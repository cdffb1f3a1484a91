import Synchronization

/// A transaction's statements on its connection.
///
/// The body sees `StorageError` alone; what the server said is kept, as it decides whether the transaction runs again,
/// whatever the body makes of its error.
final class PostgreSQLStatements: StatementRunner {
    private let pool: PostgreSQLPool
    private let link: UInt64
    private let timeout: Duration
    private let first = Mutex<(any Error)?>(nil)

    init(pool: PostgreSQLPool, link: UInt64, timeout: Duration) {
        self.pool = pool
        self.link = link
        self.timeout = timeout
    }

    /// The first failure, as it came.
    var failure: (any Error)? { first.withLock { $0 } }

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
        do {
            return try await pool.run(
                numbered.sql, try PostgreSQLArguments(arguments), on: link, isPrepared: true, timeout: timeout,
                isCancellable: true)
        } catch {
            first.withLock { $0 = $0 ?? error }
            throw PostgreSQLFailures.storageError(error)
        }
    }
}
