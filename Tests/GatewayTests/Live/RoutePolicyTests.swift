import Synchronization
import TestSupport
import Testing

@Suite("What a route says for itself", .timeLimit(.minutes(10)))
struct RoutePolicyTests {
    private final class Switch: Sendable {
        private let state = Mutex(false)
        var isOn: Bool { state.withLock { $0 } }
        func turnOn() { state.withLock { $0 = true } }
    }

    private static func run(
        _ routes: String, variables: [String: String] = [:], clock: MovableClock = MovableClock(),
        plant handler: @escaping UpstreamServer.Handler = TestPlant.friendly,
        _ body: @Sendable (TestGateway, UpstreamServer) async throws -> Void
    ) async throws {
        try await UpstreamServer.with(handler) { plant in
            let file = try TemporaryFile(routes)
            try await TestGateway.run(
                plant: plant, variables.merging(["GW_ROUTES_FILE": file.path]) { $1 }, clock: clock.wall
            ) { gateway in
                try await body(gateway, plant)
                withExtendedLifetime(file) {}
            }
        }
    }

    private static func request(
        _ path: String, method: String = "GET", host: String = "gateway.test", _ headers: [String] = [],
        body: String = ""
    ) -> String {
        "\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\n" + headers.map { $0 + "\r\n" }.joined() + "\r\n" + body
    }

    @Test("hosts: a route is for its own, whatever port, case or proxy is named")
    func hosts() async throws {
        let routes = """
            - {prefix: /a/, hosts: [one.test], upstream: plant, auth: public, rewrite: {strip_prefix: true}}
            - {prefix: /, hosts: ["*.wild.test"], upstream: plant, auth: required}
            """
        try await Self.run(routes) { (gateway, plant) async throws in
            #expect(try await gateway.send(Self.request("/a/x", host: "one.test")).status == 200)
            #expect(try await gateway.send(Self.request("/a/x", host: "ONE.test:8000")).status == 200)
            #expect(try await gateway.send(Self.request("/a/x", host: "b.wild.test")).status == 401)
            #expect(try await gateway.send(Self.request("/a/x", host: "wild.test")).status == 404)
            let lie = Self.request("/a/x", host: "two.test", ["X-Forwarded-Host: one.test"])
            #expect(try await gateway.send(lie).status == 404)
            #expect(plant.requests.map(\.target) == ["/x", "/x"])
        }
    }

    @Test("max_body: less than the gateway's, and more, whether its length is told or not")
    func maximumBody() async throws {
        let routes = """
            - {prefix: /small, upstream: plant, auth: public, max_body: 10}
            - {prefix: /large, upstream: plant, auth: public, max_body: 1KiB}
            - {prefix: /other, upstream: plant, auth: public}
            """
        try await Self.run(routes, variables: ["GW_MAX_BODY_BYTES": "100"]) { (gateway, plant) async throws in
            for (path, bytes, status) in [
                ("/small", 10, 200), ("/small", 11, 413), ("/large", 1024, 200), ("/large", 1025, 413),
                ("/other", 100, 200), ("/other", 101, 413),
            ] {
                let body = String(repeating: "x", count: bytes)
                let told = Self.request(path, method: "POST", ["Content-Length: \(bytes)"], body: body)
                #expect(try await gateway.send(told).status == status, "\(path) \(bytes)")
                let half = bytes / 2
                let chunks =
                    "\(hex(half))\r\n\(body.prefix(half))\r\n\(hex(bytes - half))\r\n\(body.dropFirst(half))\r\n"
                let chunked = Self.request(
                    path, method: "POST", ["Transfer-Encoding: chunked"], body: chunks + "0\r\n\r\n")
                #expect(try await gateway.send(chunked).status == status, "\(path) \(bytes), chunked")
            }
            #expect(plant.requests.allSatisfy { $0.body.count <= 1024 })
        }
    }

