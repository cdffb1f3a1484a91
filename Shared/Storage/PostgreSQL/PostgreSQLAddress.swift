/// Never shown, whatever prints the value that holds it.
struct DatabasePassword: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let text: String

    init(_ text: String) { self.text = text }

    var description: String { "[redacted]" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
}

/// `postgres://USER[:PASSWORD]@HOST[:PORT]/DATABASE[?PARAMETER=VALUE&…]`; parts are percent-encoded where needed.
///
/// | parameter | value | default |
/// |---|---|---|
/// | `sslmode` | `disable`, `require`, `verify-ca`, `verify-full` | `verify-full`; `disable` for loopback and sockets |
/// | `sslrootcert`, `sslcert`, `sslkey` | absolute paths | the system's bundle; none; none |
/// | `host` | folder of a Unix socket, in place of HOST | none |
/// | `application_name` | what the server shows of this client | `lockstep` |
/// | `connect_timeout` | seconds, 1…60 | 5 |
/// | `statement_timeout` | milliseconds, 100…600000 | 15000 |
/// | `pool_size` | connections of this process, 2…100 | 8 |
///
/// libpq's `allow` and `prefer` are refused: they go on in the clear, silently, when somebody in between wants it.
struct PostgreSQLAddress: Sendable, Equatable {
    enum TLS: String, Sendable, CaseIterable {
        case disable, require, verifyCA = "verify-ca", verifyFull = "verify-full"
    }

    /// A name, an address, or the folder of a Unix socket (starts with `/`).
    var host: String
    var port: Int
    var user: String
    var password: DatabasePassword?
    var database: String
    var tls: TLS
    var rootCertificates: String?
    var certificate: String?
    var key: String?
    var applicationName = "lockstep"
    var limits = PostgreSQLLimits()

    var isSocket: Bool { host.hasPrefix("/") }

    /// The error names parts and parameters, never what they hold.
    init(afterScheme text: Substring) throws(StorageError) {
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard !text.contains("#") else { throw .badURL("a # must be written %23") }
        let authorityAndPath = parts[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard authorityAndPath.count == 2, !authorityAndPath[1].isEmpty else { throw .badURL("names no database") }
        guard !authorityAndPath[1].contains("/") else { throw .badURL("the database's name holds a /") }
        var parameters = try Self.parameters(parts.count == 2 ? parts[1] : "")
        database = try Self.decoded(authorityAndPath[1], "database")
        let authority = try Authority(authorityAndPath[0])
        guard let user = authority.user else { throw .badURL("names no user") }
        self.user = user
        password = authority.password.map(DatabasePassword.init)
        port = authority.port ?? 5432
        if let folder = parameters.removeValue(forKey: "host") {
            guard authority.host.isEmpty, folder.hasPrefix("/") else {
                throw .badURL("parameter host must be the folder of a Unix socket, with no host before the /")
            }
            host = folder
        } else {
            guard !authority.host.isEmpty else { throw .badURL("names no host") }
            host = authority.host
        }
        tls = Self.isLoopback(host) ? .disable : .verifyFull
        try apply(&parameters)
        if let unknown = parameters.keys.sorted().first {
            throw .badURL("parameter \(unknown) is not known here")
        }
    }

    private mutating func apply(_ parameters: inout [String: String]) throws(StorageError) {
        if let mode = parameters.removeValue(forKey: "sslmode") {
            guard let tls = TLS(rawValue: mode) else {
                throw .badURL("sslmode must be one of \(TLS.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            self.tls = tls
        }
        rootCertificates = try Self.path(&parameters, "sslrootcert")
        certificate = try Self.path(&parameters, "sslcert")
        key = try Self.path(&parameters, "sslkey")
        if let name = parameters.removeValue(forKey: "application_name") { applicationName = name }
        if let seconds = try Self.number(&parameters, "connect_timeout", 1...60) { limits.connect = .seconds(seconds) }
        if let time = try Self.number(&parameters, "statement_timeout", 100...600_000) {
            limits.statement = .milliseconds(time)
        }
        if let size = try Self.number(&parameters, "pool_size", 2...100) { limits.connections = size }
    }

    private static func path(_ parameters: inout [String: String], _ name: String) throws(StorageError) -> String? {
        guard let path = parameters.removeValue(forKey: name) else { return nil }
        guard path.hasPrefix("/") else { throw .badURL("parameter \(name) must be an absolute path") }
        return path
    }

    private static func number(
        _ parameters: inout [String: String], _ name: String, _ range: ClosedRange<Int>
    ) throws(StorageError) -> Int? {
        guard let text = parameters.removeValue(forKey: name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw .badURL("parameter \(name) must be \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private static func parameters(_ text: Substring) throws(StorageError) -> [String: String] {
        var parameters: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2 else { throw .badURL("a parameter has no value") }
            let name = try decoded(halves[0], "parameter")
            guard parameters.updateValue(try decoded(halves[1], "parameter"), forKey: name) == nil else {
                throw .badURL("parameter \(name) is given twice")
            }
        }
        return parameters
    }

    fileprivate static func decoded(_ text: Substring, _ what: String) throws(StorageError) -> String {
        guard let text = URLEscapes.decode(text), !text.utf8.contains(0) else {
            throw .badURL("the \(what) holds a broken % escape")
        }
        return text
    }

    static func isLoopback(_ host: String) -> Bool {
        host.hasPrefix("/") || host == "localhost" || host == "::1" || isLoopbackIPv4(host)
    }

    private static func isLoopbackIPv4(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

/// `USER:PASSWORD@HOST:PORT` (RFC 3986 §3.2).
private struct Authority {
    var user: String?
    var password: String?
    var host: String
    var port: Int?

    init(_ text: Substring) throws(StorageError) {
        var rest = text
        if let at = text.lastIndex(of: "@") {
            let halves = text[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            user = try PostgreSQLAddress.decoded(halves[0], "user")
            if user?.isEmpty == true { user = nil }
            password = halves.count == 2 ? try PostgreSQLAddress.decoded(halves[1], "password") : nil
            rest = text[text.index(after: at)...]
        }
        var portText: Substring?
        if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
            host = String(rest[rest.index(after: rest.startIndex)..<end])
            let tail = rest[rest.index(after: end)...]
            guard tail.isEmpty || tail.hasPrefix(":") else { throw .badURL("the host is broken") }
            portText = tail.isEmpty ? nil : tail.dropFirst()
        } else {
            let halves = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            host = try PostgreSQLAddress.decoded(halves.first ?? "", "host")
            portText = halves.count == 2 ? halves[1] : nil
        }
        // libpq reads a comma as several servers, of which one may be read-only; and a slash as a socket.
        guard !host.contains(where: { ",/ ".contains($0) }) else { throw .badURL("the host is broken") }
        if let portText {
            guard let port = Int(portText), 1...65535 ~= port else { throw .badURL("the port must be 1 to 65535") }
            self.port = port
        }
    }
}
