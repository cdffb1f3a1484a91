import Glibc
import UnixSignals

/// SIGHUP to this very process, in which other tests run that may listen to it too.
package enum Hangup {
    /// Sends it again and again until it was heard, since who is to hear it may not listen yet.
    /// - Throws: when cancelled.
    package static func send(until isHeard: @Sendable () -> Bool) async throws {
        // Keeps it from ending the process. Not `signal`: Dispatch has put a handler of its own there for the first who
        // listens, puts it there for no second one, and would hear nothing any more.
        let own = await UnixSignalsSequence(trapping: .sighup)
        while !isHeard() {
            kill(getpid(), SIGHUP)
            try await Task.sleep(for: .milliseconds(5))
        }
        withExtendedLifetime(own) {}
    }
}
