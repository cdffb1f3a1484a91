import Synchronization

/// A transaction's statements on its connection, and the channels it notified.
final class SQLiteStatements: StatementRunner {
    private let connection: SQLiteConnection
    private let channels = Mutex<Set<String>>([])

    init(_ connection: SQLiteConnection) { self.connection = connection }

    /// For the hub, once the transaction is committed.
    var notified: Set<String> { channels.withLock { $0 } }

    func execute(_ sql: String, _ arguments: [SQLValue]) async throws -> Int {
        try await connection.execute(sql, arguments)
    }

    func query(_ sql: String, _ arguments: [SQLValue]) async throws -> [SQLRow] {
        try await connection.query(sql, arguments)
    }

    func notify(_ channel: String) async throws {
        try StorageError.checkChannel(channel)
        channels.withLock { _ = $0.insert(channel) }
    }
}
