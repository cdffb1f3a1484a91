import Gateway
import HTTPKit
import NIOHTTP1
import Testing

@Suite("Where a path leads")
struct RouteTableTests {
    private static func match(_ path: String, _ method: HTTPMethod = .GET, table: RouteTable = .builtIn)
        -> RouteTable.Match
    {
        table.match(method, path)
    }

    @Test(
        "the built-in table is DESIGN §6",
        arguments: [
            ("/api/v1/auth/login", "platform-auth", "/api/v1/auth/login"),
            ("/api/v1/auth/", "platform-auth", "/api/v1/auth/"),
            ("/api/v1/auth/validated", "platform-auth", "/api/v1/auth/validated"),
            ("/.well-known/jwks.json", "well-known", "/.well-known/jwks.json"),
            ("/cp/api/v1/auth/login", "customer-auth", "/api/v1/auth/login"),
            ("/api/v1/customers", "plant", "/api/v1/customers"), ("/api/v1/auth", "plant", "/api/v1/auth"),
            ("/api/", "plant", "/api/"), ("/api/v1/admin", "plant", "/api/v1/admin"),
            ("/api/v1/admin/", "plant-admin", "/api/v1/admin/"),
            ("/api/v1/admin/db/execute", "plant-admin", "/api/v1/admin/db/execute"),
            ("/api/v1/administration", "plant", "/api/v1/administration"),
            ("/api/v1/Admin/db/execute", "plant", "/api/v1/Admin/db/execute"),
        ])
    func builtIn(_ path: String, _ name: String, _ forwarded: String) throws {
        guard case .route(let route, let target) = Self.match(path) else {
            Issue.record("\(path) leads nowhere")
            return
        }
        #expect(route.name == name)
        #expect(target == forwarded)
    }

    @Test(
        "what is closed leads nowhere",
        arguments: [
            "/api/v1/auth/validate", "/api/v1/auth/validate/", "/api/v1/auth/validate/x", "/api/v1/auth/VALIDATE",
            "/API/v1/auth/validate", "/cp/api/v1/auth/validate", "/cp/api/v1/auth/Validate/", "/internal",
            "/internal/", "/internal/v1/keys/probe", "/INTERNAL/v1/keys", "/", "/api", "/cp/api/v1/customers", "/cp",
            "/favicon.ico", "/apix/v1", "/metricsx",
        ])
    func closed(_ path: String) {
        #expect(Self.match(path) == .notFound)
    }

