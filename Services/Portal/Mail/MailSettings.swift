import NIOSSL
import Secrets
import ServiceKit

/// How mail leaves this portal.
///
/// | key | type | default |
/// |---|---|---|
/// | `MAIL_URL` | `smtp://HOST[:587]` or `smtps://HOST[:465]` | none: development and test write mails to a folder; elsewhere nothing is sent, and what needs mail is refused |
/// | `MAIL_USERNAME`, `MAIL_PASSWORD[_FILE]` (secret) | both or neither | none |
/// | `MAIL_FROM` | `Name <address>` or an address | required with `MAIL_URL` |
/// | `MAIL_TLS` | `required`, `opportunistic`, `none`; the latter two in development and test alone | `required` |
/// | `MAIL_TLS_CA_FILE` | path of a PEM file: who signs what the mail server shows | the system's authorities |
/// | `MAIL_FOLDER` | absolute path; development and test | beside the SQLite database, else below /tmp |
struct MailSettings: Sendable {
    enum TLS: String, Sendable, CaseIterable { case required, opportunistic, none }

    struct Server: Sendable {
        /// `smtp` or `smtps`
        var scheme: String
        /// As in a URL: an IPv6 address in brackets.
        var host: String
        var port: Int
        var tls: TLS
        /// Path of a PEM file; nil: the system's authorities.
        var authorities: String?
        var credentials: Credentials?
    }

    struct Credentials: Sendable {
        var user: String
        var password: SecretBytes
    }

    enum Transport: Sendable {
        case server(Server)
        /// Absolute.
        case folder(String)
        /// None: outside of development and test, without `MAIL_URL`.
        case nothing
    }

    private(set) var transport = Transport.nothing
    private(set) var sender: MailAddress?
    private var server: Server?
    private var folder: String?

    /// Faults are collected in `reader`; what depends on the environment is checked by `settle`.
    init(reader: SettingsReader) {
        sender = Self.sender(reader)
        folder = reader.string("MAIL_FOLDER")
        if let folder, !folder.hasPrefix("/") {
            reader.fault("MAIL_FOLDER", "is no absolute path.", mend: "Begin it with a slash.")
        }
        let tls = reader.choice("MAIL_TLS", default: TLS.required)
        let credentials = Self.credentials(reader)
        guard let text = reader.string("MAIL_URL") else { return }
        guard let address = Self.address(text) else {
            reader.fault(
                "MAIL_URL", "is no address of a mail server.",
                mend: "Set one such as smtp://mail.example.com:587 or smtps://mail.example.com:465.")
            return
        }
        if sender == nil, reader.string("MAIL_FROM") == nil {
            reader.fault(
                "MAIL_FROM", "is not set, and MAIL_URL needs it.",
                mend: "Set the address that mails come from, such as \"Lockstep <no-reply@example.com>\".")
        }
        server = Server(
            scheme: address.scheme, host: address.host, port: address.port, tls: tls,
            authorities: Self.authorities(reader), credentials: credentials)
    }

    /// - Parameters:
    ///   - isLenient: development and test.
    ///   - databaseURL: beside a SQLite file is where mails of development are written.
    mutating func settle(isLenient: Bool, kind: PortalKind, databaseURL: String, reader: SettingsReader) {
        if let server {
            if !isLenient && server.tls != .required {
                reader.fault(
                    "MAIL_TLS", "is not \"required\".",
                    mend: "Mails carry links that open accounts; use a mail server that offers TLS.")
            }
            transport = .server(server)
        } else if isLenient {
            transport = .folder(folder ?? Self.defaultFolder(kind: kind, databaseURL: databaseURL))
            // One that no mail reaches (RFC 2606).
            sender = sender ?? MailAddress("Lockstep <no-reply@lockstep.invalid>")
        }
    }

    var canSend: Bool { if case .nothing = transport { false } else { true } }

    private static func defaultFolder(kind: PortalKind, databaseURL: String) -> String {
        let (scheme, suffix) = ("sqlite://", ".sqlite")
        let path = databaseURL.dropFirst(scheme.count)
        guard databaseURL.hasPrefix(scheme + "/"), path.hasSuffix(suffix) else {
            return "/tmp/lockstep-mail-\(kind.rawValue)"
        }
        return "\(path.dropLast(suffix.count))-mail"
    }

    private static func sender(_ reader: SettingsReader) -> MailAddress? {
        guard let text = reader.string("MAIL_FROM") else { return nil }
        guard let sender = MailAddress(text) else {
            reader.fault(
                "MAIL_FROM", "is no sender.",
                mend: "Set an address, or a name and one: Lockstep <no-reply@example.com>.")
            return nil
        }
        return sender
    }

    /// libcurl reads the file with each mail, and would tell of a bad one when the first mail fails.
    private static func authorities(_ reader: SettingsReader) -> String? {
        guard let path = reader.string("MAIL_TLS_CA_FILE") else { return nil }
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(path), !certificates.isEmpty else {
            reader.fault(
                "MAIL_TLS_CA_FILE", "names no file of certificates that can be read: \(path).",
                mend: "Set the path of a PEM file with the mail server's authority, or leave it away for the system's.")
            return nil
        }
        return path
    }

    private static func credentials(_ reader: SettingsReader) -> Credentials? {
        let user = reader.string("MAIL_USERNAME")
        let password = reader.secret("MAIL_PASSWORD", minimumBytes: 1)
        if let user, let password { return Credentials(user: user, password: password) }
        if user != nil || password != nil {
            let missing = user == nil ? "MAIL_USERNAME" : "MAIL_PASSWORD"
            if reader.string(missing) == nil, reader.string(missing + "_FILE") == nil {
                reader.fault(missing, "is not set, but its companion is.", mend: "Set both, or neither.")
            }
        }
        return nil
    }

    /// A user or a path in it would be read by libcurl in ways that nobody expects.
    private static func address(_ text: String) -> (scheme: String, host: String, port: Int)? {
        for (scheme, standard) in [("smtps", 465), ("smtp", 587)] where text.hasPrefix("\(scheme)://") {
            var rest = text.dropFirst(scheme.count + 3)
            if rest.last == "/" { rest.removeLast() }
            let isBracketed = rest.first == "["
            let end = isBracketed ? rest.firstIndex(of: "]").map { rest.index(after: $0) } : rest.firstIndex(of: ":")
            let host = rest[..<(end ?? rest.endIndex)]
            let tail = rest[host.endIndex...]
            let inner = isBracketed ? host.dropFirst().dropLast() : host
            let isHost =
                !inner.isEmpty
                && inner.utf8.allSatisfy { byte in
                    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                        || byte == 0x2D || byte == 0x2E || isBracketed && byte == 0x3A
                }
            guard isHost, !isBracketed || host.last == "]" else { return nil }
            if tail.isEmpty { return (scheme, String(host), standard) }
            guard tail.first == ":", tail.dropFirst().utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let port = Int(tail.dropFirst()), (1...65_535).contains(port)
            else { return nil }
            return (scheme, String(host), port)
        }
        return nil
    }
}
