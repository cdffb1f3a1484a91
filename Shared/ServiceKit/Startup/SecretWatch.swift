package import Logging
package import Secrets
import ServiceLifecycle
import UnixSignals

/// Watches the secret's files and stores for as long as the service runs: `SecretManager.run` as one of
/// `Startup.serve`'s services. SIGHUP looks at all of them at once.
///
/// What it sees is told in the readiness check `keys_source` (a warning at most: a service that holds a good ring serves,
/// whatever became of its store) and in metrics.
package struct SecretWatch: Service {
    /// The readiness check that it sets; there is none where the secret is in a variable alone.
    package static let check = "keys_source"

    private let manager: SecretManager
    private let readiness: Readiness?
    private let logger: Logger
    private let report: SourceReport

    package init(manager: SecretManager, readiness: Readiness?, clock: WallClock, logger: Logger) {
        self.manager = manager
        self.readiness = readiness
        self.logger = logger
        report = SourceReport(manager: manager, readiness: readiness, clock: clock)
    }

    package func run() async {
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        report.show()
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                group.addTask {
                    for await _ in hangups {
                        logger.info("SIGHUP: looking at the sources of the JWT secret")
                        await manager.reload()
                        report.show()
                    }
                }
                group.addTask { await manager.run(looked: report.show) }
            }
        }
        // The manager ends when it is cancelled alone; a service that ended by itself would stop the others.
    }
}
