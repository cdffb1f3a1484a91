import Storage
import Synchronization

/// A database that is away for as long as a test wants it to be.
final class AbsentDatabase: Database {
    private let database: any Database
    private let isAway = Mutex(false)

    init(_ database: any Database) { self.database = database }

    func goAway() { isAway.withLock { $0 = true } }
    func comeBack() { isAway.withLock { $0 = false } }

    private func check() throws {
        if isAway.withLock({ $0 }) { throw StorageError.unavailable("away") }
    }

    func read<T: Sendable>(_ body: @Sendable (any SQLTransaction) async throws -> T) async throws -> T {
        try check()
        return try await database.read(body)
    }

    func write<T: Sendable>(_ body: @Sendable (any SQLTransaction) async throws -> T) async throws -> T {
        try check()
        return try await database.write(body)
    }

    func migrate(_ migrations: [Migration], namespace: String) async throws {
        try await database.migrate(migrations, namespace: namespace)
    }

    func ping() async throws { try check() }
    func notifications(_ channel: String) -> AsyncStream<Void> { database.notifications(channel) }
    func close() async throws { try await database.close() }
}
