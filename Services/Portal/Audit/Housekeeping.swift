import Logging
import ServiceKit
import ServiceLifecycle

/// Sweeps what is over, every ten minutes, at one of the replicas.
final class Housekeeping: Service {
    static let interval = Duration.seconds(600)
    /// Seconds; less than the interval, so that replicas that look a little early or late don't skip a turn.
    static let turn: Int64 = 540

    private let store: HousekeepingStore
    private let limits: HousekeepingStore.Limits
    private let clock: WallClock
    private let logger: Logger

    init(store: HousekeepingStore, limits: HousekeepingStore.Limits, clock: WallClock, logger: Logger) {
        self.store = store
        self.limits = limits
        self.clock = clock
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    let now = self.clock.now()
                    if try await self.store.takeTurn(now: now, every: Self.turn) {
                        let lost = try await self.store.sweep(self.limits, now: now)
                        if lost > 0 {
                            self.logger.warning(
                                "revocations were forgotten before their time: there are more than are kept",
                                metadata: ["count": "\(lost)"])
                        }
                    }
                } catch is CancellationError {
                    return
                } catch {
                    self.logger.warning("housekeeping failed; it is tried again", metadata: ["cause": "\(error)"])
                }
                try? await Task.sleep(for: Self.interval)
            }
        }
    }
}