    @Test("auth: optional: nobody is named without a token, its subject with a good one, and a wrong one is 401")
    func optionalToken() async throws {
        try await Self.run("- {prefix: /maybe, upstream: plant, auth: optional}") { (gateway, plant) async throws in
            let forged = ["X-User-Id: forged", "X-User-Email: forged@example.com", "X-User-Roles: admin"]
            #expect(try await gateway.get("/maybe", forged).status == 200)
            #expect(try await gateway.get("/maybe", forged, token: try TestTokens.token()).status == 200)
            for name in ["x-user-id", "x-user-email", "x-user-roles"] {
                #expect(plant.requests.first?.values(name) == [], "\(name)")
            }
            let named = try #require(plant.requests.last)
            #expect(named.values("x-user-id") == ["user-1"])
            #expect(named.values("x-user-email") == ["ada@example.com"])
            #expect(named.values("x-user-roles") == ["admin"])
            // Who shows one has to show a good one: an anonymous visitor is nobody's fallback.
            let foreign = try TestTokens.token(secret: "another-secret-of-the-tests-0123456789-abcdefg")
            let expired = try TestTokens.token(now: 1_700_000_000)
            for (token, code) in [(foreign, "unknown_key"), (expired, "expired"), ("x.y.z", "malformed_token")] {
                let refused = try await gateway.get("/maybe", token: token)
                #expect(refused.status == 401)
                #expect(refused.code == code)
                #expect(refused.values("www-authenticate").first?.contains("invalid_token") == true)
            }
            #expect(plant.requests.count == 2)
        }
    }

    @Test("timeouts: a route that waits for less than the gateway does")
    func timeouts() async throws {
        let routes = """
            - {prefix: /quick, upstream: plant, auth: public, timeouts: {first_byte: 50ms}}
            - {prefix: /total, upstream: plant, auth: public, timeouts: {total: 50ms}}
            """
        try await Self.run(routes, plant: { _ in .silence }) { (gateway, _) async throws in
            #expect(try await gateway.get("/quick").code == "upstream_timeout")
            #expect(try await gateway.get("/total").code == "upstream_timeout")
        }
    }

