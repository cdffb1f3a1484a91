/// Finds the routes of a host and path: by host first, then down a tree of segments. What it costs depends on the
/// length of the path, not on the number of routes.
struct RouteIndex: Sendable {
    /// One segment further down; routes as positions in the table, in their order there.
    private struct Node: Sendable {
        var literals = SegmentMap()
        var capture: Int?
        var exact: [Int] = []
        var below: [Int] = []
        var selfAndBelow: [Int] = []
    }

    private var nodes: [Node] = []
    /// Roots of trees.
    private var anyHost: Int?
    private var exactHosts: [Substring: Int] = [:]
    private var wildcardHosts: [Substring: Int] = [:]

    init(_ routes: [Route]) {
        for (position, route) in routes.enumerated() {
            let path = RoutePath(route)
            if route.hosts.isEmpty { insert(position, path, root: root(nil)) }
            for host in route.hosts { insert(position, path, root: root(host)) }
        }
    }

    /// - Returns: the routes of the most particular path that matches; never empty.
    func find(host: String?, path: String) -> [Int]? {
        let bytes = path.utf8.span
        if let host, !(exactHosts.isEmpty && wildcardHosts.isEmpty) {
            let name = HostPattern.comparable(host)
            if let root = exactHosts[name], let found = find(root, bytes, at: 0) { return found }
            var rest = name
            while !wildcardHosts.isEmpty, let dot = rest.utf8.firstIndex(of: UInt8(ascii: ".")) {
                // A name that begins with a dot has no label there that a wildcard could stand for.
                let hasLabel = dot > rest.startIndex
                rest = rest[rest.utf8.index(after: dot)...]
                if hasLabel, let root = wildcardHosts[rest], let found = find(root, bytes, at: 0) { return found }
            }
        }
        return anyHost.flatMap { find($0, bytes, at: 0) }
    }

    /// - Parameter at: the end, or the slash before the next segment. Each node is met at most once.
    private func find(_ number: Int, _ path: Span<UInt8>, at place: Int) -> [Int]? {
        guard place < path.count else {
            return nodes[number].exact.isEmpty ? some(nodes[number].selfAndBelow) : nodes[number].exact
        }
        let start = place + 1
        var end = start
        var hash = SegmentHash()
        while end < path.count, path[end] != UInt8(ascii: "/") {
            hash.add(path[end])
            end += 1
        }
        if let child = nodes[number].literals.find(hash, path, start..<end), let found = find(child, path, at: end) {
            return found
        }
        if start < end, let child = nodes[number].capture, let found = find(child, path, at: end) { return found }
        return nodes[number].below.isEmpty ? some(nodes[number].selfAndBelow) : nodes[number].below
    }

    private func some(_ routes: [Int]) -> [Int]? { routes.isEmpty ? nil : routes }

    // MARK: building

    private mutating func root(_ host: HostPattern?) -> Int {
        guard let host else {
            let root = anyHost ?? newNode()
            anyHost = root
            return root
        }
        let known = host.isWildcard ? wildcardHosts[host.name[...]] : exactHosts[host.name[...]]
        let root = known ?? newNode()
        if host.isWildcard { wildcardHosts[host.name[...]] = root } else { exactHosts[host.name[...]] = root }
        return root
    }

    private mutating func newNode() -> Int {
        nodes.append(Node())
        return nodes.count - 1
    }

    private mutating func insert(_ position: Int, _ path: RoutePath, root: Int) {
        var number = root
        for segment in path.segments {
            switch segment {
            case .literal(let text):
                let bytes = Array(text.utf8)
                if let child = nodes[number].literals.find(bytes) {
                    number = child
                } else {
                    let child = newNode()
                    nodes[number].literals.insert(bytes, child)
                    number = child
                }
            case .capture:
                let child = nodes[number].capture ?? newNode()
                nodes[number].capture = child
                number = child
            }
        }
        switch path.end {
        case .exact: nodes[number].exact.append(position)
        case .below: nodes[number].below.append(position)
        case .selfAndBelow: nodes[number].selfAndBelow.append(position)
        }
    }
}
