import Storage
import Synchronization

/// A database that keeps what it is asked: the text of each statement, without its arguments.
final class RecordingDatabase: Database {
    private let base: any Database
    private let asked = Mutex<[String]>([])

    init(_ base: any Database) { self.base = base }

    /// What was asked since the last time, in order.
    func take() -> [String] {
        asked.withLock { asked in
            defer { asked = [] }
            return asked
        }
    }

    /// What one run of a transaction's body asked; a run that is begun again starts anew.
    private final class Run: Sendable {
        private let statements = Mutex<[String]>([])

        var all: [String] { statements.withLock { $0 } }

        func begin(_ kind: String) { statements.withLock { $0 = [kind] } }

        func add(_ sql: String) { statements.withLock { $0.append(sql) } }
    }

    private struct Transaction: SQLTransaction {
        let base: any SQLTransaction
        let run: Run

        @discardableResult func execute(_ sql: String, _ arguments: [SQLValue]) async throws -> Int {
            run.add(sql)
            return try await base.execute(sql, arguments)
        }

        func query(_ sql: String, _ arguments: [SQLValue]) async throws -> [SQLRow] {
            run.add(sql)
            return try await base.query(sql, arguments)
        }

        func notify(_ channel: String) async throws {
            run.add("notify \(channel)")
            try await base.notify(channel)
        }
    }

    func read<T: Sendable>(_ body: @Sendable (any SQLTransaction) async throws -> T) async throws -> T {
        let run = Run()
        defer { asked.withLock { $0 += run.all } }
        return try await base.read { transaction in
            run.begin("read")
            return try await body(Transaction(base: transaction, run: run))
        }
    }

    @discardableResult
    func write<T: Sendable>(_ body: @Sendable (any SQLTransaction) async throws -> T) async throws -> T {
        let run = Run()
        defer { asked.withLock { $0 += run.all } }
        return try await base.write { transaction in
            run.begin("write")
            return try await body(Transaction(base: transaction, run: run))
        }
    }

    func migrate(_ migrations: [Migration], namespace: String) async throws {
        try await base.migrate(migrations, namespace: namespace)
    }

    func ping() async throws { try await base.ping() }

    func notifications(_ channel: String) -> AsyncStream<Void> { base.notifications(channel) }

    func close() async throws { try await base.close() }
}
