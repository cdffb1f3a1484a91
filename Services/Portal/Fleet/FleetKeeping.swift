import CoreMetrics
import Logging
import ServiceKit
import ServiceLifecycle

/// How the keeper of the fleet table judges its rows, by its own clock.
///
/// | variable | type | default |
/// |---|---|---|
/// | `FLEET_MISSING_SECONDS` | 3 to 3600: a replica that was not heard for so long is missing | 15, or three report intervals |
/// | `FLEET_FORGET_SECONDS` | 10 to 604800: and for so long, forgotten | 600 |
struct FleetKeepingSettings: Sendable, Equatable {
    /// Rows. A report from one more is refused while all of these are live.
    static let maximumReplicas: Int64 = 1000

    /// Seconds.
    var missingAfter: Int64
    /// Seconds.
    var forgetAfter: Int64

    init(missingAfter: Int64 = 15, forgetAfter: Int64 = 600) {
        self.missingAfter = missingAfter
        self.forgetAfter = forgetAfter
    }

    init(reader: SettingsReader) {
        let interval = reader.int("FLEET_REPORT_INTERVAL_SECONDS", default: 5, in: 1...60)
        missingAfter = Int64(reader.int("FLEET_MISSING_SECONDS", default: max(15, 3 * interval), in: 3...3600))
        forgetAfter = Int64(reader.int("FLEET_FORGET_SECONDS", default: 600, in: 10...604_800))
        if forgetAfter <= missingAfter {
            reader.fault(
                "FLEET_FORGET_SECONDS", "is not longer than FLEET_MISSING_SECONDS.",
                mend: "A replica must be missing for a while before it is forgotten: raise it.")
        }
    }

    func status(receivedAt: Int64, now: Int64) -> String { now - receivedAt <= missingAfter ? "live" : "missing" }
}

/// Forgets replicas that are long gone, and shows how many there are.
final class FleetKeeping: Service {
    static let interval = Duration.seconds(15)

    private let store: FleetStore
    private let clock: WallClock
    private let logger: Logger

    init(store: FleetStore, clock: WallClock, logger: Logger) {
        self.store = store
        self.clock = clock
        self.logger = logger
    }

    /// Once, as `run` does it at each interval.
    func sweep() async throws {
        let now = clock.now()
        let forgotten = try await store.sweep(now: now)
        if forgotten > 0 {
            logger.info("Fleet: \(forgotten) replicas are forgotten, as they were missing for long")
        }
        let counts = try await store.counts(now: now)
        for status in ["live", "missing"] {
            Gauge(label: MetricName.fleetReplicas, dimensions: [("status", status)]).record(counts[status, default: 0])
        }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await self.sweep()
                } catch is CancellationError {
                    return
                } catch {
                    self.logger.warning(
                        "The fleet table can't be swept; it is tried again", metadata: ["cause": "\(error)"])
                }
                try? await Task.sleep(for: Self.interval)
            }
        }
    }
}
