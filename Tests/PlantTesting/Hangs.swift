import Foundation
import Synchronization

/// Modules that hang in tests, and deadlines that come when they do: no test waits for a clock.
package final class Hangs: Sendable {
    private struct State {
        var hanging: [String: Int] = [:]
        var waiters: [UUID: (module: String, continuation: CheckedContinuation<Void, any Error>)] = [:]
        var isReleased = false
        var enough = 1
    }

    private let state = Mutex(State())
    private let condition = NSCondition()

    package init() {}

    /// Blocks its thread until `release()`, as a module's bug would for ever.
    package func hang(_ module: String) {
        let woken = state.withLock { state -> [CheckedContinuation<Void, any Error>] in
            state.hanging[module, default: 0] += 1
            guard state.hanging[module, default: 0] >= state.enough else { return [] }
            let mine = state.waiters.filter { $0.value.module == module }
            for id in mine.keys { state.waiters[id] = nil }
            return mine.values.map(\.continuation)
        }
        for waiter in woken { waiter.resume() }
        condition.lock()
        while !state.withLock({ $0.isReleased }) { condition.wait() }
        condition.unlock()
        state.withLock { $0.hanging[module, default: 1] -= 1 }
    }

    /// Lets all go on that hang.
    package func release() {
        condition.lock()
        state.withLock { $0.isReleased = true }
        condition.broadcast()
        condition.unlock()
    }

    /// Deadlines come when so many hang at once (1): who comes to a module that hangs already may hang there too.
    package func deadlinesCome(withHanging count: Int) { state.withLock { $0.enough = count } }

    /// Ends once enough of the module hangs; a module that does not hang has all the time of the world.
    package func deadline(of module: String) async throws {
        let id = UUID()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let outcome: Result<Void, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.hanging[module, default: 0] >= state.enough { return .success(()) }
                    state.waiters[id] = (module, continuation)
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }
}
