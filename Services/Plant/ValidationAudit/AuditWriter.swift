import CoreMetrics
import Logging
import ServiceLifecycle
import Storage
import Synchronization

/// Writes validation records in batches, behind the answers: an answer never waits for the audit. When more come than can
/// be written, the rest is dropped, counted (`lockstep_plant_audit_dropped_total`) and warned of.
final class AuditWriter: Service {
    struct Limits: Sendable {
        /// Records that may wait; some 200 bytes each.
        var capacity = 10_000
        /// Records of one transaction.
        var batch = 500
        /// Between two batches, so that a busy plant flushes the disk a few times a second and not for each answer.
        var pause: Duration = .milliseconds(200)
        /// Seconds for which records are kept.
        var retention: Int64
        /// Records that are kept at most: anybody who reaches the plant makes one with each request.
        var maximumRecords: Int64 = 1_000_000
        /// Seconds between looking for those that are too old or too many.
        var pruneEvery: Int64 = 3600
        /// Records after which that is looked for at once.
        var pruneAfter = 50_000
    }

    private let database: any Database
    private let limits: Limits
    private let now: @Sendable () -> Int64
    private let logger: Logger
    private let queue: Mutex<AuditQueue<ValidationRecord>>
    private let prune = Mutex((at: Int64.min, written: 0))
    private let wake: (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation)
    private let droppedTotal = Counter(label: "lockstep_plant_audit_dropped_total")

    /// - Parameter now: seconds since the epoch.
    init(database: any Database, limits: Limits, now: @escaping @Sendable () -> Int64, logger: Logger) {
        self.database = database
        self.limits = limits
        self.now = now
        self.logger = logger
        queue = Mutex(AuditQueue(capacity: limits.capacity))
        wake = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Never waits.
    func record(_ record: ValidationRecord) {
        if !queue.withLock({ $0.append(record) }) { droppedTotal.increment() }
        wake.continuation.yield()
    }

    /// Writes until shutdown, then what still waits.
    func run() async throws {
        _ = await cancelWhenGracefulShutdown {
            for await _ in self.wake.stream {
                await self.flush()
                await self.pruneWhenDue()
                try? await Task.sleep(for: self.limits.pause)
            }
        }
        // Only the loop was cancelled: the server has stopped by now, and this writes what its last answers left.
        await flush()
    }

    /// Writes what waits, batch by batch. On failure the batch goes back and the next signal tries again.
    func flush() async {
        while true {
            let (records, dropped) = queue.withLock { $0.take(limits.batch) }
            if dropped > 0 {
                logger.warning(
                    "Validation records were dropped: the audit can't keep up", metadata: ["count": "\(dropped)"])
            }
            guard !records.isEmpty else { return }
            do {
                try await ValidationAudit.insert(records, into: database)
                prune.withLock { $0.written += records.count }
            } catch is CancellationError {
                queue.withLock { $0.giveBack(records) }
                return
            } catch {
                queue.withLock { $0.giveBack(records) }
                logger.error("The audit could not be written", metadata: ["reason": "\(error)"])
                return
            }
        }
    }

    func pruneWhenDue() async {
        let moment = now()
        let isDue = prune.withLock { last in
            guard last.at == .min || moment - last.at >= limits.pruneEvery || last.written >= limits.pruneAfter else {
                return false
            }
            last = (moment, 0)
            return true
        }
        guard isDue else { return }
        do {
            try await ValidationAudit.prune(
                before: moment - limits.retention, keeping: limits.maximumRecords, in: database)
        } catch {
            logger.error("Old audit records could not be removed", metadata: ["reason": "\(error)"])
        }
    }
}
