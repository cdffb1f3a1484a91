/// Who of this process may write in turn: one at a time, in the order of asking, each waiting until its deadline.
/// Lives on the poller's thread alone.
struct PostgreSQLTurns {
    private struct Waiter {
        let id: UInt64
        let deadline: Tick
        let finish: @Sendable (Result<Void, any Error>) -> Void
    }

    private var isTaken = false
    private var waiters: [Waiter] = []

    var nextDeadline: Tick? { waiters.first?.deadline }

    mutating func take(
        id: UInt64, deadline: Tick, _ finish: @escaping @Sendable (Result<Void, any Error>) -> Void
    ) {
        guard isTaken else {
            isTaken = true
            return finish(.success(()))
        }
        waiters.append(Waiter(id: id, deadline: deadline, finish: finish))
    }

    mutating func end() {
        guard !waiters.isEmpty else {
            isTaken = false
            return
        }
        waiters.removeFirst().finish(.success(()))
    }

    mutating func abandon(_ id: UInt64) {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return }
        waiters.remove(at: index).finish(.failure(CancellationError()))
    }

    /// All wait equally long, so the first in line is the first whose time is up.
    mutating func tick(now: Tick) {
        while let first = waiters.first, first.deadline <= now {
            waiters.removeFirst().finish(.failure(StorageError.busy))
        }
    }
}