    @Test("rate_limit: per client without a token's doing, per subject each for itself, and no route for another")
    func rateLimit() async throws {
        let routes = """
            - {prefix: /client, upstream: plant, auth: public, rate_limit: {requests: 2, per_seconds: 3600}}
            - {prefix: /subject, upstream: plant, rate_limit: {per: subject, requests: 2, per_seconds: 3600}}
            - {prefix: /free, upstream: plant, auth: public}
            """
        try await Self.run(routes) { (gateway, plant) async throws in
            for _ in 0..<2 { #expect(try await gateway.get("/client").status == 200) }
            let refused = try await gateway.get("/client/x")
            #expect(refused.code == "rate_limited")
            #expect((refused.values("retry-after").first.flatMap(Int.init) ?? 0) > 1000)
            #expect(try await gateway.get("/free").status == 200)
            for subject in ["user-1", "user-2"] {
                let token = try TestTokens.token(subject: subject)
                for _ in 0..<2 { #expect(try await gateway.get("/subject", token: token).status == 200) }
                #expect(try await gateway.get("/subject", token: token).status == 429)
            }
            // Who shows no good token spends nobody's bucket.
            #expect(try await gateway.get("/subject").status == 401)
            #expect(plant.requests.count == 7)
        }
    }

    @Test("cors: preflights are answered here, and answers say who may read them, refusals too")
    func cors() async throws {
        let routes = """
            - prefix: /api
              upstream: plant
              cors: {origins: ["https://app.test"], methods: [GET, PUT], headers: [Authorization], expose: [ETag],
                     credentials: true}
            - {prefix: /plain, upstream: plant, auth: public}
            """
        let handler: UpstreamServer.Handler = { _ in
            .respond(
                status: 200,
                headers: [("Access-Control-Allow-Origin", "*"), ("access-control-expose-headers", "Secret")],
                body: Array("{}".utf8))
        }
        try await Self.run(routes, variables: ["GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": "false"], plant: handler) {
            (gateway, plant) async throws in
            func preflight(_ origin: String, _ method: String, path: String = "/api/x") async throws
                -> RawClient.Response
            {
                try await gateway.send(
                    Self.request(
                        path, method: "OPTIONS",
                        [
                            "Origin: \(origin)", "Access-Control-Request-Method: \(method)",
                            "Access-Control-Request-Headers: authorization",
                        ]))
            }
            let allowed = try await preflight("https://app.test", "PUT")
            #expect(allowed.status == 204)
            #expect(allowed.values("access-control-allow-origin") == ["https://app.test"])
            #expect(allowed.values("access-control-allow-credentials") == ["true"])
            #expect(allowed.values("content-length").isEmpty)
            for (origin, method) in [("https://evil.test", "PUT"), ("https://app.test", "DELETE"), ("null", "GET")] {
                let refused = try await preflight(origin, method)
                #expect(refused.status == 204)
                #expect(refused.values("access-control-allow-origin").isEmpty)
            }
            #expect(plant.requests.isEmpty, "a preflight has no token, and goes nowhere")
            let token = try TestTokens.token()
            let answer = try await gateway.get("/api/x", ["Origin: https://app.test"], token: token)
            #expect(answer.values("access-control-allow-origin") == ["https://app.test"])
            #expect(answer.values("access-control-expose-headers") == ["ETag"])
            #expect(answer.values("vary") == ["Origin"])
            let other = try await gateway.get("/api/x", ["Origin: https://evil.test"], token: token)
            #expect(other.values("access-control-allow-origin").isEmpty)
            let missing = try await gateway.get("/api/x", ["Origin: https://app.test"])
            #expect(missing.code == "missing_token")
            #expect(missing.values("access-control-allow-origin") == ["https://app.test"])
            // Without a policy it is a request like any other.
            let plain = try await preflight("https://app.test", "GET", path: "/plain")
            #expect(plain.values("access-control-allow-origin") == ["*"])
        }
    }

    @Test("request_headers and response_headers: set and removed in each spelling, and never in place of the gateway's")
    func headers() async throws {
        let routes = """
            - prefix: /
              upstream: plant
              auth: public
              request_headers: {set: {X-Tenant: blue}, remove: [X-Debug]}
              response_headers: {set: {Strict-Transport-Security: max-age=1}, remove: [Server]}
            """
        let handler: UpstreamServer.Handler = { _ in
            .respond(status: 200, headers: [("SERVER", "x"), ("Strict-Transport-Security", "no"), ("X-Kept", "1")])
        }
        try await Self.run(routes, plant: handler) { (gateway, plant) async throws in
            let answer = try await gateway.get("/x", ["x_tenant: red", "X-TENANT: red", "x-debug: 1", "X-Other: 1"])
            #expect(answer.values("server").isEmpty)
            #expect(answer.values("strict-transport-security") == ["max-age=1"])
            #expect(answer.values("x-kept") == ["1"])
            let request = try #require(plant.requests.first)
            #expect(request.values("x-tenant") == ["blue"])
            #expect(request.values("x_tenant").isEmpty)
            #expect(request.values("x-debug").isEmpty)
            #expect(request.values("x-other") == ["1"])
        }
    }

    @Test("enrichment: a route's own time to live, and its own way with a plant that fails")
    func enrichment() async throws {
        let clock = MovableClock()
        let routes = """
            - {prefix: /short, upstream: plant, enrichment: {ttl: 2s, mode: open}}
            - {prefix: /long, upstream: plant, enrichment: {ttl: 10m}}
            - {prefix: /kept, upstream: plant, enrichment: {stale_if_error: 10m}}
            """
        let isDown = Switch()
        let handler: UpstreamServer.Handler = { request in
            guard request.path == TestPlant.validatePath else { return .json("{}") }
            return isDown.isOn ? .respond(status: 500) : .json(TestPlant.confirmation())
        }
        try await Self.run(routes, clock: clock, plant: handler) { (gateway, plant) async throws in
            let token = try TestTokens.token()
            func marks(_ path: String) async throws -> String? {
                let answer = try await gateway.get(path, token: token)
                guard answer.status == 200 else { return answer.code }
                return plant.requests(to: path).last?.values("x-enrichment").first
            }
            #expect(try await marks("/long") == "fresh")
            #expect(try await marks("/short") == "cached")
            clock.advance(seconds: 3)
            #expect(try await marks("/long") == "cached")
            #expect(try await marks("/short") == "fresh")
            clock.advance(seconds: 60)
            isDown.turnOn()
            #expect(try await marks("/long") == "cached")
            #expect(try await marks("/kept") == "stale")
            #expect(try await marks("/short") == "unavailable")
        }
    }
}

private func hex(_ number: Int) -> String { String(number, radix: 16) }
