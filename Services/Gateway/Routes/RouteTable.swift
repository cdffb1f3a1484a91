package import NIOHTTP1

/// An immutable snapshot of the routes; the longest prefix wins, whatever order they were written in.
package struct RouteTable: Sendable, Equatable {
    package enum Match: Equatable {
        /// - Parameter path: as the upstream is to see it.
        case route(Route, path: String)
        case notFound
        /// With those that are served.
        case methodNotAllowed([HTTPMethod])
    }

    package let routes: [Route]

    package init(_ routes: [Route]) {
        self.routes = routes.sorted { ($0.prefix.utf8.count, $1.prefix) > ($1.prefix.utf8.count, $0.prefix) }
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
        Route(name: "plant", prefix: "/api/", destination: .upstream(.plant), enrichment: true),
    ])

    /// - Parameter path: canonical (`RequestTarget`).
    package func match(_ method: HTTPMethod, _ path: String) -> Match {
        if ForbiddenPaths.contains(path) { return .notFound }
        for route in routes where route.matches(path) {
            guard case .upstream = route.destination else { return .notFound }
            if let methods = route.methods, !methods.contains(method) { return .methodNotAllowed(methods) }
            let rewritten = route.rewritten(path)
            // A prefix that is taken away must not uncover what is closed.
            return ForbiddenPaths.contains(rewritten) ? .notFound : .route(route, path: rewritten)
        }
        return .notFound
    }
}

/// What no route may lead to, in any table: the services' own business (`/internal`) and the plant's judgement of
/// tokens (`/api/v1/auth/validate`), which would tell a stranger who a stolen token belongs to.
enum ForbiddenPaths {
    static func contains(_ path: String) -> Bool {
        isBelow(path, "/internal") || isBelow(path, "/api/v1/auth/validate")
    }

    /// Whole segments, without regard to case: an upstream may not care about it.
    private static func isBelow(_ path: String, _ prefix: StaticString) -> Bool {
        let count = prefix.utf8CodeUnitCount
        let utf8 = path.utf8
        guard utf8.count >= count else { return false }
        let end = utf8.index(utf8.startIndex, offsetBy: count)
        guard utf8.count == count || utf8[end] == UInt8(ascii: "/") else { return false }
        return FieldName.equals(String(path[..<end]), prefix)
    }
}
