import Synchronization

/// A connection inside a transaction, as its body's statements reach it.
protocol StatementRunner: Sendable {
    /// Answers how many rows the statement changed; 0 for one that changes the schema.
    func execute(_ sql: String, _ arguments: [SQLValue]) async throws -> Int
    func query(_ sql: String, _ arguments: [SQLValue]) async throws -> [SQLRow]
    /// Heard by those who listen, once the transaction is committed.
    func notify(_ channel: String) async throws
}

/// What a transaction's body holds: it stops working with the first failed statement, and when the body is over.
final class GuardedTransaction: SQLTransaction {
    private enum State {
        case open
        /// The first failure; PostgreSQL refuses what follows one, so SQLite does here.
        case failed(any Error)
        case over
    }

    /// The databases in whose transaction the present task is: waiting for oneself would never end.
    @TaskLocal private static var entered: Set<ObjectIdentifier> = []

    private let runner: any StatementRunner
    private let state = Mutex(State.open)

    private init(_ runner: any StatementRunner) { self.runner = runner }

    /// Refuses a transaction inside of a transaction of the same database.
    static func refuseNesting(in database: AnyObject) throws {
        guard !entered.contains(ObjectIdentifier(database)) else {
            throw StorageError.invalidStatement("a transaction inside a transaction's body")
        }
    }

    /// Runs the body between the caller's begin and commit. Throws the body's error, or the failure it swallowed.
    static func run<T: Sendable>(
        _ body: @Sendable (any SQLTransaction) async throws -> T, on runner: any StatementRunner,
        of database: AnyObject
    ) async throws -> T {
        let transaction = GuardedTransaction(runner)
        let value: T
        do {
            let inside = entered.union([ObjectIdentifier(database)])
            value = try await $entered.withValue(inside) { try await body(transaction) }
        } catch {
            // The body's own error tells more than the statement's behind it.
            try? transaction.end()
            throw error
        }
        try transaction.end()
        try Task.checkCancellation()
        return value
    }

    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) async throws -> Int {
        try await guarded { try await runner.execute(sql, arguments) }
    }

    func query(_ sql: String, _ arguments: [SQLValue]) async throws -> [SQLRow] {
        try await guarded { try await runner.query(sql, arguments) }
    }

    func notify(_ channel: String) async throws {
        try await guarded { try await runner.notify(channel) }
    }

    /// Throws the failure that the body swallowed, if there was one. Nothing runs after this.
    private func end() throws {
        let last = state.withLock { state in
            defer { state = .over }
            return state
        }
        if case .failed(let error) = last { throw error }
    }

    private func guarded<T>(_ work: () async throws -> T) async throws -> T {
        try Task.checkCancellation()
        try state.withLock { state throws in
            switch state {
            case .open: return
            case .failed: throw StorageError.invalidStatement("an earlier statement of this transaction failed")
            case .over: throw StorageError.invalidStatement("the transaction is over")
            }
        }
        do {
            return try await work()
        } catch {
            state.withLock { state in
                if case .open = state { state = .failed(error) }
            }
            throw error
        }
    }
}
