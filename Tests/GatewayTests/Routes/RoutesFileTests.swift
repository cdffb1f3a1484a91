import Gateway
import NIOHTTP1
import Testing

@Suite("GW_ROUTES_FILE")
struct RoutesFileTests {
    static func read(_ text: String) throws(RoutesFile.Faults) -> RouteTable { try RoutesFile.load(Array(text.utf8)) }

    static func route(_ members: String) throws -> Route {
        let table = try read(
            "- name: r\n  upstream: plant\n" + members.split(separator: "\n").map { "  \($0)\n" }.joined())
        return try #require(table.routes.first)
    }

    @Test("the JSON list of earlier versions is read as it was")
    func json() throws {
        let table = try Self.read(
            """
            [
              {"prefix": "/api/v1/auth/", "upstream": "platform", "auth": "public", "rateLimited": true},
              {"prefix": "/r/", "upstream": "http://reports:9000/base", "methods": ["GET", "HEAD"], "name": "reports"},
              {"prefix": "/c/api/", "upstream": "customer", "auth": "optional", "stripPrefix": true},
              {"prefix": "/api/", "upstream": "plant", "enrichment": true, "adminRoute": true},
              {"prefix": "/ops/", "upstream": "plant", "roles": ["admin", "ops"], "scopes": ["read", "write"]},
              {"prefix": "/old", "upstream": "nowhere"}
            ]
            """)
        let routes = Dictionary(uniqueKeysWithValues: table.routes.map { ($0.prefix, $0) })
        #expect(routes["/api/v1/auth/"]?.auth == .open)
        #expect(routes["/api/v1/auth/"]?.isRateLimited == true)
        #expect(routes["/api/v1/auth/"]?.name == "/api/v1/auth/")
        #expect(routes["/r/"]?.methods == [.GET, .HEAD])
        #expect(routes["/r/"]?.name == "reports")
        #expect(routes["/r/"]?.auth == .required)
        let origin = try #require(Origin("http://reports:9000/base"))
        #expect(routes["/r/"]?.destination == .upstream(.other(origin)))
        #expect(routes["/c/api/"]?.stripPrefix == "/c/api")
        #expect(routes["/api/"]?.enrichment == true)
        #expect(routes["/api/"]?.isAdministrative == true)
        #expect(routes["/ops/"]?.roles == ["admin", "ops"])
        #expect(routes["/ops/"]?.scopes == ["read", "write"])
        #expect(routes["/old"]?.destination == .nowhere)
    }

    @Test("the YAML document: defaults, upstreams, and every member of a route")
    func whole() throws {
        let table = try Self.read(
            """
            version: 1
            defaults:
              auth: optional
              methods: [GET]
              timeouts: {total: 1m}
            upstreams:
              reports:
                targets:
                  - {url: "http://reports-1:9000", weight: 3}
                  - http://reports-2:9000
                health: {path: /health, interval: 1s, timeout: 500ms, healthy_after: 1, unhealthy_after: 2}
                outlier: {failures: 3, eject_for: 10s, max_ejected_percent: 20}
              lone: {targets: [{url: "https://lone"}]}
            routes:
              - name: orders
                hosts: [Shop.Example.org, "*.example.net"]
                path: /api/v1/users/{id}/orders
                methods: [GET, POST]
                upstream: reports
                auth: required
                enrichment: {mode: open, ttl: 10s, stale: 5s, stale_if_error: 1h}
                roles: [admin]
                scopes: [read]
                timeouts: {connect: 500ms, first_byte: 2s, idle: 1m, total: 1h}
                max_body: 32MiB
                min_body_rate: 500
                rate_limit: {per: subject, requests: 10, per_seconds: 1, burst: 20}
                cors:
                  origins: ["https://app.example.org"]
                  methods: [POST]
                  headers: [Authorization, X-Trace]
                  expose: [X-Total]
                  credentials: true
                  max_age: 10m
                request_headers: {set: {X-Tier: gold}, remove: [X-Debug]}
                response_headers: {remove: [Server]}
                rewrite: {template: "/orders/{id}"}
                admin_route: true
                rate_limited: true
              - {prefix: /x/, upstream: lone, rewrite: {strip_prefix: /x}}
            """)
        let route = try #require(table.routes.first { $0.name == "orders" })
        #expect(route.hosts.map(\.text) == ["shop.example.org", "*.example.net"])
        #expect(route.template == (try PathTemplate("/api/v1/users/{id}/orders")))
        #expect(route.methods == [.GET, .POST])
        #expect(route.destination == .group("reports"))
        #expect(route.auth == .required && route.enrichment)
        #expect(route.policy.enrichment?.mode == .open)
        #expect(route.policy.enrichment?.timeToLive == 10)
        #expect(route.policy.enrichment?.stale == 5)
        #expect(route.policy.enrichment?.staleIfError == 3600)
        #expect(route.roles == ["admin"] && route.scopes == ["read"])
        #expect(route.policy.timeouts?.connect == 500)
        #expect(route.policy.timeouts?.firstByte == 2000)
        #expect(route.policy.timeouts?.idle == 60_000)
        #expect(route.policy.timeouts?.total == 3_600_000)
        #expect(route.policy.maximumBody == 33_554_432)
        #expect(route.policy.minimumBodyRate == 500)
        #expect(route.policy.rateLimit == RateLimitRule(per: .subject, requests: 10, seconds: 1, burst: 20))
        let cors = try #require(route.policy.cors)
        #expect(cors.origins == .these(["https://app.example.org"]))
        #expect(cors.methods == ["POST"] && cors.headers == ["Authorization", "X-Trace"])
        #expect(cors.expose == ["X-Total"] && cors.credentials && cors.maximumAge == 600)
        #expect(route.policy.requestHeaders?.set == [HeaderField("X-Tier", "gold")])
        #expect(route.policy.requestHeaders?.remove == ["X-Debug"])
        #expect(route.policy.responseHeaders?.remove == ["Server"])
        #expect(route.rewrite?.text == "/orders/{id}")
        #expect(route.isAdministrative && route.isRateLimited)

        let group = try #require(table.upstreams["reports"])
        #expect(group.targets.map(\.weight) == [3, 1])
        #expect(group.targets.map(\.origin.text) == ["http://reports-1:9000", "http://reports-2:9000"])
        #expect(group.health?.path == "/health" && group.health?.interval == 1000 && group.health?.timeout == 500)
        #expect(group.health?.healthyAfter == 1 && group.health?.unhealthyAfter == 2)
        #expect(group.outlier?.failures == 3 && group.outlier?.ejectFor == 10_000)
        #expect(group.outlier?.maximumPercent == 20)

        let other = try #require(table.routes.first { $0.prefix == "/x/" })
        #expect(other.auth == .optional && other.methods == [.GET] && other.policy.timeouts?.total == 60_000)
        #expect(other.stripPrefix == "/x" && other.name == "/x/")
        // One server without checks is an address.
        #expect(other.destination == .upstream(.other(try #require(Origin("https://lone")))))
        #expect(table.upstreams["lone"] == nil)
    }

