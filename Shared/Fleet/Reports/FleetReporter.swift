import Contracts
import CoreMetrics
package import Logging
package import ServiceKit
import ServiceLifecycle
import Synchronization

/// Tells the fleet keeper how this replica stands: every FLEET_REPORT_INTERVAL_SECONDS, at once when ring or agreement
/// change, and goodbye at the end. The next report is the retry; nothing waits for it.
package final class FleetReporter: Service {
    /// The readiness check that it sets where clocks are apart.
    package static let check = "clock"

    /// What it needs from the world; tests have their own.
    package struct Surroundings: Sendable {
        /// Milliseconds since the epoch.
        package var milliseconds: @Sendable () -> Int64
        package var pause: @Sendable (Duration) async throws -> Void

        package init(
            milliseconds: @escaping @Sendable () -> Int64, pause: @escaping @Sendable (Duration) async throws -> Void
        ) {
            self.milliseconds = milliseconds
            self.pause = pause
        }

        package static let live = Surroundings(
            milliseconds: { FleetClock.milliseconds() }, pause: { try await Task.sleep(for: $0) })
    }

    private enum Wake: Sendable {
        case timer(generation: Int)
        case change
    }

    private struct State {
        var offset = ClockOffset()
        var alarm = ClockAlarm()
        /// Reports in a row that did not arrive.
        var failures = 0
        var hasReported = false
        var saidLost = false
    }

    /// A change brings others with it, which one report tells as well.
    private static let debounce = Duration.milliseconds(200)
    /// One miss is a keeper that restarts, or that starts beside us.
    private static let missesThatCount = 2

    private let keeper: FleetKeeper
    private let source: FleetReportSource
    private let interval: Duration
    private let changes: @Sendable (@escaping @Sendable () -> Void) -> Void
    private let readiness: Readiness
    private let surroundings: Surroundings
    private let logger: Logger
    private let state = Mutex(State())

    /// - Parameters:
    ///   - changes: takes what is to be called at each change that the keeper should hear of at once.
    package init(
        keeper: FleetKeeper, source: FleetReportSource, intervalSeconds: Int,
        changes: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void, readiness: Readiness, logger: Logger,
        surroundings: Surroundings = .live
    ) {
        self.keeper = keeper
        self.source = source
        interval = .seconds(intervalSeconds)
        self.changes = changes
        self.readiness = readiness
        self.logger = logger
        self.surroundings = surroundings
    }

    /// Milliseconds that the keeper's clock is ahead; nil: not measured yet.
    package var clockOffset: Int64? { state.withLock { $0.offset.offset } }

    package func run() async throws {
        let (wakes, continuation) = AsyncStream.makeStream(of: Wake.self, bufferingPolicy: .bufferingNewest(16))
        changes { continuation.yield(.change) }
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                var generation = 0
                while !Task.isCancelled {
                    // A report that is under way comes to its end: one that the keeper takes after our goodbye would
                    // bring us back.
                    await Task { await self.report() }.value
                    generation += 1
                    let due = generation
                    // Until the first one has arrived, the keeper may just be starting.
                    let wait = self.state.withLock { $0.hasReported } ? self.interval : min(self.interval, .seconds(1))
                    group.addTask { [pause = self.surroundings.pause] in
                        guard (try? await pause(wait)) != nil else { return }
                        continuation.yield(.timer(generation: due))
                    }
                    guard await self.waitForWork(wakes, generation: due) else { break }
                }
                group.cancelAll()
            }
        }
        guard state.withLock({ $0.hasReported }) else { return }
        do throws(FleetFault) {
            try await keeper.forget(source.service, source.instance, source.startedAt)
        } catch {
            logger.debug("The fleet keeper did not hear our goodbye", metadata: ["reason": "\(error.reason)"])
        }
    }

    /// False when the task is cancelled.
    private func waitForWork(_ wakes: AsyncStream<Wake>, generation: Int) async -> Bool {
        for await wake in wakes {
            switch wake {
            case .timer(let due): if due == generation { return true }
            case .change: return (try? await surroundings.pause(Self.debounce)) != nil
            }
        }
        return false
    }

    private func report() async {
        let report = source.report(clockOffset: clockOffset)
        let sentAt = surroundings.milliseconds()
        do throws(FleetFault) {
            let receipt = try await keeper.report(report)
            let sample = ClockOffset.Sample(
                sentAt: sentAt, receivedAt: surroundings.milliseconds(), keeper: receipt.nowMilliseconds)
            arrived(sample)
        } catch {
            missed(error)
        }
    }

    private func arrived(_ sample: ClockOffset.Sample) {
        let (regained, change, offset) = state.withLock { state in
            let regained = state.saidLost
            state.saidLost = false
            state.failures = 0
            state.hasReported = true
            state.offset.add(sample)
            let offset = state.offset.offset ?? 0
            return (regained, state.alarm.on(offset: offset, leeway: source.leeway), offset)
        }
        if regained { logger.info("Fleet keeper hears us again", metadata: ["keeper": "\(keeper.label)"]) }
        Gauge(label: MetricName.clockOffset).record(Double(offset) / 1000)
        let metadata: Logger.Metadata = ["offset_ms": "\(offset)", "leeway": "\(source.leeway)"]
        let words = Self.words(offset, leeway: source.leeway)
        switch change {
        case .apart:
            readiness.set(Self.check, .warning(code: "clock_offset", detail: words))
            logger.warning("Clock offset to the fleet keeper is over half the leeway: \(words)", metadata: metadata)
        case .together:
            readiness.set(Self.check, .ready)
            logger.info("Clock offset to the fleet keeper is within half the leeway again", metadata: metadata)
        case nil:
            if abs(offset) > source.leeway * 500 {
                readiness.set(Self.check, .warning(code: "clock_offset", detail: words))
            }
        }
    }

    private func missed(_ fault: FleetFault) {
        let isNews = state.withLock { state in
            state.failures += 1
            guard state.failures >= Self.missesThatCount, !state.saidLost else { return false }
            state.saidLost = true
            return true
        }
        guard isNews else { return }
        logger.warning(
            "Fleet keeper does not hear us: \(fault.reason)",
            metadata: ["keeper": "\(keeper.label)", "reason": "\(fault.reason)"])
    }

    private static func words(_ offset: Int64, leeway: Int64) -> String {
        let tenths = (abs(offset) + 50) / 100
        return """
            the keeper's clock is \(tenths / 10).\(tenths % 10) s \(offset < 0 ? "behind" : "ahead of") ours, and the \
            leeway is \(leeway) s
            """
    }
}
