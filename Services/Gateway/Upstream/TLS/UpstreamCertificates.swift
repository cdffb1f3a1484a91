import Logging
import NIOCore
import NIOSSL
import ServiceKit
import Synchronization

/// What TLS to upstreams is spoken with, one context for each set of files, for all loops. A set of files is replaced as a
/// whole, and only by one that works; connections that stand keep what they began with.
package final class UpstreamCertificates: Sendable {
    static let caVariable = "GW_UPSTREAM_TLS_CA_FILE"
    static let certificateVariable = "GW_UPSTREAM_TLS_CERT_FILE"
    static let keyVariable = "GW_UPSTREAM_TLS_KEY_FILE"

    /// For people; no byte of a file.
    struct Fault: Error, Equatable {
        let problem: String
        let mend: String
    }

    private struct Entry {
        var context: NIOSSLContext
        /// Of the last look, whatever came of it: bad files are told of once.
        var revisions: [WatchedFile.Revision?]
    }

    /// Those of the settings.
    private let common: UpstreamTLS.Files
    private let logger: Logger
    private let entries = Mutex<[UpstreamTLS.Files: Entry]>([:])

    init(common: UpstreamTLS.Files, logger: Logger) {
        self.common = common
        self.logger = logger
    }

    /// Reads them before the first connection needs them.
    /// - Throws: what is wrong with them.
    func prepare(_ tls: UpstreamTLS?) throws(Fault) {
        _ = try context(of: tls?.files ?? common)
    }

    /// For a connection that begins now.
    func context(for tls: UpstreamTLS?) throws(Fault) -> NIOSSLContext {
        try context(of: tls?.files ?? common)
    }

    private func context(of files: UpstreamTLS.Files) throws(Fault) -> NIOSSLContext {
        if let known = entries.withLock({ $0[files]?.context }) { return known }
        let revisions = files.revisions
        let context = try Self.load(files)
        entries.withLock { $0[files] = Entry(context: context, revisions: revisions) }
        return context
    }

    /// Whether any are used that somebody may replace.
    var hasFiles: Bool { entries.withLock { $0.keys.contains { !$0.all.isEmpty } } }

    /// One look at the files.
    /// - Parameter isAsked: somebody wants them read even if they seem to be the same (SIGHUP).
    package func look(isAsked: Bool = false) {
        let known = entries.withLock { $0.mapValues(\.revisions) }
        for files in known.keys where !files.all.isEmpty {
            let present = files.revisions
            guard isAsked || present != known[files] else { continue }
            do throws(Fault) {
                let context = try Self.load(files)
                entries.withLock { $0[files] = Entry(context: context, revisions: present) }
                logger.info(
                    "TLS files for upstreams reloaded", metadata: ["files": "\(files.all.joined(separator: ", "))"])
            } catch {
                entries.withLock { $0[files]?.revisions = present }
                logger.error(
                    "TLS files for upstreams not reloaded: those before them are used on",
                    metadata: ["reason": "\(error.problem)", "mend": "\(error.mend)"])
            }
        }
    }

    private static func load(_ files: UpstreamTLS.Files) throws(Fault) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        // A peer that does not say goodbye in turn is not waited for long.
        configuration.shutdownTimeout = .seconds(1)
        if let ca = files.ca { configuration.trustRoots = .certificates(try certificates(ca)) }
        if let certificate = files.certificate, let key = files.key {
            configuration.certificateChain = try certificates(certificate).map { .certificate($0) }
            guard let privateKey = try? NIOSSLPrivateKey(bytes: content(key), format: .pem) else {
                throw Fault(
                    problem: "\(key) holds no private key in PEM that can be read",
                    mend: "Give the key of the certificate, without a passphrase.")
            }
            configuration.privateKey = .privateKey(privateKey)
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw Fault(
                problem: "\(files.key ?? "the key") is not the key of the certificate in \(files.certificate ?? "-")",
                mend: "Give a certificate and the key that it was made for.")
        }
    }

    private static func certificates(_ path: String) throws(Fault) -> [NIOSSLCertificate] {
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(content(path)), !certificates.isEmpty else {
            throw Fault(
                problem: "\(path) holds no certificate in PEM that can be read",
                mend: "Give a file of `-----BEGIN CERTIFICATE-----` blocks.")
        }
        return certificates
    }

    private static func content(_ path: String) throws(Fault) -> [UInt8] {
        do throws(WatchedFile.Unreadable) {
            return try WatchedFile(path: path).read().bytes
        } catch {
            throw Fault(problem: "\(path) can't be used: \(error.reason)", mend: "Mend path or rights.")
        }
    }
}

extension UpstreamTLS.Files {
    /// - Returns: none where no variable is set.
    init(reader: SettingsReader) {
        self.init(
            ca: reader.string(UpstreamCertificates.caVariable),
            certificate: reader.string(UpstreamCertificates.certificateVariable),
            key: reader.string(UpstreamCertificates.keyVariable))
        guard (certificate == nil) != (key == nil) else { return }
        let (missing, present) =
            key == nil
            ? (UpstreamCertificates.keyVariable, UpstreamCertificates.certificateVariable)
            : (UpstreamCertificates.certificateVariable, UpstreamCertificates.keyVariable)
        reader.fault(missing, "is not set, and \(present) is.", mend: "Set both, or neither.")
        (certificate, key) = (nil, nil)
    }

    var all: [String] { [ca, certificate, key].compactMap { $0 } }

    fileprivate var revisions: [WatchedFile.Revision?] { all.map { WatchedFile(path: $0).revision } }
}

extension UpstreamCertificates {
    /// What a gateway starts with: every set of files that an upstream needs is read, and what is wrong is told.
    static func load(_ settings: GatewaySettings, reader: SettingsReader, logger: Logger) -> UpstreamCertificates {
        let certificates = UpstreamCertificates(common: settings.upstreamTLS, logger: logger)
        do throws(Fault) {
            // Without an https upstream nobody pays for the system's list of authorities.
            let isNeeded = settings.origins.values.contains(where: \.isTLS) || !settings.upstreamTLS.all.isEmpty
            if isNeeded { try certificates.prepare(nil) }
        } catch {
            let variable = settings.upstreamTLS.certificate == nil ? caVariable : certificateVariable
            reader.fault(variable, "can't be used: \(error.problem).", mend: error.mend)
        }
        for fault in certificates.groupFaults(settings.routes) {
            reader.fault("GW_ROUTES_FILE", fault.problem, mend: fault.mend)
        }
        return certificates
    }

    /// What keeps the upstreams of a table from being spoken to.
    func faults(of table: RouteTable) -> [String] { groupFaults(table).map { "\($0.problem) \($0.mend)" } }

    private func groupFaults(_ table: RouteTable) -> [Fault] {
        let groups = table.upstreams.values.filter(\.usesTLS).sorted { $0.name < $1.name }
        return groups.compactMap { group in
            do throws(Fault) {
                try prepare(group.tls)
                return nil
            } catch {
                return Fault(
                    problem: "has an upstream \"\(group.name)\" whose TLS can't be spoken: \(error.problem).",
                    mend: error.mend)
            }
        }
    }
}
