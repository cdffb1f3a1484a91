import Storage
import Synchronization

/// A database that fails when told to.
final class FailingDatabase: Database {
    private let base: any Database
    private let failure = Mutex<StorageError?>(nil)

    init(_ base: any Database) { self.base = base }

    func fail(with error: StorageError?) { failure.withLock { $0 = error } }

    private func check() throws {
        if let error = failure.withLock({ $0 }) { throw error }
    }

    func read<T: Sendable>(_ body: @Sendable (any SQLTransaction) async throws -> T) async throws -> T {
        try check()
        return try await base.read(body)
    }

    @discardableResult
    func write<T: Sendable>(_ body: @Sendable (any SQLTransaction) async throws -> T) async throws -> T {
        try check()
        return try await base.write(body)
    }

    func migrate(_ migrations: [Migration], namespace: String) async throws {
        try await base.migrate(migrations, namespace: namespace)
    }

    func ping() async throws {
        try check()
        try await base.ping()
    }

    func notifications(_ channel: String) -> AsyncStream<Void> { base.notifications(channel) }

    func close() async throws { try await base.close() }
}
