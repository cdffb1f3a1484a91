import Logging
import PlantKit
import ServiceKit
import ServiceLifecycle
import Storage

/// Forgets idempotency keys that are too old to be sent again, every ten minutes.
struct IdempotencySweep: Service {
    static let interval = Duration.seconds(600)

    let database: any Database
    let clock: WallClock
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await IdempotencyKeys.sweep(now: clock.now(), in: database)
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning(
                        "Idempotency keys can't be swept; it is tried again", metadata: ["reason": "\(error)"])
                }
                try? await Task.sleep(for: Self.interval)
            }
        }
    }
}
