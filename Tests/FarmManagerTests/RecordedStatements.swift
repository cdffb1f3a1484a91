import Storage
import Synchronization

/// A transaction that passes everything on, and keeps what was asked for.
final class RecordedStatements: SQLTransaction {
    struct Statement: Sendable {
        let sql: String
        let arguments: [SQLValue]
    }

    private let transaction: any SQLTransaction
    private let kept = Mutex<[Statement]>([])

    init(_ transaction: any SQLTransaction) { self.transaction = transaction }

    var statements: [Statement] { kept.withLock { $0 } }

    func execute(_ sql: String, _ arguments: [SQLValue]) async throws -> Int {
        kept.withLock { $0.append(Statement(sql: sql, arguments: arguments)) }
        return try await transaction.execute(sql, arguments)
    }

    func query(_ sql: String, _ arguments: [SQLValue]) async throws -> [SQLRow] {
        kept.withLock { $0.append(Statement(sql: sql, arguments: arguments)) }
        return try await transaction.query(sql, arguments)
    }

    func notify(_ channel: String) async throws { try await transaction.notify(channel) }
}
