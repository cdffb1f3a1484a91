import NIOHTTP1

/// What a route says beside the few things that each of its requests needs.
struct RouteDetails: Sendable, Equatable {
    var hosts: [HostPattern] = []
    var prefix: String
    var template: PathTemplate?
    var stripPrefix: String?
    var rewrite: PathTemplate?
    var methods: [HTTPMethod]?
    var roles: [String] = []
    var scopes: [String] = []
    var policy = RoutePolicy.none
}

/// A route is copied several times for each request, and with it the count of every reference in it: these are behind
/// one.
final class RouteDetailsBox: Sendable, Equatable {
    let value: RouteDetails

    init(_ value: RouteDetails) { self.value = value }

    static func == (left: RouteDetailsBox, right: RouteDetailsBox) -> Bool {
        left === right || left.value == right.value
    }
}

extension RouteDetailsBox {
    /// One with another value there.
    func with<Value>(_ path: WritableKeyPath<RouteDetails, Value>, _ value: Value) -> RouteDetailsBox {
        var details = self.value
        details[keyPath: path] = value
        return RouteDetailsBox(details)
    }
}
