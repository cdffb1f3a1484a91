import NIOHTTP1
import Secrets

/// `GW_ROUTES_FILE`: a JSON list of routes that takes the place of the built-in table.
///
///     [
///       {"prefix": "/api/v1/auth/", "upstream": "platform", "auth": "public"},
///       {"prefix": "/api/v1/reports/", "upstream": "http://reports:9000", "auth": "required", "methods": ["GET"]},
///       {"prefix": "/api/", "upstream": "plant", "auth": "required", "enrichment": true},
///       {"prefix": "/api/v1/admin/", "upstream": "plant", "auth": "required", "adminRoute": true}
///     ]
///
/// | member | meaning | default |
/// |---|---|---|
/// | `prefix` | starts with `/`; with a trailing slash what is below it, else also itself | required |
/// | `upstream` | `plant`, `platform`, `customer`, an absolute http(s) URL, or `nowhere` (404) | required |
/// | `auth` | `required`, `optional` or `public` | required |
/// | `enrichment` | ask the plant who the customer is; not with `public` | false |
/// | `stripPrefix` | take `prefix` from the front of the path | false |
/// | `adminRoute` | the gateway's assertion also binds method and path | false |
/// | `rateLimited` | counts against GW_AUTH_RATE_LIMIT_PER_MINUTE | false |
/// | `methods` | others are answered 405 | all |
/// | `roles` | a token with one of these, or 403; with `auth: required` | any |
/// | `scopes` | a token with all of these, or 403; with `auth: required` | none |
/// | `name` | for logs and metrics | the prefix |
///
/// The longest prefix wins. `/internal` and `/api/v1/auth/validate` stay closed whatever the file says.
package enum RoutesFile {
    /// Every fault of the file, each with the route's index.
    package struct Faults: Error, Equatable { package let faults: [String] }

    package static func read(_ bytes: [UInt8]) throws(Faults) -> RouteTable {
        let json: StrictJSON
        do {
            json = try StrictJSON(bytes, limits: StrictJSON.Limits(bytes: 1_048_576, members: 32, nodes: 65_536))
        } catch {
            throw Faults(faults: ["is no JSON that can be read: \(error)"])
        }
        guard json.kind(json.root) == .array else { throw Faults(faults: ["the outermost value is no list"]) }
        var routes: [Route] = []
        var faults: [String] = []
        for (index, node) in json.elements(json.root).enumerated() {
            var reader = RouteReader(json: json, index: index)
            if let route = reader.read(node) { routes.append(route) }
            faults += reader.faults
        }
        let prefixes = routes.map(\.prefix)
        for prefix in Set(prefixes).sorted() where prefixes.filter({ $0 == prefix }).count > 1 {
            faults.append("prefix \(prefix) occurs more than once")
        }
        if routes.isEmpty, faults.isEmpty { faults.append("has no route") }
        guard faults.isEmpty else { throw Faults(faults: faults) }
        return RouteTable(routes)
    }
}

private struct RouteReader {
    let json: StrictJSON
    let index: Int
    private(set) var faults: [String] = []

    init(json: StrictJSON, index: Int) {
        self.json = json
        self.index = index
    }

    private static let members: Set<String> = [
        "name", "prefix", "upstream", "auth", "enrichment", "stripPrefix", "adminRoute", "rateLimited", "methods",
        "roles", "scopes",
    ]

    mutating func read(_ node: StrictJSON.Node) -> Route? {
        guard json.kind(node) == .object else { return fault("is no object") }
        for (name, _) in json.members(node) {
            let text = json.string(name) ?? ""
            if !Self.members.contains(text) { note("has a member \"\(text)\" that means nothing") }
        }
        guard let prefix = text(node, "prefix"), isPath(prefix) else {
            return fault("needs a \"prefix\" that is a path in its canonical form")
        }
        guard let upstream = text(node, "upstream"), let destination = destination(upstream) else {
            return fault("needs an \"upstream\": plant, platform, customer, nowhere or an absolute http(s) URL")
        }
        var route = Route(name: text(node, "name") ?? prefix, prefix: prefix, destination: destination)
        if let auth = text(node, "auth") {
            guard let rule = AuthRule(rawValue: auth) else {
                return fault("has an \"auth\" that is none of required, optional, public")
            }
            route.auth = rule
        }
        route.enrichment = flag(node, "enrichment")
        route.isAdministrative = flag(node, "adminRoute")
        route.isRateLimited = flag(node, "rateLimited")
        if flag(node, "stripPrefix") {
            var stripped = prefix
            while stripped.hasSuffix("/") { stripped.removeLast() }
            route.stripPrefix = stripped
        }
        if route.enrichment, route.auth == .open {
            note("asks for enrichment on a public route, where nobody is verified")
        }
        route.methods = methods(node)
        route.roles = names(node, "roles")
        route.scopes = names(node, "scopes")
        if route.auth != .required, !(route.roles + route.scopes).isEmpty {
            note("asks for roles or scopes where a token is not required")
        }
        return faults.isEmpty ? route : nil
    }

    private mutating func destination(_ text: String) -> Route.Destination? {
        switch text {
        case "plant": .upstream(.plant)
        case "platform": .upstream(.platform)
        case "customer": .upstream(.customer)
        case "nowhere": .nowhere
        default: Origin(text).map { .upstream(.other($0)) }
        }
    }

    private mutating func methods(_ node: StrictJSON.Node) -> [HTTPMethod]? {
        guard let list = json.member(node, "methods") else { return nil }
        let names = json.elements(list).map { json.string($0) ?? "" }
        guard json.kind(list) == .array, !names.isEmpty,
            names.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { $0 >= 0x41 && $0 <= 0x5A } })
        else { return fault("has \"methods\" that are no list of method names") }
        return names.map(HTTPMethod.init(rawValue:))
    }

    /// Visible ASCII without separators, as a token's roles and scopes are.
    private mutating func names(_ node: StrictJSON.Node, _ member: StaticString) -> [String] {
        guard let list = json.member(node, member) else { return [] }
        let names = json.elements(list).map { json.string($0) ?? "" }
        let isSound = names.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x2C } }
        guard json.kind(list) == .array, !names.isEmpty, isSound else {
            note("has \"\(member)\" that are no list of names")
            return []
        }
        return names
    }

    private mutating func text(_ node: StrictJSON.Node, _ name: StaticString) -> String? {
        guard let member = json.member(node, name) else { return nil }
        guard let text = json.string(member) else { return fault("has a \"\(name)\" that is no text") }
        return text
    }

    private mutating func flag(_ node: StrictJSON.Node, _ name: StaticString) -> Bool {
        guard let member = json.member(node, name) else { return false }
        switch json.kind(member) {
        case .true: return true
        case .false: return false
        default:
            note("has a \"\(name)\" that is neither true nor false")
            return false
        }
    }

    private func isPath(_ text: String) -> Bool {
        guard let target = try? RequestTarget(text) else { return false }
        return target.path == text && target.query == nil
    }

    private mutating func note(_ text: String) { faults.append("route \(index) \(text)") }
    private mutating func fault<T>(_ text: String) -> T? {
        note(text)
        return nil
    }
}
