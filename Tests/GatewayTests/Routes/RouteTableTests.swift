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
            ("/api/", "plant", "/api/"),
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
        #expect(rules == ["plant": .required, "platform-auth": .open, "well-known": .open, "customer-auth": .open])
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
}
