import Synchronization

/// A transaction's statements on its connection, which begin it with the first.
///
/// The body sees `StorageError` alone; what the server said is kept, as it decides whether the transaction runs again,
/// whatever the body makes of its error.
final class PostgreSQLStatements: StatementRunner {
    private let pool: PostgreSQLPool
    private let link: UInt64
    private let opening: PostgreSQLOpening
    private let timeout: Duration
    private let state = Mutex(State())

    private struct State {
        var isBegun = false
        var isOpen = false
        var failure: (any Error)?
    }

    init(pool: PostgreSQLPool, link: UInt64, opening: PostgreSQLOpening, timeout: Duration) {
        self.pool = pool
        self.link = link
        self.opening = opening
        self.timeout = timeout
    }

    /// The first failure, as it came.
    var failure: (any Error)? { state.withLock { $0.failure } }

    /// False before the first statement.
    var isBegun: Bool { state.withLock { $0.isBegun } }

    /// False once a statement has ended the transaction itself.
    var isOpen: Bool { state.withLock { $0.isOpen } }

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
            let arguments = try PostgreSQLArguments(arguments)
            let isFirst = state.withLock { state in
                defer { state.isBegun = true }
                return !state.isBegun
            }
            let result = try await send(numbered.sql, arguments, opening: isFirst ? opening : nil)
            state.withLock { $0.isOpen = result.leavesTransactionOpen }
            return result
        } catch {
            state.withLock { $0.failure = $0.failure ?? error }
            throw PostgreSQLFailures.storageError(error)
        }
    }

    private func send(
        _ sql: String, _ arguments: PostgreSQLArguments, opening: PostgreSQLOpening?
    ) async throws -> PostgreSQLResult {
        do {
            return try await pool.run(
                sql, arguments, on: link, opening: opening, isPrepared: true, timeout: timeout, isCancellable: true)
        } catch let error as PostgreSQLLink.Failure {
            // A server that is silent for one connection is so for all, and each would take as long.
            if case .silent = error { throw error }
            throw opening == nil ? error : PostgreSQLFailures.NotBegun(reason: error)
        }
    }
}
