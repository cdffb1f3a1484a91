import Glibc
import Logging
import ServiceLifecycle
import Synchronization

/// The first to hear of the signal: it stands last in the group.
final class DrainNotice: Service {
    private let drainSeconds: Int
    private let readiness: Readiness?
    private let logger: Logger
    private let begun = Mutex(false)

    var hasBegun: Bool { begun.withLock { $0 } }

    init(drainSeconds: Int, readiness: Readiness?, logger: Logger) {
        self.drainSeconds = drainSeconds
        self.readiness = readiness
        self.logger = logger
    }

    func run() async {
        // In the moment of the signal: a deadline that ends the group right after it can't come first. What ends by being
        // cancelled alone has heard no signal: another service failed, and its error is the one to report.
        await withGracefulShutdownHandler {
            try? await gracefulShutdown()
        } onGracefulShutdown: {
            self.begin()
        }
    }

    private func begin() {
        begun.withLock { $0 = true }
        readiness?.set("draining", .notReady(code: "draining", detail: "the service is stopping"))
        logger.info("Stopping; requests in flight may take up to \(drainSeconds) s to end")
        armLastResort()
    }

    /// A service that ignores cancellation would keep the process forever, and its supervisor would kill it with what
    /// it had not written. Five seconds after the deadline it ends here.
    private func armLastResort() {
        signal(SIGALRM) { _ in
            // Only what is safe in a signal handler: write and _exit.
            let message: StaticString = "stopped: something did not end within the drain deadline\n"
            _ = write(STDERR_FILENO, message.utf8Start, message.utf8CodeUnitCount)
            _exit(1)
        }
        alarm(UInt32(drainSeconds + 5))
    }

    /// Everything has ended.
    func disarm() {
        if hasBegun { alarm(0) }
    }
}
