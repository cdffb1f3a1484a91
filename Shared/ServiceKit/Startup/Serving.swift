package import Logging
package import ServiceLifecycle
import UnixSignals

extension Startup {
    /// Runs services until SIGTERM or SIGINT, then drains for at most `drainSeconds`.
    ///
    /// They start in order and stop in reverse: name the server last, so that it stops taking requests first.
    /// Returns normally after a signal, even when the deadline had to cut something off (that is logged); throws what
    /// made a service end on its own.
    /// - Parameter readiness: its check `draining` is set when the signal arrives.
    package static func serve(
        _ services: [any Service], drainSeconds: Int, readiness: Readiness? = nil, logger: Logger
    ) async throws {
        try await serve(
            services, drainSeconds: drainSeconds, readiness: readiness, logger: logger, until: [.sigterm, .sigint])
    }

    /// - Parameter signals: the ones that stop the services; a test has its own.
    static func serve(
        _ services: [any Service], drainSeconds: Int, readiness: Readiness?, logger: Logger, until signals: [UnixSignal]
    ) async throws {
        let notice = DrainNotice(drainSeconds: drainSeconds, readiness: readiness, logger: logger)
        let members = services.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) }
        let last = ServiceGroupConfiguration.ServiceConfiguration(
            service: notice, successTerminationBehavior: .ignore)
        var configuration = ServiceGroupConfiguration(
            services: members + [last], gracefulShutdownSignals: signals, logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(drainSeconds)
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch {
            // Cancelling what the deadline left over makes it throw; the process was told to stop, and it did.
            guard notice.hasBegun else { throw error }
            logger.warning("Stopped before everything had drained", metadata: ["error": "\(error)"])
        }
        notice.disarm()
        logger.info("Stopped")
    }
}
