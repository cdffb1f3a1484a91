import Gateway
import NIOHTTP1
import Testing

/// The tree beside what the page says, written down as plainly as can be.
@Suite("Matching beside a naive reference")
struct RouteMatchPropertyTests {
    // MARK: the reference

    private enum Segment: Equatable { case literal(Substring), capture }

    /// Segments; whether it may go on behind them, and whether it must.
    private static func shape(_ route: Route) -> (segments: [Segment], mayGoOn: Bool, mustGoOn: Bool) {
        let parts = route.prefix.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        if route.template != nil {
            return (parts.map { $0.hasPrefix("{") ? .capture : .literal($0) }, false, false)
        }
        let isBelow = route.prefix.hasSuffix("/")
        return ((isBelow ? parts.dropLast() : parts[...]).map { .literal($0) }, true, isBelow)
    }

    private static func matches(_ route: Route, _ path: String) -> Bool {
        let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        let (segments, mayGoOn, mustGoOn) = shape(route)
        guard parts.count >= segments.count, parts.count == segments.count ? !mustGoOn : mayGoOn else { return false }
        return zip(parts, segments).allSatisfy { part, segment in
            segment == .capture ? !part.isEmpty : segment == .literal(part)
        }
    }

    private static func wins(_ left: Route, over right: Route) -> Bool {
        let (one, other) = (shape(left), shape(right))
        for (segment, otherSegment) in zip(one.segments, other.segments) where segment != otherSegment {
            return otherSegment == .capture
        }
        if one.segments.count != other.segments.count { return one.segments.count > other.segments.count }
        func rank(_ shape: (segments: [Segment], mayGoOn: Bool, mustGoOn: Bool)) -> Int {
            shape.mayGoOn ? (shape.mustGoOn ? 1 : 2) : 0
        }
        return rank(one) < rank(other)
    }

    private static func find(_ routes: [Route], _ host: String?, _ method: HTTPMethod, _ path: String) -> String {
        var classes: [[Route]] = []
        if let host {
            classes.append(routes.filter { $0.hosts.contains { !$0.isWildcard && $0.name == host } })
            let wildcards = Set(routes.flatMap(\.hosts).filter { $0.isWildcard && host.hasSuffix("." + $0.name) })
            for wildcard in wildcards.sorted(by: { $0.name.count > $1.name.count }) {
                classes.append(routes.filter { $0.hosts.contains(wildcard) })
            }
        }
        classes.append(routes.filter(\.hosts.isEmpty))
        for candidates in classes {
            let matching = candidates.filter { matches($0, path) }
            guard let best = matching.first(where: { one in !matching.contains { wins($0, over: one) } }) else {
                continue
            }
            let equals = matching.filter { !wins(best, over: $0) && !wins($0, over: best) }
            if let route = equals.first(where: { $0.methods?.contains(method) ?? true }) {
                return route.destination == .nowhere ? "404" : route.name
            }
            let served = Set(equals.filter { $0.destination != .nowhere }.flatMap { $0.methods ?? [] }.map(\.rawValue))
            return served.isEmpty ? "404" : "405 \(served.sorted())"
        }
        return "404"
    }

    // MARK: random tables

    private static let words = ["a", "b", "c", "api", "v1"]
    private static let names = ["x.example", "y.x.example", "z.example", "example", "other.net"]

    private static func table(_ random: inout SeededRandom) throws -> [Route] {
        var routes: [Route] = []
        for number in 0..<(1 + random.below(40)) {
            let segments = (0..<random.below(5)).map { index in
                random.chance(30) ? "{c\(index)}" : random.pick(words)
            }
            let text = "/" + segments.joined(separator: "/")
            let slash = random.chance(40) && text != "/" ? "/" : ""
            let destination: Route.Destination = random.chance(10) ? .nowhere : .upstream(.plant)
            var route: Route
            if text.contains("{") || random.chance(30) {
                let template = try PathTemplate(text + slash)
                route = Route(name: "\(number)", template: template, destination: destination)
            } else {
                route = Route(name: "\(number)", prefix: text + slash, destination: destination)
            }
            if random.chance(40) { route.methods = [random.pick([.GET, .POST, .PUT])] }
            if random.chance(40) {
                route.hosts = (0...random.below(2)).compactMap { _ in
                    HostPattern((random.chance(50) ? "*." : "") + random.pick(names))
                }
            }
            routes.append(route)
        }
        return routes
    }

    /// Without those that a file would be refused for: which of two equals wins is nobody's business.
    private static func withoutAmbiguity(_ routes: [Route]) -> [Route] {
        var kept: [Route] = []
        for route in routes {
            let collides = kept.contains { other in
                let hosts =
                    route.hosts.isEmpty && other.hosts.isEmpty || route.hosts.contains(where: other.hosts.contains)
                let methods =
                    route.methods.map { mine in other.methods?.contains(where: mine.contains) ?? true } ?? true
                return hosts && methods && !wins(route, over: other) && !wins(other, over: route)
                    && shape(route).segments == shape(other).segments
            }
            if !collides { kept.append(route) }
        }
        return kept
    }

    private static func path(_ random: inout SeededRandom) -> String {
        let segments = (0..<random.below(6)).map { _ in random.pick(words + ["q"]) }
        let text = "/" + segments.joined(separator: "/")
        return random.chance(30) && text != "/" ? text + "/" : text
    }

    private static func outcome(_ match: RouteTable.Match) -> String {
        switch match {
        case .route(let route, _): route.name
        case .notFound: "404"
        case .methodNotAllowed(let methods): "405 \(methods.map(\.rawValue).sorted())"
        }
    }

    @Test("random tables and requests: the tree finds what the reference finds", arguments: 0..<8)
    func agreement(_ seed: Int) throws {
        var random = SeededRandom(UInt64(seed))
        var found = 0
        for _ in 0..<60 {
            let routes = Self.withoutAmbiguity(try Self.table(&random))
            let table = RouteTable(routes.shuffled(using: &random))
            for _ in 0..<100 {
                let host = random.chance(20) ? nil : random.pick(Self.names + ["q." + random.pick(Self.names)])
                let method = random.pick([HTTPMethod.GET, .POST, .PUT])
                let path = Self.path(&random)
                let expected = Self.find(routes, host, method, path)
                let actual = Self.outcome(table.match(host: host, method: method, path: path))
                #expect(actual == expected, "\(host ?? "-") \(method) \(path)")
                if expected != "404" { found += 1 }
            }
        }
        // Tables that match nothing would agree too.
        #expect(found > 1500, "\(found)")
    }
}