    @Test("authentication is required for the plant, and only there")
    func rules() {
        let rules = Dictionary(uniqueKeysWithValues: RouteTable.builtIn.routes.map { ($0.name, $0.auth) })
        #expect(
            rules == [
                "plant": .required, "plant-admin": .required, "platform-auth": .open, "well-known": .open,
                "customer-auth": .open,
            ])
    }

    @Test("the longest prefix wins, whatever the order")
    func longest() {
        let short = Route(name: "short", prefix: "/api/", destination: .upstream(.plant))
        let long = Route(name: "long", prefix: "/api/v1/reports", destination: .upstream(.platform))
        for table in [RouteTable([short, long]), RouteTable([long, short])] {
            for path in ["/api/v1/reports", "/api/v1/reports/7"] {
                #expect(Self.match(path, table: table) == .route(long, path: path))
            }
            #expect(Self.match("/api/v1/reportsx", table: table) == .route(short, path: "/api/v1/reportsx"))
        }
    }

    @Test("a table that leads to /internal does not open it, not even by taking a prefix away")
    func noTableOpensInternal() {
        let table = RouteTable([
            Route(name: "all", prefix: "/", destination: .upstream(.plant), auth: .open),
            Route(name: "x", prefix: "/x/", destination: .upstream(.plant), auth: .open, stripPrefix: "/x"),
        ])
        for path in ["/internal/v1/keys", "/x/internal/v1/keys", "/x/api/v1/auth/validate", "/api/v1/auth/validate"] {
            #expect(Self.match(path, table: table) == .notFound, "\(path)")
        }
    }

    @Test("a method that a route does not serve is told which it does")
    func methods() {
        let table = RouteTable([
            Route(name: "r", prefix: "/r", destination: .upstream(.plant), methods: [.GET]),
            Route(name: "n", prefix: "/r/n", destination: .nowhere),
        ])
        #expect(Self.match("/r", .POST, table: table) == .methodNotAllowed([.GET]))
        #expect(Self.match("/r/n", table: table) == .notFound)
    }

    @Test("a prefix that is taken away whole leaves the root, never an empty target")
    func strippedWhole() {
        let route = Route(name: "x", prefix: "/x", destination: .upstream(.plant), stripPrefix: "/x")
        let table = RouteTable([route])
        #expect(Self.match("/x", table: table) == .route(route, path: "/"))
        #expect(Self.match("/x/", table: table) == .route(route, path: "/"))
        #expect(Self.match("/x/y", table: table) == .route(route, path: "/y"))
    }

    @Test("no address of an upstream completes a path to what is closed")
    func basePaths() throws {
        for (base, path) in [
            ("/api/v1/auth", "/validate"), ("/api", "/v1/auth/validate/x"), ("/API/v1", "/auth/VALIDATE"),
        ] {
            let origin = try #require(Origin("http://plant:1" + base))
            let other = Route(name: "o", prefix: "/", destination: .upstream(.other(origin)), auth: .open)
            #expect(Self.match(path, table: RouteTable([other])) == .notFound, "\(base)\(path)")
            #expect(Self.match("/fine", table: RouteTable([other])) == .route(other, path: "/fine"))
            let group = Route(name: "g", prefix: "/", destination: .group("g"), auth: .open)
            let upstream = UpstreamGroup(name: "g", targets: [.init(origin: origin)])
            let table = RouteTable([group], upstreams: ["g": upstream])
            #expect(Self.match(path, table: table) == .notFound, "\(base)\(path)")
            #expect(Self.match("/fine", table: table) == .route(group, path: "/fine"))
        }
    }

    @Test("a rewrite, with captures in it, does not open what is closed")
    func rewriteToClosed() throws {
        var route = Route(name: "t", template: try PathTemplate("/t/{a}/{b}"), destination: .upstream(.plant))
        route.rewrite = try PathTemplate("/{b}/v1/{a}")
        let table = RouteTable([route])
        #expect(Self.match("/t/x/y", table: table) == .route(route, path: "/y/v1/x"))
        #expect(Self.match("/t/keys/internal", table: table) == .notFound)
        #expect(Self.match("/t/keys/INTERNAL", table: table) == .notFound)
        route.rewrite = try PathTemplate("/api/v1/{a}/{b}")
        #expect(Self.match("/t/auth/validate", table: RouteTable([route])) == .notFound)
    }

    @Test(
        "of the paths that match, the one with the first literal segment wins, then the longest",
        arguments: [
            ("/users/7", "/users/{id}"), ("/users/me", "/users/me"), ("/users/7/orders", "/users/{id}/orders"),
            ("/users/7/orders/1", "/users/"), ("/users/me/orders", "/users/{id}/orders"), ("/users", "/"),
            ("/users/", "/users/"), ("/users/7/", "/users/"), ("/users/x/y", "/users/x/"),
            ("/users/x/orders", "/users/x/"),
            ("/users/x", "/users/{id}"), ("/r", "/r"), ("/r/", "/r/"), ("/r/s", "/r/"), ("/rs", "/"), ("/", "/"),
            ("/e/", "/e/{x}/"), ("/e/1/", "/e/{x}/"), ("/e/1", "/e"),
        ])
    func precedence(_ path: String, _ expected: String) throws {
        var routes = ["/", "/users/", "/users/x/", "/r", "/r/", "/e"].map {
            Route(name: $0, prefix: $0, destination: .upstream(.plant))
        }
        for text in ["/users/{id}", "/users/me", "/users/{id}/orders", "/e/{x}/"] {
            routes.append(Route(name: text, template: try PathTemplate(text), destination: .upstream(.plant)))
        }
        // An empty last segment is none that a capture stands for.
        let wanted = path == "/e/" ? "/e" : expected
        for table in [RouteTable(routes), RouteTable(routes.reversed())] {
            guard case .route(let route, _) = Self.match(path, table: table) else {
                Issue.record("\(path) leads nowhere")
                continue
            }
            #expect(route.name == wanted)
        }
    }

    @Test(
        "the exact host wins, then the longest wildcard, then any host",
        arguments: [
            ("a.example.org", "exact"), ("A.EXAMPLE.org:8443", "exact"), ("a.example.org.", "exact"),
            ("b.example.org", "wildcard"), ("x.b.example.org", "deep"), ("y.x.b.example.org", "deep"),
            ("example.org", "any"), ("aexample.org", "any"), (".example.org", "any"), ("", "any"), ("[::1]:80", "any"),
            ("a.example.org.evil.net", "any"), ("evil.net:a.example.org", "any"),
        ])
    func hosts(_ host: String, _ expected: String) {
        func route(_ name: String, _ hosts: [String]) -> Route {
            var route = Route(name: name, prefix: "/", destination: .upstream(.plant))
            route.hosts = hosts.compactMap(HostPattern.init)
            return route
        }
        let table = RouteTable([
            route("any", []), route("wildcard", ["*.example.org"]), route("deep", ["*.b.example.org"]),
            route("exact", ["a.example.org", "other.example"]),
        ])
        guard case .route(let found, _) = table.match(host: host, method: .GET, path: "/x") else {
            Issue.record("\(host) leads nowhere")
            return
        }
        #expect(found.name == expected)
    }

    @Test("without a host only the routes for any host match; a host whose paths do not match falls back to them")
    func hostFallback() {
        var own = Route(name: "own", prefix: "/own/", destination: .upstream(.plant))
        own.hosts = [HostPattern("a.example")].compactMap { $0 }
        let any = Route(name: "any", prefix: "/", destination: .upstream(.plant))
        let table = RouteTable([own, any])
        #expect(table.match(.GET, "/own/x") == .route(any, path: "/own/x"))
        #expect(table.match(host: "a.example", method: .GET, path: "/own/x") == .route(own, path: "/own/x"))
        #expect(table.match(host: "a.example", method: .GET, path: "/x") == .route(any, path: "/x"))
        #expect(RouteTable([own]).match(.GET, "/own/x") == .notFound)
    }

    @Test(
        "routes of one path share it by method; what none serves is answered with all that are, and nothing less particular"
    )
    func methodsOfOnePath() {
        func route(_ name: String, _ methods: [HTTPMethod]?) -> Route {
            Route(name: name, prefix: "/r", destination: .upstream(.plant), methods: methods)
        }
        let read = route("read", [.GET, .HEAD])
        let write = route("write", [.PUT])
        let all = Route(name: "all", prefix: "/", destination: .upstream(.plant))
        let table = RouteTable([read, write, all])
        #expect(Self.match("/r", .HEAD, table: table) == .route(read, path: "/r"))
        #expect(Self.match("/r", .PUT, table: table) == .route(write, path: "/r"))
        #expect(Self.match("/r", .DELETE, table: table) == .methodNotAllowed([.GET, .HEAD, .PUT]))
        #expect(Self.match("/s", .DELETE, table: table) == .route(all, path: "/s"))
    }

    @Test("the table lists its routes in the order in which they win")
    func order() throws {
        func route(_ path: String, _ host: String? = nil) throws -> Route {
            var route =
                path.contains("{")
                ? Route(name: path, template: try PathTemplate(path), destination: .upstream(.plant))
                : Route(name: path, prefix: path, destination: .upstream(.plant))
            route.hosts = [host.flatMap(HostPattern.init)].compactMap { $0 }
            return route
        }
        let sorted = [
            try route("/", "a.example"), try route("/z/", "*.long.example"), try route("/a/", "*.example"),
            try route("/a/b/c"), try route("/a/b"), try route("/a/{x}/c"), try route("/a/{x}"), try route("/a/"),
            try route("/a"), try route("/b"), try route("/"),
        ]
        var random = SeededRandom(1)
        for _ in 0..<20 {
            #expect(RouteTable(sorted.shuffled(using: &random)).routes.map(\.name) == sorted.map(\.name))
        }
    }
}
