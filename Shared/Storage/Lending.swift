import Synchronization

/// Lends each of a fixed set of things to one borrower at a time, in the order of asking.
package final class Lending<Resource: Sendable>: Sendable {
    private struct Waiter {
        let id: UInt64
        let continuation: CheckedContinuation<Resource, any Error>
    }

    private struct State {
        var idle: [Resource]
        var waiters: [Waiter] = []
        var nextID: UInt64 = 0
        var isClosed = false
    }

    private let count: Int
    private let state: Mutex<State>

    package init(_ resources: [Resource]) {
        count = resources.count
        state = Mutex(State(idle: resources))
    }

    /// Waits its turn. Each success must be followed by one `giveBack`.
    /// - Throws: `CancellationError`, or `StorageError.unavailable` once closed.
    package func borrow() async throws -> Resource {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome: Result<Resource, any Error>? = state.withLock { state in
                    // The handler below may have run already; then it found no waiter to wake.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.isClosed { return .failure(Self.closed) }
                    if state.waiters.isEmpty, let resource = state.idle.popLast() { return .success(resource) }
                    state.waiters.append(Waiter(id: id, continuation: continuation))
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
            }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Without waiting: nil where none is idle, or once closed.
    package func borrowIdle() -> Resource? {
        state.withLock { $0.isClosed ? nil : $0.idle.popLast() }
    }

    package func giveBack(_ resource: Resource) {
        let next: Waiter? = state.withLock { state in
            guard state.waiters.isEmpty else { return state.waiters.removeFirst() }
            state.idle.append(resource)
            return nil
        }
        next?.continuation.resume(returning: resource)
    }

    /// Lets those who already wait have their turn, refuses those who come later, and answers all things once they are
    /// back. Nothing when it is closed already.
    func close() async throws -> [Resource] {
        if state.withLock({ $0.isClosed }) { return [] }
        var collected: [Resource] = []
        while collected.count < count {
            collected.append(try await borrow())
        }
        let late = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in late { waiter.continuation.resume(throwing: Self.closed) }
        return collected
    }

    private static var closed: StorageError { .unavailable("the database is closed") }
}
