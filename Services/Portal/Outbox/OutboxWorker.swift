import Logging
import ServiceKit
import ServiceLifecycle

/// Delivers the outbox, taken in the order of commits, at least once, until everything is delivered or rejected. What it
/// knows is in the table: a restart goes on where the last one stopped, and replicas share the work.
final class OutboxWorker: Service {
    private let store: OutboxStore
    private let deliver: @Sendable (OutboxEntry) async -> OutboxPacing.Answer
    private let voice: OutboxVoice
    private let recorded: @Sendable (OutboxEntry, OutboxPacing.Answer, AuditEvent.Outcome) -> AuditEvent?
    private let signal = WakeSignal()
    private let entropy: Entropy
    private let clock: WallClock
    private let logger: Logger

    /// - Parameters:
    ///   - deliver: one attempt with one message; takes less than the table's lease.
    ///   - recorded: what the audit trail says of a message that is delivered or given up.
    init(
        store: OutboxStore, voice: OutboxVoice = .customers,
        deliver: @escaping @Sendable (OutboxEntry) async -> OutboxPacing.Answer,
        recorded: @escaping @Sendable (OutboxEntry, OutboxPacing.Answer, AuditEvent.Outcome) -> AuditEvent? = {
            _, _, _ in nil
        },
        entropy: Entropy, clock: WallClock, logger: Logger
    ) {
        self.voice = voice
        self.recorded = recorded
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
        var pacing = OutboxPacing(longest: store.table.longestDelay)
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
            PortalMetrics.backlog(backlog, of: voice, age: backlog.oldest.map { max(0, clock.now() - $0) } ?? 0)
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

    /// What nobody took for too long is rejected in place of one more attempt.
    private func given(up entry: OutboxEntry, _ action: OutboxPacing.Action, now: Int64) -> OutboxPacing.Action {
        guard let limit = store.table.givesUpAfter, action != .delivered, now - entry.createdAt >= limit else {
            return action
        }
        return .rejected
    }

    /// - Returns: seconds to pause the queue.
    private func settle(
        _ entry: OutboxEntry, _ answer: OutboxPacing.Answer, _ pacing: inout OutboxPacing
    ) async throws -> Int64? {
        let now = clock.now()
        let metadata: Logger.Metadata = ["event": "\(entry.eventID)", "answer": "\(answer)"]
        let action = pacing.on(answer, attempts: entry.attempts, jitter: entropy.fraction())
        switch given(up: entry, action, now: now) {
        case .delivered:
            try await store.delivered(entry, event: recorded(entry, answer, .success), now: now)
            PortalMetrics.delivery("delivered", of: voice)
            logger.info("\(voice.delivered)", metadata: metadata)
            return nil
        case .rejected:
            try await store.rejected(
                entry, error: "\(answer)", event: recorded(entry, answer, .failure), now: now)
            PortalMetrics.delivery("rejected", of: voice)
            logger.critical("\(voice.rejected)", metadata: metadata)
            // An outage goes on, whatever became of this message.
            if case .pauseQueue(let seconds) = action { return seconds }
            return nil
        case .retryMessage(let seconds):
            try await store.failed(entry, error: "\(answer)", nextAttempt: now + seconds)
            PortalMetrics.delivery("failed", of: voice)
            logger.warning("\(voice.retried)", metadata: metadata)
            return nil
        case .pauseQueue(let seconds):
            // Due at once when the pause is over: the pause is the delay.
            try await store.failed(entry, error: "\(answer)", nextAttempt: now)
            PortalMetrics.delivery("failed", of: voice)
            let backlog = try await store.backlog()
            logger.warning(
                "\(voice.paused)",
                metadata: metadata.merging(["pending": "\(backlog.pending)", "retry_in": "\(seconds)"]) { $1 })
            return seconds
        }
    }
}
