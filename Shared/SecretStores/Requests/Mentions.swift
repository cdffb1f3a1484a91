import Synchronization

/// Names that came up already, for what is said once while a store is open.
final class Mentions: Sendable {
    private let names = Mutex<Set<String>>([])

    func isFirst(_ name: String) -> Bool { names.withLock { $0.insert(name).inserted } }
}
