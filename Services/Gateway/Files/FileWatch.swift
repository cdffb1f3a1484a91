import Logging
import ServiceLifecycle
import UnixSignals

/// Looks at files every second, and on SIGHUP.
struct FileWatch: Service {
    /// For the log: `the TLS certificate`.
    let what: String
    let logger: Logger
    /// - Parameter isAsked: somebody wants them read even if they seem to be the same (SIGHUP).
    let look: @Sendable (_ isAsked: Bool) -> Void

    private static let interval = Duration.seconds(1)

    func run() async {
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                group.addTask {
                    for await _ in hangups {
                        logger.info("SIGHUP: reading \(what) anew")
                        look(true)
                    }
                }
                group.addTask {
                    while (try? await Task.sleep(for: Self.interval)) != nil { look(false) }
                }
            }
        }
    }
}
