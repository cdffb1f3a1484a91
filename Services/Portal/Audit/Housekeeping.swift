import Logging
import ServiceKit
import ServiceLifecycle

/// Sweeps what is over, at start and then every ten minutes.
final class Housekeeping: Service {
    static let interval = Duration.seconds(600)

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
                    try await self.store.sweep(self.limits, now: self.clock.now())
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