    @Test("what is left out has the default that the page names")
    func defaults() throws {
        let route = try Self.route("prefix: /a\nrate_limit: {requests: 5, per_seconds: 2}\ncors: {origins: [\"*\"]}")
        #expect(route.auth == .required && !route.enrichment && route.methods == nil && route.hosts.isEmpty)
        #expect(!route.isRateLimited && !route.isAdministrative && route.stripPrefix == nil)
        #expect(route.policy.rateLimit == RateLimitRule(per: .client, requests: 5, seconds: 2, burst: 5))
        #expect(route.policy.cors?.origins == .any && route.policy.cors?.methods == ["GET", "HEAD", "POST"])
        #expect(route.policy.cors?.maximumAge == 600 && route.policy.cors?.credentials == false)
        #expect(try Self.route("prefix: /a").policy == .none)
        let served = try Self.route("prefix: /a\nmethods: [PUT]\ncors: {origins: [\"*\"]}")
        #expect(served.policy.cors?.methods == ["PUT"])
        let named = try Self.read("[{prefix: /a, hosts: [b.example], upstream: plant}]").routes[0]
        #expect(named.name == "b.example/a")
    }

    @Test("an empty list in a route takes the default's roles away, said aloud")
    func explicitlyNone() throws {
        let text = """
            version: 1
            defaults: {roles: [admin], enrichment: true}
            routes:
              - {prefix: /a, upstream: plant}
              - {prefix: /b, upstream: plant, auth: public, roles: [], enrichment: false}
            """
        let routes = Dictionary(uniqueKeysWithValues: try Self.read(text).routes.map { ($0.prefix, $0) })
        #expect(routes["/a"]?.roles == ["admin"] && routes["/a"]?.enrichment == true)
        #expect(routes["/b"]?.roles == [] && routes["/b"]?.enrichment == false)
    }

    @Test("routes with the same path and other methods or hosts stand side by side")
    func sideBySide() throws {
        let table = try Self.read(
            """
            - {prefix: /a, upstream: plant, methods: [GET]}
            - {prefix: /a, upstream: platform, methods: [POST]}
            - {prefix: /a, upstream: customer, hosts: [x.example]}
            - {path: "/a", upstream: nowhere}
            - {prefix: /a/, upstream: nowhere}
            """)
        #expect(table.routes.count == 5)
    }

    @Test("all faults are told at once, in the order of the file")
    func all() {
        let error = #expect(throws: RoutesFile.Faults.self) {
            try Self.read(#"[{"prefix": "/a", "x": 1, "upstream": "plant", "auth": "no"}, {"prefix": "b"}]"#)
        }
        #expect(
            error?.faults.map { $0.text(file: "r.json") } == [
                "r.json:1:19: route 0 has a member \"x\", which means nothing; take it away; known are name, prefix, "
                    + "path, rewrite, strip_prefix, hosts, upstream, auth, enrichment, methods, roles, scopes, timeouts, "
                    + "max_body, min_body_rate, rate_limit, cors, request_headers, response_headers, rate_limited, "
                    + "admin_route, websocket, on_token_end",
                "r.json:1:56: route 0 has an \"auth\" that is none of required, optional, public; write one of them",
                "r.json:1:63: route 1 needs an \"upstream\"; write plant, platform, customer, nowhere, a name of "
                    + "\"upstreams\", an absolute http(s) URL or unix:/path",
                "r.json:1:74: route 1 needs a \"prefix\" that is a path in its canonical form; begin it with a slash; "
                    + "no empty, . or .. segments, no query",
            ])
    }
}
