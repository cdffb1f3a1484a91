/// The whole file: `upstreams`, `defaults` and the routes, and what is wrong between two of these.
struct RoutesDocument {
    struct ReadRoute {
        let route: Route
        let members: RouteMembers
    }

    private(set) var routes: [ReadRoute] = []
    private var upstreams: UpstreamsReading
    private let faults: RouteFaultList

    /// One server without checks is what it would be if its address stood in the route.
    var table: RouteTable {
        RouteTable(routes.map(\.route), upstreams: upstreams.groups.filter { $0.value.single == nil })
    }

    init(_ node: YAMLNode, faults: RouteFaultList) {
        self.faults = faults
        upstreams = UpstreamsReading(faults: faults)
        if case .list(let list) = node.content {
            read(list, defaults: nil)
            if list.isEmpty { faults.add(node.position, "the file has no route", "write one") }
        } else if let members = RouteMembers(
            node, owner: "the file", names: ["version", "defaults", "upstreams", "routes"], faults: faults)
        {
            read(members)
        }
        checkPairs()
        checkBuckets()
    }

    private mutating func read(_ members: RouteMembers) {
        if members.node("version") == nil {
            members.fault("version", "has no \"version\"", "begin it with \"version: 1\"")
        } else if members.integer("version", in: 1...1) == nil {
            return
        }
        upstreams.read(members)
        let defaults = members.node("defaults").flatMap {
            RouteMembers($0, owner: "defaults", names: RouteReading.defaultNames, faults: faults)
        }
        guard let node = members.node("routes"), case .list(let list) = node.content, !list.isEmpty else {
            members.fault("routes", "has no list of \"routes\"", "write at least one route, \"- prefix: /…\"")
            return
        }
        read(list, defaults: defaults)
        let used = Set(routes.compactMap(\.upstreamName))
        // A route that could not be read may be the one that uses it.
        guard routes.count == list.count else { return }
        for (name, place) in upstreams.places where !used.contains(name) {
            faults.add(place, "no route leads to the upstream \"\(name)\"", "name it in a route, or take it away")
        }
    }

    private mutating func read(_ list: [YAMLNode], defaults: RouteMembers?) {
        let reading = RouteReading(upstreams: upstreams, defaults: defaults, faults: faults)
        for (index, node) in list.enumerated() {
            if let route = reading.read(node, index: index) { routes.append(route) }
        }
    }

    /// Two routes with the same host, path and method: which of them was meant, nobody can tell.
    private func checkPairs() {
        struct Key: Hashable {
            let host: HostPattern?
            let path: RoutePath
        }
        var seen: [Key: [ReadRoute]] = [:]
        for read in routes {
            let hosts: [HostPattern?] = read.route.hosts.isEmpty ? [nil] : read.route.hosts
            for host in hosts {
                let key = Key(host: host, path: RoutePath(read.route))
                if let other = seen[key]?.first(where: { Self.overlap($0.route, read.route) }) {
                    let place = other.members.place(other.pathMember)
                    read.members.fault(
                        read.pathMember,
                        "has the same host, path and method as the one of line \(place.line): "
                            + "\(host.map(\.text) ?? "")\(read.route.prefix) occurs more than once",
                        "give them different paths, hosts or methods")
                }
                seen[key, default: []].append(read)
            }
        }
    }

    private static func overlap(_ left: Route, _ right: Route) -> Bool {
        guard let methods = left.methods, let others = right.methods else { return true }
        return methods.contains(where: others.contains)
    }

    /// Buckets are told apart by the route's name.
    private func checkBuckets() {
        var names: Set<String> = []
        for read in routes where read.route.policy.rateLimit != nil {
            if !names.insert(read.route.name).inserted {
                read.members.fault(
                    "rate_limit", "shares its name with another route that has a rate limit", "name them differently")
            }
        }
    }
}

extension RoutesDocument.ReadRoute {
    var pathMember: String { route.template == nil ? "prefix" : "path" }

    /// As the file writes it.
    var upstreamName: String? {
        if case .scalar(let text, _)? = members.node("upstream")?.content { text } else { nil }
    }
}
