import Logging
import NIOSSL
import ServiceKit
import Synchronization

/// The certificate and key that new connections are served with. They are replaced together, and only by a pair that
/// works; connections that stand keep what they began with.
package final class ServedCertificates: Sendable {
    private struct State {
        var context: NIOSSLContext
        /// Of the last look, whatever came of it: a bad pair is told of once.
        var revisions: [WatchedFile.Revision?]
    }

    private let files: TLSFiles
    private let clock: WallClock
    private let logger: Logger
    private let state: Mutex<State>

    /// - Throws: what is wrong with the files.
    init(files: TLSFiles, clock: WallClock, logger: Logger) throws(TLSFiles.Fault) {
        self.files = files
        self.clock = clock
        self.logger = logger
        let revisions = files.revisions
        let loaded = try files.load()
        state = Mutex(State(context: loaded.context, revisions: revisions))
        tell(loaded, "TLS certificate loaded")
    }

    /// Nil without TLS, or when the files are at fault, which the reader is told of.
    static func load(_ settings: FrontSettings, reader: SettingsReader, clock: WallClock, logger: Logger)
        -> ServedCertificates?
    {
        guard let files = settings.tls else { return nil }
        do throws(TLSFiles.Fault) {
            return try ServedCertificates(files: files, clock: clock, logger: logger)
        } catch {
            reader.fault(error.variable, error.problem, mend: error.mend)
            return nil
        }
    }

    /// For a connection that begins now.
    var context: NIOSSLContext { state.withLock { $0.context } }

    /// One look at the files.
    /// - Parameter isAsked: somebody wants them read even if they seem to be the same (SIGHUP).
    package func look(isAsked: Bool = false) {
        let revisions = files.revisions
        guard isAsked || state.withLock({ $0.revisions != revisions }) else { return }
        do throws(TLSFiles.Fault) {
            let loaded = try files.load()
            state.withLock { $0 = State(context: loaded.context, revisions: revisions) }
            tell(loaded, "TLS certificate reloaded")
        } catch {
            state.withLock { $0.revisions = revisions }
            logger.error(
                "TLS certificate not reloaded: the one before it is served on",
                metadata: ["variable": "\(error.variable)", "reason": "\(error.problem)", "mend": "\(error.mend)"])
        }
    }

    private func tell(_ loaded: TLSFiles.Loaded, _ event: Logger.Message) {
        logger.info(
            event,
            metadata: [
                "certificate": "\(files.certificate.path)", "not_after": "\(loaded.notAfter)",
                "client_certificates": "\(files.clientCA == nil ? "none" : "required")",
            ])
        if loaded.notAfter <= clock.now() {
            logger.warning(
                "the TLS certificate has expired", metadata: ["certificate": "\(files.certificate.path)"])
        }
        if loaded.isKeyReadableByOthers {
            logger.warning(
                "the TLS key can be read by everybody on this machine: chmod o-r",
                metadata: ["key": "\(files.key.path)"])
        }
    }
}
