import FoundationEssentials
import NIOHTTP1

/// What `gateway check` prints, for people and for programs.
struct CheckReport: Encodable {
    struct Fault: Encodable {
        let line: Int
        let column: Int
        let problem: String
        let mend: String
    }

    let file: String
    let faults: [Fault]
    /// In order of precedence.
    let routes: [CheckedRoute]

    init(file: String, table: RouteTable) {
        self.file = file
        faults = []
        routes = table.routes.map(CheckedRoute.init)
    }

    init(file: String, faults: [RoutesFault]) {
        self.file = file
        self.faults = faults.map {
            Fault(line: $0.position.line, column: $0.position.column, problem: $0.problem, mend: $0.mend)
        }
        routes = []
    }

    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Texts and whole numbers always encode.
        return ((try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}") + "\n"
    }

    var text: String {
        guard faults.isEmpty else {
            return faults.map { "\(file):\($0.line):\($0.column): \($0.problem); \($0.mend)\n" }.joined()
        }
        let header = ["HOST", "PATH", "METHODS", "AUTH", "UPSTREAM", "NAME", "ALSO"]
        let rows = [header] + routes.map(\.row)
        let widths = header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let count = routes.count == 1 ? "1 route" : "\(routes.count) routes, in order of precedence"
        return "\(file): \(count)\n\n" + rows.map { Self.line($0, widths) + "\n" }.joined()
    }

    private static func line(_ row: [String], _ widths: [Int]) -> String {
        var line = ""
        for (cell, width) in zip(row, widths) {
            line += cell + String(repeating: " ", count: width - cell.count + 2)
        }
        while line.hasSuffix(" ") { line.removeLast() }
        return line
    }
}

/// A route with what it says, under the names of the file.
struct CheckedRoute: Encodable {
    private enum CodingKeys: String, CodingKey {
        case name, hosts, prefix, path, methods, upstream, auth, enrichment, roles, scopes, rewrite
        case stripPrefix = "strip_prefix"
        case rateLimited = "rate_limited"
        case adminRoute = "admin_route"
        case websocket
        case onTokenEnd = "on_token_end"
    }

    let name: String
    let hosts: [String]?
    let prefix: String?
    let path: String?
    /// Nil: all.
    let methods: [String]?
    let upstream: String
    let auth: String
    let enrichment: Bool
    let roles: [String]?
    let scopes: [String]?
    let rewrite: String?
    let stripPrefix: String?
    let rateLimited: Bool
    let adminRoute: Bool
    let websocket: Bool
    /// Nil: by the kind of answer.
    let onTokenEnd: String?

    init(_ route: Route) {
        name = route.name
        hosts = Self.some(route.hosts.map(\.text))
        prefix = route.template == nil ? route.prefix : nil
        path = route.template?.text
        methods = route.methods?.map(\.rawValue)
        upstream = route.destination.text
        auth = route.auth.rawValue
        enrichment = route.enrichment
        roles = Self.some(route.roles)
        scopes = Self.some(route.scopes)
        rewrite = route.rewrite?.text
        stripPrefix = route.stripPrefix
        rateLimited = route.isRateLimited
        adminRoute = route.isAdministrative
        websocket = route.policy.webSocket
        onTokenEnd = route.policy.onTokenEnd?.rawValue
    }

    private static func some(_ list: [String]) -> [String]? { list.isEmpty ? nil : list }

    var row: [String] {
        var also: [String] = []
        if enrichment { also.append("enrichment") }
        if let roles { also.append("roles \(roles.joined(separator: "|"))") }
        if let scopes { also.append("scopes \(scopes.joined(separator: " "))") }
        if let stripPrefix { also.append("without \(stripPrefix)") }
        if let rewrite { also.append("as \(rewrite)") }
        if rateLimited { also.append("rate_limited") }
        if adminRoute { also.append("admin_route") }
        if websocket { also.append("websocket") }
        if let onTokenEnd { also.append("on_token_end \(onTokenEnd)") }
        let pattern = path ?? prefix.map { $0.hasSuffix("/") ? $0 + "…" : $0 + "[/…]" } ?? ""
        return [
            hosts?.joined(separator: ",") ?? "any", pattern, methods?.joined(separator: ",") ?? "all", auth, upstream,
            name, also.joined(separator: ", "),
        ]
    }
}

extension Route.Destination {
    /// As a file writes it.
    var text: String {
        switch self {
        case .upstream(.plant): "plant"
        case .upstream(.platform): "platform"
        case .upstream(.customer): "customer"
        case .upstream(.other(let origin)): origin.text
        case .group(let name): name
        case .nowhere: "nowhere"
        }
    }
}
