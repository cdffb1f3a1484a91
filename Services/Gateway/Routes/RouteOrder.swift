/// A route's path as segments, which is what precedence is decided by.
struct RoutePath: Hashable {
    enum Segment: Hashable {
        case literal(String)
        case capture
    }

    /// How it ends, the more particular first.
    enum End: Int {
        /// A template: nothing below.
        case exact
        /// A prefix with a slash at its end: only below.
        case below
        /// A prefix without: itself and below.
        case selfAndBelow
    }

    let segments: [Segment]
    let end: End

    init(_ route: Route) {
        if let template = route.template {
            segments = template.segments.map { if case .literal(let text) = $0 { .literal(text) } else { .capture } }
            end = .exact
            return
        }
        let parts = route.prefix.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        end = route.prefix.hasSuffix("/") ? .below : .selfAndBelow
        segments = (end == .below ? parts.dropLast() : parts[...]).map { .literal(String($0)) }
    }
}

/// The order in which a table lists its routes: whoever stands above wins where both match.
enum RouteOrder {
    static func sorted(_ routes: [Route]) -> [Route] {
        let keyed = routes.enumerated().map { (route: $1, host: hostKey($1), path: RoutePath($1), position: $0) }
        return keyed.sorted { left, right in
            if left.host != right.host { return left.host < right.host }
            return precedes(left.path, right.path) ?? (left.position < right.position)
        }.map(\.route)
    }

    /// By the most particular of its hosts.
    private static func hostKey(_ route: Route) -> HostKey {
        route.hosts.map { HostKey(rank: $0.isWildcard ? 1 : 0, length: -$0.name.utf8.count, name: $0.name) }.min()
            ?? HostKey(rank: 2, length: 0, name: "")
    }

    private struct HostKey: Comparable {
        let rank: Int
        let length: Int
        let name: String

        static func < (left: Self, right: Self) -> Bool {
            // Exact names in the alphabet's order: none of them is before another by right.
            left.rank == 1 && right.rank == 1
                ? (left.length, left.name) < (right.length, right.name)
                : (left.rank, left.name) < (right.rank, right.name)
        }
    }

    /// - Returns: nil for the same path.
    static func precedes(_ left: RoutePath, _ right: RoutePath) -> Bool? {
        for (one, other) in zip(left.segments, right.segments) where one != other {
            switch (one, other) {
            case (.literal(let text), .literal(let otherText)): return text < otherText
            case (.literal, .capture): return true
            default: return false
            }
        }
        if left.segments.count != right.segments.count { return left.segments.count > right.segments.count }
        return left.end == right.end ? nil : left.end.rawValue < right.end.rawValue
    }
}
