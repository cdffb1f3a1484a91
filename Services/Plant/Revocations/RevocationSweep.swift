import Logging
import ServiceKit
import ServiceLifecycle
import Storage

/// Forgets revocations that concern no token any more, every ten minutes.
struct RevocationSweep: Service {
    static let interval = Duration.seconds(600)

    let database: any Database
    let clock: WallClock
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    let lost = try await CustomerRevocations.log.sweep(
                        now: clock.now(), maximum: CustomerRevocations.maximum, in: database)
                    if lost > 0 {
                        logger.warning(
                            "Revocations were forgotten before their time: there are more than are kept",
                            metadata: ["count": "\(lost)"])
                    }
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("Revocations can't be swept; it is tried again", metadata: ["reason": "\(error)"])
                }
                try? await Task.sleep(for: Self.interval)
            }
        }
    }
}
