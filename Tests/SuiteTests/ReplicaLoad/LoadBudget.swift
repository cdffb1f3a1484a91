import Synchronization

/// How many writes may be sent by now, and how many have been answered: faults come after so many answers, and so much
/// load lies behind each, however fast the machine is.
final class LoadBudget: Sendable {
    private struct State {
        var allowed = 0
        var taken = 0
        var answered = 0
        var isOver = false
        var failure: (any Error)?
    }

    private let state = Mutex(State())

    /// Waits for leave to send one more.
    /// - Returns: its number; nil when there will be no more.
    func take() async throws -> Int? {
        while true {
            let (number, isOver) = state.withLock { state -> (Int?, Bool) in
                guard state.taken < state.allowed else { return (nil, state.isOver || state.failure != nil) }
                state.taken += 1
                return (state.taken, false)
            }
            if number != nil || isOver { return number }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    func answered() { state.withLock { $0.answered += 1 } }

    /// A write that never got its answer ends the load.
    func fail(_ error: any Error) { state.withLock { $0.failure = $0.failure ?? error } }

    /// Allows so many more, and waits until half of them are answered: the other half is on its way then.
    func advance(by count: Int) async throws {
        let goal = state.withLock { state in
            defer { state.allowed += count }
            return state.allowed + count / 2
        }
        try await reach(goal)
    }

    /// Waits until all that was allowed is answered, and allows no more.
    func finish() async throws {
        let goal = state.withLock { state in
            state.isOver = true
            return state.allowed
        }
        try await reach(goal)
    }

    private struct Stalled: Error, CustomStringConvertible {
        let goal: Int
        let answered: Int
        var description: String { "only \(answered) of \(goal) writes were answered in ten minutes" }
    }

    private func reach(_ goal: Int) async throws {
        let arrived = await poll(seconds: 600) {
            state.withLock { $0.answered >= goal || $0.failure != nil }
        }
        if let failure = state.withLock({ $0.failure }) { throw failure }
        guard arrived else { throw Stalled(goal: goal, answered: state.withLock { $0.answered }) }
    }
}
