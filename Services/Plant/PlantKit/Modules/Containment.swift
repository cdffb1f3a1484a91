import Synchronization

/// Runs a module's code on its own threads, and gives up on it at a deadline, whether it listens or not.
package struct Containment: Sendable {
    let threads: ModuleThreads
    let sleep: @Sendable (Duration) async throws -> Void

    /// What is cancelled has this long to end by itself; then it is left behind.
    static let grace = Duration.seconds(1)

    /// - Parameter sleep: ends when a deadline has come.
    package init(threads: ModuleThreads, sleep: @escaping @Sendable (Duration) async throws -> Void) {
        self.threads = threads
        self.sleep = sleep
    }

    package enum Remnant: Sendable { case leftBehind, endedAfterAll }

    /// - Parameter remnant: told of work that did not end when it was cancelled.
    /// - Throws: what the work throws; `ModuleFault.tookTooLong` at the deadline; `CancellationError`.
    package func run<T: Sendable>(
        within deadline: Duration, remnant: @escaping @Sendable (Remnant) -> Void = { _ in },
        _ work: @escaping @Sendable () async throws -> T
    ) async throws -> T {
        let race = Race<T>(late: .tookTooLong(seconds: Int(deadline.components.seconds)))
        // Not a child of this task: a group would wait for code that does not listen to its cancellation.
        let task = Task(executorPreference: threads) {
            let outcome: Result<T, any Error>
            do { outcome = .success(try await work()) } catch { outcome = .failure(error) }
            if !race.finish(outcome) { remnant(.endedAfterAll) }
        }
        let timer = Task { [sleep] in
            try await sleep(deadline)
            race.isLate()
            task.cancel()
            try await sleep(Self.grace)
            if race.giveUp() { remnant(.leftBehind) }
        }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            try await race.outcome()
        } onCancel: {
            task.cancel()
        }
    }
}

/// The first of two outcomes: the work's, or that it took too long.
private final class Race<T: Sendable>: Sendable {
    private struct State {
        var outcome: Result<T, any Error>?
        var waiter: CheckedContinuation<T, any Error>?
        /// Cancelled for its lateness: that it then says so is no news.
        var isLate = false
    }

    private let late: ModuleFault
    private let state = Mutex(State())

    init(late: ModuleFault) { self.late = late }

    func outcome() async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let outcome = state.withLock { state in
                if state.outcome == nil { state.waiter = continuation }
                return state.outcome
            }
            if let outcome { continuation.resume(with: outcome) }
        }
    }

    func isLate() { state.withLock { $0.isLate = true } }

    /// False when the work has ended just now.
    func giveUp() -> Bool {
        settle { _ in .failure(late) }
    }

    /// False when nobody waits for it any more.
    func finish(_ outcome: Result<T, any Error>) -> Bool {
        settle { state in
            if state.isLate, case .failure = outcome { .failure(late) } else { outcome }
        }
    }

    private func settle(_ decide: (inout State) -> Result<T, any Error>) -> Bool {
        let (isFirst, waiter, outcome) = state.withLock { state in
            if let known = state.outcome { return (false, CheckedContinuation<T, any Error>?.none, known) }
            let outcome = decide(&state)
            state.outcome = outcome
            defer { state.waiter = nil }
            return (true, state.waiter, outcome)
        }
        waiter?.resume(with: outcome)
        return isFirst
    }
}
