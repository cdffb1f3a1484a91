import Hummingbird
import Synchronization

/// Which methods each route has: the router answers 404 for a known path with another method, and RFC 9110 §15.5.6
/// wants 405 with `Allow`. Filled once the router is complete.
final class MethodTable: Sendable {
    private struct Route: Sendable {
        let template: [String]
        let method: String
    }

    private let routes = Mutex<[Route]>([])

    func fill(from router: Router<some RequestContext>) {
        let found = router.routes.map {
            Route(template: Self.components($0.path.description), method: $0.method.rawValue)
        }
        routes.withLock { $0 = found }
    }

    /// Sorted; empty for a path that no route has. HEAD comes with GET.
    func methods(for path: String) -> [String] {
        let components = Self.components(path)
        var found = Set(routes.withLock { $0 }.filter { Self.matches(components, $0.template) }.map(\.method))
        if found.contains("GET") { found.insert("HEAD") }
        return found.sorted()
    }

    private static func components(_ path: String) -> [String] {
        path.split(separator: "/").map(String.init)
    }

    /// Captures and wildcards match one component, `**` the rest.
    private static func matches(_ path: [String], _ template: [String]) -> Bool {
        for (index, part) in template.enumerated() {
            if part == "**" { return path.count > index }
            guard index < path.count else { return false }
            let isCapture = part.contains("{") || part.contains("*") || part.hasPrefix(":")
            if !isCapture && part != path[index] { return false }
        }
        return path.count == template.count
    }
}
