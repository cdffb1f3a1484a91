import Synchronization

/// Remembers that nothing could be stored, until something can again.
///
/// Asking a database whether it can be written to costs a write, so it is asked only after a write has failed so. One
/// that goes through does not end it while there is hardly any room: on a full disk small ones find a place in the log
/// for a while, and a service would be ready and not ready by turns.
final class WriteOutage: Sendable {
    private let isOn = Mutex(false)
    private let hasRoom: @Sendable () -> Bool

    /// - Parameter hasRoom: whether the disk has some left, as far as can be known from here.
    init(hasRoom: @escaping @Sendable () -> Bool = { true }) { self.hasRoom = hasRoom }

    func watching<T>(_ write: () async throws -> T) async throws -> T {
        do {
            let value = try await write()
            if isOn.withLock({ $0 }), hasRoom() { isOn.withLock { $0 = false } }
            return value
        } catch let error as StorageError {
            if case .unwritable = error { isOn.withLock { $0 = true } }
            throw error
        }
    }

    /// Throws `unwritable` while it lasts.
    func look(at database: any Database) async throws {
        guard isOn.withLock({ $0 }) else { return }
        guard hasRoom() else { throw StorageError.unwritable("the disk is full; make room") }
        do {
            // It changes nothing, and is written all the same.
            try await database.write {
                try await $0.execute("UPDATE lockstep_migrations SET position = position", [])
            }
        } catch StorageError.invalidStatement {
            // Nothing was ever migrated here: there is nothing to try it on.
            isOn.withLock { $0 = false }
        }
    }
}
