import Logging
import Synchronization

/// The pool as async code sees it: every call hands a job to the poller and waits for its answer without a thread.
final class PostgreSQLPool: Sendable {
    let limits: PostgreSQLLimits
    private let poller: PostgreSQLPoller
    private let counter = Atomic<UInt64>(0)

    init(address: PostgreSQLAddress, hub: NotificationHub, logger: Logger) throws(StorageError) {
        limits = address.limits
        poller = try PostgreSQLPoller.start { poller in
            PostgreSQLCore(address: address, poller: poller, hub: hub, logger: logger)
        }
    }

    /// Each success must be followed by one `giveBack`.
    func borrow() async throws -> UInt64 {
        let id = next()
        let poller = poller
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                // Cancelled before this: the handler below found nobody to wake.
                if Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
                let isOpen = poller.submit { $0.borrow(id: id) { continuation.resume(with: $0) } }
                if !isOpen { continuation.resume(throwing: PostgreSQLCore.closed) }
            }
        } onCancel: {
            poller.submit { $0.abandon(waiter: id) }
        }
    }

    func giveBack(_ link: UInt64, reusable: Bool) {
        poller.submit { $0.giveBack(link, reusable: reusable) }
    }

    /// Closes a connection that somebody has borrowed and will give back.
    func condemn(_ link: UInt64) {
        poller.submit { $0.condemn(link) }
    }

    /// Waits its turn among the writers of this process that take turns, for as long as one waits for a connection.
    /// Each success must be followed by one `endTurn`.
    func takeTurn() async throws {
        let id = next()
        let poller = poller
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
                let isOpen = poller.submit { $0.takeTurn(id: id) { continuation.resume(with: $0) } }
                if !isOpen { continuation.resume(throwing: PostgreSQLCore.closed) }
            }
        } onCancel: {
            poller.submit { $0.turns.abandon(id) }
        }
    }

    func endTurn() {
        poller.submit { $0.turns.end() }
    }

    /// - Parameters:
    ///   - opening: of the transaction whose first statement it is.
    ///   - timeout: the server's own comes first, if all is well.
    ///   - isCancellable: false for what has to be said at the end of a transaction, come what may.
    func run(
        _ sql: String, _ arguments: PostgreSQLArguments = .none, on link: UInt64, opening: PostgreSQLOpening? = nil,
        isPrepared: Bool = false, timeout: Duration, isCancellable: Bool
    ) async throws -> PostgreSQLResult {
        let id = next()
        let poller = poller
        let send: @Sendable (CheckedContinuation<PostgreSQLResult, any Error>) -> Void = { continuation in
            let isOpen = poller.submit { core in
                core.run(
                    sql: sql, arguments, on: link, operation: id, opening: opening, isPrepared: isPrepared,
                    timeout: timeout
                ) { continuation.resume(with: $0) }
            }
            if !isOpen { continuation.resume(throwing: PostgreSQLCore.closed) }
        }
        guard isCancellable else { return try await withCheckedThrowingContinuation { send($0) } }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                if Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
                send(continuation)
            }
        } onCancel: {
            poller.submit { $0.cancel(operation: id, on: link) }
        }
    }

    func listen(_ channel: String) {
        poller.submit { $0.listener.listen(channel) }
    }

    /// Waits for those who have borrowed or wait.
    func close() async {
        await withCheckedContinuation { continuation in
            if !poller.submit({ $0.close { continuation.resume() } }) { continuation.resume() }
        }
    }

    /// Without waiting, for a pool that nobody holds any more.
    func abandon() {
        poller.submit { $0.close {} }
    }

    private func next() -> UInt64 { counter.add(1, ordering: .relaxed).newValue }
}
