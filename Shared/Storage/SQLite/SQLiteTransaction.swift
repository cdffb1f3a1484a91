import Synchronization

/// What a transaction's body holds: it stops working with the first failed statement, and when the body is over.
final class SQLiteTransaction: SQLTransaction {
    private enum State {
        case open
        /// The first failure; PostgreSQL refuses what follows one, so SQLite does here.
        case failed(any Error)
        case over
    }

    private let connection: SQLiteConnection
    private let state = Mutex(State.open)

    init(_ connection: SQLiteConnection) { self.connection = connection }

    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) async throws -> Int {
        try await guarded { try await connection.execute(sql, arguments) }
    }

    func query(_ sql: String, _ arguments: [SQLValue]) async throws -> [SQLRow] {
        try await guarded { try await connection.query(sql, arguments) }
    }

    /// Throws the failure that the body swallowed, if there was one. Nothing runs after this.
    func end() throws {
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
