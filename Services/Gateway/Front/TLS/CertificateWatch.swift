import Logging
import ServiceLifecycle
import UnixSignals

/// Looks at the TLS files every two seconds, as at the files of secrets, and on SIGHUP.
struct CertificateWatch: Service {
    let certificates: ServedCertificates
    let logger: Logger

    private static let interval = Duration.seconds(2)

    func run() async {
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                group.addTask {
                    for await _ in hangups {
                        logger.info("SIGHUP: reading the TLS certificate anew")
                        certificates.look(isAsked: true)
                    }
                }
                group.addTask {
                    while (try? await Task.sleep(for: Self.interval)) != nil { certificates.look() }
                }
            }
        }
    }
}
