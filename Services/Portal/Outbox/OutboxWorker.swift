import Logging
import ServiceKit
import ServiceLifecycle

/// Delivers the outbox, taken in the order of commits, at least once, until everything is delivered or rejected. What it
/// knows is in the table: a restart goes on where the last one stopped, and replicas share the work.
final class OutboxWorker: Service {
    private let store: OutboxStore
    private let deliver: @Sendable (OutboxEntry) async -> OutboxPacing.Answer
    private let signal = WakeSignal()
    private let entropy: Entropy
    private let clock: WallClock
    private let logger: Logger

    /// - Parameter deliver: one attempt with one message; takes less than `OutboxStore.lease`.
    init(
        store: OutboxStore, deliver: @escaping @Sendable (OutboxEntry) async -> OutboxPacing.Answer,
        entropy: Entropy, clock: WallClock, logger: Logger
    ) {
        self.store = store
        self.deliver = deliver
        self.entropy = entropy
        self.clock = clock
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            // Before the first look at the table, so that nothing is committed unnoticed in between.
            let news = self.store.news()
            await withTaskGroup { group in
                group.addTask { for await _ in news { self.signal.signal() } }
                group.addTask { await self.work() }
            }
        }
    }

    private func work() async {
        var pacing = OutboxPacing()
        while !Task.isCancelled {
            switch await step(&pacing) {
            case .pause(let seconds): try? await Task.sleep(for: .seconds(seconds))
            case .idle(let seconds): await signal.wait(atMost: .seconds(seconds))
            }
        }
    }

    enum Rest: Equatable, Sendable {
        /// The plant can't be reached: new messages wait too.
        case pause(Int64)
        /// Nothing is due for so long, unless a message comes.
        case idle(Int64)
    }

    /// Delivers what is due.
    func step(_ pacing: inout OutboxPacing) async -> Rest {
        do {
            let rest = try await deliverDue(&pacing)
            let backlog = try await store.backlog()
            PortalMetrics.backlog(backlog, age: backlog.oldest.map { max(0, clock.now() - $0) } ?? 0)
            return rest
        } catch is CancellationError {
            return .idle(OutboxBackoff.longest)
        } catch {
            logger.error("the outbox can't be read", metadata: ["cause": "\(error)"])
            return .pause(OutboxBackoff.longest)
        }
    }

    private func deliverDue(_ pacing: inout OutboxPacing) async throws -> Rest {
        while let entry = try await store.claim(now: clock.now()) {
            let answer = await deliver(entry)
            // Shutdown cuts requests short; that says nothing of the plant. The message stays where it is, and is
            // delivered when its lease is over.
            try Task.checkCancellation()
            if let pause = try await settle(entry, answer, &pacing) { return .pause(pause) }
        }
        guard let next = try await store.nextAttempt() else { return .idle(OutboxBackoff.longest) }
        return .idle(min(max(1, next - clock.now()), OutboxBackoff.longest))
    }

    /// - Returns: seconds to pause the queue.
    private func settle(
        _ entry: OutboxEntry, _ answer: OutboxPacing.Answer, _ pacing: inout OutboxPacing
    ) async throws -> Int64? {
        let now = clock.now()
        let metadata: Logger.Metadata = ["event": "\(entry.eventID)", "answer": "\(answer)"]
        switch pacing.on(answer, attempts: entry.attempts, jitter: entropy.fraction()) {
        case .delivered:
            try await store.delivered(entry, now: now)
            PortalMetrics.delivery("delivered")
            logger.info("customer registration delivered to the plant", metadata: metadata)
            return nil
        case .rejected:
            try await store.rejected(entry, error: "\(answer)", now: now)
            PortalMetrics.delivery("rejected")
            logger.critical(
                "the plant refuses a customer registration; it is kept as rejected and needs a person",
                metadata: metadata)
            return nil
        case .retryMessage(let seconds):
            try await store.failed(entry, error: "\(answer)", nextAttempt: now + seconds)
            PortalMetrics.delivery("failed")
            logger.warning("customer registration not delivered; it is tried again", metadata: metadata)
            return nil
        case .pauseQueue(let seconds):
            // Due at once when the pause is over: the pause is the delay.
            try await store.failed(entry, error: "\(answer)", nextAttempt: now)
            PortalMetrics.delivery("failed")
            let backlog = try await store.backlog()
            logger.warning(
                "the plant does not take customer registrations; they wait in the outbox",
                metadata: metadata.merging(["pending": "\(backlog.pending)", "retry_in": "\(seconds)"]) { $1 })
            return seconds
        }
    }
}
