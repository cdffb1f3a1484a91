/// Finds the routes of a host and path: by host first, then down a tree of segments. What it costs depends on the
/// length of the path, not on the number of routes.
struct RouteIndex: Sendable {
    /// One segment further down; routes as positions in the table, in their order there.
    private struct Node: Sendable {
        var literals: [Substring: Int] = [:]
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
        if let host, !(exactHosts.isEmpty && wildcardHosts.isEmpty) {
            let name = HostPattern.comparable(host)
            if let root = exactHosts[name], let found = find(root, path) { return found }
            var rest = name
            while !wildcardHosts.isEmpty, let dot = rest.utf8.firstIndex(of: UInt8(ascii: ".")) {
                // A name that begins with a dot has no label there that a wildcard could stand for.
                let hasLabel = dot > rest.startIndex
                rest = rest[rest.utf8.index(after: dot)...]
                if hasLabel, let root = wildcardHosts[rest], let found = find(root, path) { return found }
            }
        }
        return anyHost.flatMap { find($0, path) }
    }

    private func find(_ root: Int, _ path: String) -> [Int]? {
        find(root, path.utf8, at: path.utf8.startIndex, path)
    }

    /// - Parameter at: the end, or the slash before the next segment. Each node is met at most once.
    private func find(_ number: Int, _ utf8: String.UTF8View, at place: String.Index, _ path: String) -> [Int]? {
        guard place < utf8.endIndex else {
            return nodes[number].exact.isEmpty ? some(nodes[number].selfAndBelow) : nodes[number].exact
        }
        let start = utf8.index(after: place)
        let end = utf8[start...].firstIndex(of: UInt8(ascii: "/")) ?? utf8.endIndex
        if let child = nodes[number].literals[path[start..<end]], let found = find(child, utf8, at: end, path) {
            return found
        }
        if start < end, let child = nodes[number].capture, let found = find(child, utf8, at: end, path) {
            return found
        }
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
                let child = nodes[number].literals[text[...]] ?? newNode()
                nodes[number].literals[text[...]] = child
                number = child
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
