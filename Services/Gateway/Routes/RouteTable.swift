package import NIOHTTP1

/// An immutable snapshot of the routes. Which of them is meant depends on nothing but host, method and path:
///
/// 1. routes that name the host exactly, then those with a wildcard (the longest first), then those for any host; the
///    next of these is looked at only when no path of the one before matches;
/// 2. of the paths that match, segment by segment from the left: the same text before a capture, a capture before what
///    merely lies below a prefix; so the longest prefix wins, and a template wins over a prefix that ends where it does;
/// 3. of the routes with that host and path the one that serves the method; without one the answer is 405, and no other
///    route is tried.
package struct RouteTable: Sendable, Equatable {
    package enum Match: Equatable {
        /// - Parameter path: as the upstream is to see it.
        case route(Route, path: String)
        case notFound
        /// With those that are served.
        case methodNotAllowed([HTTPMethod])
    }

    /// In order of precedence.
    package let routes: [Route]
    /// By name.
    package let upstreams: [String: UpstreamGroup]
    /// Whether any route is for a host of its own.
    package let usesHosts: Bool
    private let index: RouteIndex

    /// - Parameter routes: of those with the same host, path and method the first one counts; a file with such a pair is
    ///   refused before (`RoutesFile`).
    package init(_ routes: [Route], upstreams: [String: UpstreamGroup] = [:]) {
        self.routes = RouteOrder.sorted(routes)
        self.upstreams = upstreams
        usesHosts = routes.contains { !$0.hosts.isEmpty }
        index = RouteIndex(self.routes)
    }

    package static func == (left: RouteTable, right: RouteTable) -> Bool {
        left.routes == right.routes && left.upstreams == right.upstreams
    }

    /// DESIGN §6.
    package static let builtIn = RouteTable([
        Route(
            name: "platform-auth", prefix: "/api/v1/auth/", destination: .upstream(.platform), auth: .open,
            isRateLimited: true),
        Route(name: "well-known", prefix: "/.well-known/", destination: .upstream(.platform), auth: .open),
        Route(
            name: "customer-auth", prefix: "/cp/api/v1/auth/", destination: .upstream(.customer), auth: .open,
            stripPrefix: "/cp", isRateLimited: true),
        Route(
            name: "plant-admin", prefix: "/api/v1/admin/", destination: .upstream(.plant), enrichment: true,
            isAdministrative: true),
        Route(name: "plant", prefix: "/api/", destination: .upstream(.plant), enrichment: true),
    ])

    /// Without a host: routes for a host of their own are left out.
    package func match(_ method: HTTPMethod, _ path: String) -> Match {
        match(host: nil, method: method, path: path)
    }

    /// Allocates nothing unless the path is rewritten, or the host is not in lower case.
    /// - Parameters:
    ///   - host: of the request's target or its `Host` field, with or without port.
    ///   - method: of a CORS preflight the one that it asks for.
    ///   - path: canonical (`RequestTarget`).
    package func match(host: String?, method: HTTPMethod, path: String) -> Match {
        if ForbiddenPaths.contains(path) { return .notFound }
        guard let candidates = index.find(host: host, path: path) else { return .notFound }
        guard let position = candidates.first(where: { routes[$0].serves(method) }) else {
            return refuse(candidates)
        }
        let route = routes[position]
        if case .nowhere = route.destination { return .notFound }
        if route.stripPrefix == nil, route.rewrite == nil {
            return isClosed(path, route.destination) ? .notFound : .route(route, path: path)
        }
        let rewritten = route.rewritten(path)
        // A prefix that is taken away must not uncover what is closed.
        let isUncovered = ForbiddenPaths.contains(rewritten) || isClosed(rewritten, route.destination)
        return isUncovered ? .notFound : .route(route, path: rewritten)
    }

    private func refuse(_ candidates: [Int]) -> Match {
        var methods: [HTTPMethod] = []
        for candidate in candidates {
            if case .nowhere = routes[candidate].destination { continue }
            methods += (routes[candidate].methods ?? []).filter { !methods.contains($0) }
        }
        return methods.isEmpty ? .notFound : .methodNotAllowed(methods)
    }

    /// An address that ends in `/api/v1/auth` must not complete the path to what is closed.
    private func isClosed(_ path: String, _ destination: Route.Destination) -> Bool {
        switch destination {
        case .upstream(.other(let origin)): ForbiddenPaths.contains(path, below: origin.basePath)
        case .group(let name):
            upstreams[name]?.targets.contains { ForbiddenPaths.contains(path, below: $0.origin.basePath) } ?? false
        case .upstream, .nowhere: false
        }
    }
}
