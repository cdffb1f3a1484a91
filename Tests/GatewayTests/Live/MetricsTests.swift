import Contracts
import FoundationEssentials
import Secrets
import ServiceKit
import Synchronization
import TestSupport
import Testing
import Tokens

/// Every metric that docs/OPERATIONS.md names for the gateway, scraped from the executable after traffic that is known, by
/// value and with its labels.
@Suite("Metrics", .serialized, .timeLimit(.minutes(10)))
struct MetricsTests {
    @Test("requests by route and code, latencies, tokens and verdicts with their caches")
    func requests() async throws {
        let suspended = try TestTokens.token(subject: "user-2")
        let plant: UpstreamServer.Handler = { request in
            switch request.path {
            case TestPlant.validatePath:
                request.values("authorization").first == "Bearer \(suspended)"
                    ? .json(#"{"code":"customer_suspended"}"#, status: 403) : .json(TestPlant.confirmation())
            case "/plain/none": .json("{}", status: 404)
            default: .json("{}")
            }
        }
        let routes = """
            - {name: plain, prefix: /plain, upstream: plant, auth: public}
            - {name: api, prefix: /api, upstream: plant, enrichment: true}
            """
        try await UpstreamServer.with(plant) { plant in
            try await GatewayProcess.run(plant: plant.url, routes: routes) { gateway in
                let client = try await gateway.connect()
                func get(_ path: String, token: String? = nil) async throws -> Int {
                    try await client.request(TestGateway.request("GET", path, token: token)).status
                }
                let token = try TestTokens.token()
                for _ in 0..<3 { #expect(try await get("/plain/x") == 200) }
                #expect(try await get("/plain/none") == 404)
                for _ in 0..<3 { #expect(try await get("/api/x", token: token) == 200) }
                for _ in 0..<2 { #expect(try await get("/api/x", token: suspended) == 403) }
                #expect(try await get("/api/x") == 401)
                let api = ["service": "gateway", "method": "GET", "route": "api"]
                let count = "lockstep_http_requests_total"
                let seconds = "lockstep_http_request_duration_seconds"
                let metrics = try await gateway.metrics { $0[count, api.merging(["code": "401"]) { $1 }] == 1 }
                for (code, number) in ["200": 3.0, "403": 2, "401": 1] {
                    #expect(metrics[count, api.merging(["code": code]) { $1 }] == number, "\(code)")
                }
                let plain = api.merging(["route": "plain"]) { $1 }
                #expect(metrics[count, plain.merging(["code": "200"]) { $1 }] == 3)
                #expect(metrics[count, plain.merging(["code": "404"]) { $1 }] == 1)
                #expect(metrics[seconds + "_count", api] == 6)
                #expect(metrics[seconds + "_count", plain] == 4)
                #expect(metrics[seconds + "_bucket", plain.merging(["le": "+Inf"]) { $1 }] == 4)
                #expect(metrics[seconds + "_sum", plain] ?? 0 > 0)
                #expect(metrics["lockstep_token_verifications_total", ["code": "valid"]] == 5)
                #expect(metrics["lockstep_token_verifications_total", ["code": "missing_token"]] == 1)
                #expect(metrics["lockstep_token_verification_seconds_count"] == 6)
                #expect(metrics["lockstep_gateway_token_cache_total", ["result": "miss"]] == 2)
                #expect(metrics["lockstep_gateway_token_cache_total", ["result": "hit"]] == 3)
                #expect(metrics["lockstep_gateway_cached_tokens", ["loop": "0"]] == 2)
                for (event, number) in ["call": 2.0, "hit": 2, "negative_hit": 1] {
                    #expect(metrics["lockstep_gateway_enrichment_total", ["event": event]] == number, "\(event)")
                }
                for verdict in ["confirmed", "customer_suspended"] {
                    #expect(metrics["lockstep_gateway_verdicts_total", ["verdict": verdict]] == 1, "\(verdict)")
                }
                #expect(metrics["lockstep_gateway_cached_verdicts", ["loop": "0"]] == 2)
                #expect(metrics["lockstep_gateway_enrichment_breaker_state", ["loop": "0"]] == 0)
                #expect(metrics["lockstep_gateway_plant_key_disagreements_total"] == 0)
                // Who asks here, and who scrapes.
                #expect(metrics["lockstep_gateway_client_connections", ["loop": "0"]] == 2)
                let pool = ["upstream": "plant", "loop": "0"]
                for state in ["open", "idle"] {
                    let labels = pool.merging(["state": state]) { $1 }
                    #expect(metrics["lockstep_gateway_upstream_connections", labels] == 1, "\(state)")
                }
                #expect(metrics["lockstep_key_loads_total", ["result": "loaded"]] == 1)
                #expect(metrics["lockstep_ring_version"] == 1)
                #expect(metrics["lockstep_ring_age_seconds"] == 0)
                #expect(metrics["lockstep_gateway_routes_file_in_force", ["file": "routes"]] == 1)
                client.close()
            }
        }
    }

    @Test("concurrent requests with one token are one call, and the others count as joined")
    func coalescing() async throws {
        try await RawUpstream.with { plant in
            let routes = "- {name: api, prefix: /api, upstream: plant, enrichment: true}"
            try await GatewayProcess.run(plant: plant.url, routes: routes) { gateway in
                let request = TestGateway.request("GET", "/api/x", token: try TestTokens.token())
                var clients: [RawClient] = []
                for _ in 0..<4 {
                    clients.append(try await gateway.connect())
                    clients.last?.post(request)
                }
                let question = try await plant.accept()
                #expect(try await question.head().contains(TestPlant.validatePath))
                let name = "lockstep_gateway_enrichment_total"
                let waiting = try await gateway.metrics { $0[name, ["event": "joined"]] == 3 }
                #expect(waiting[name, ["event": "call"]] == 1)
                #expect(waiting[name, ["event": "joined"]] == 3)
                let no = #"{"code":"customer_suspended"}"#
                question.post("HTTP/1.1 403 Forbidden\r\nContent-Length: \(no.utf8.count)\r\n\r\n\(no)")
                for client in clients {
                    #expect(try await client.response().status == 403)
                    client.close()
                }
                let after = try await gateway.metrics { _ in true }
                #expect(after[name, ["event": "call"]] == 1)
                #expect(after["lockstep_gateway_verdicts_total", ["verdict": "customer_suspended"]] == 1)
            }
        }
    }

    @Test("a group's servers: who is out and why, what each was asked, its connections; and the log names who answered")
    func groups() async throws {
        let folder = try TemporaryFolder()
        let gone = "unix:" + folder.path("gone")
        try await UpstreamServer.with({ .json("{}", status: $0.path == "/up" ? 200 : 500) }) { broken in
            try await UpstreamServer.with({ .json("{}", status: $0.path == "/up" ? 503 : 200) }) { sick in
                try await UpstreamServer.with(TestPlant.friendly) { well in
                    let routes = """
                        version: 1
                        upstreams:
                          u:
                            targets: ["\(broken.url)", "\(sick.url)", "\(well.url)"]
                            health: {path: /up, interval: 3s, timeout: 3s, unhealthy_after: 1}
                            outlier: {failures: 2, eject_for: 1h}
                          v: {targets: ["\(gone)", "\(well.url)"]}
                        routes:
                          - {name: u, prefix: /u/, upstream: u, auth: public}
                          - {name: v, prefix: /v/, upstream: v, auth: public}
                        """
                    try await GatewayProcess.run(plant: well.url, routes: routes) { gateway in
                        try await Self.groups(gateway, broken: broken.url, sick: sick.url, well: well.url, gone: gone)
                    }
                }
            }
        }
    }

    private static func groups(
        _ gateway: GatewayProcess, broken: String, sick: String, well: String, gone: String
    ) async throws {
        func labels(_ server: String, _ more: [String: String] = [:], of upstream: String = "u") -> [String: String] {
            ["upstream": upstream, "target": server].merging(more) { $1 }
        }
        let up = "lockstep_gateway_upstream_target_up"
        let checks = "lockstep_gateway_upstream_health_checks_total"
        let servers = [(broken, "passed"), (sick, "failed"), (well, "passed")]
        let checked = try await gateway.metrics { metrics in
            servers.allSatisfy { metrics[checks, labels($0, ["result": $1])] ?? 0 >= 1 }
        }
        for (server, result) in servers {
            #expect(checked[checks, labels(server, ["result": result])] ?? 0 >= 1, "\(result)")
            let other = result == "passed" ? "failed" : "passed"
            #expect(checked[checks, labels(server, ["result": other])] == nil, "\(other)")
        }
        #expect([broken, sick, well].map { checked[up, labels($0)] } == [1, 0, 1])
        let client = try await gateway.connect()
        func get(_ path: String) async throws -> Int {
            try await client.request(TestGateway.request("GET", path)).status
        }
        var statuses: [Int] = []
        for _ in 0..<6 { statuses.append(try await get("/u/x")) }
        #expect(statuses == [500, 200, 500, 200, 200, 200])
        for _ in 0..<2 { #expect(try await get("/v/x") == 200) }

        let requests = "lockstep_gateway_upstream_requests_total"
        let metrics = try await gateway.metrics { $0[requests, labels(well, of: "v")] == 2 }
        #expect([broken, sick, well].map { metrics[up, labels($0)] } == [0, 0, 1])
        #expect([gone, well].map { metrics[up, labels($0, of: "v")] } == [1, 1])
        #expect([broken, sick, well].map { metrics[requests, labels($0)] } == [2, 0, 4])
        let failures = "lockstep_gateway_upstream_failures_total"
        #expect([broken, sick, well].map { metrics[failures, labels($0)] } == [2, 0, 0])
        // One of the two went first to the server that is not there.
        #expect([gone, well].map { metrics[requests, labels($0, of: "v")] } == [1, 2])
        #expect([gone, well].map { metrics[failures, labels($0, of: "v")] } == [1, 0])
        let ejections = "lockstep_gateway_upstream_ejections_total"
        #expect([broken, sick, well].map { metrics[ejections, labels($0)] } == [1, nil, nil])
        for state in ["open", "idle"] {
            let more = ["state": state, "loop": "0"]
            let open = [broken, sick, well].map { metrics["lockstep_gateway_upstream_connections", labels($0, more)] }
            #expect(open == [1, 0, 1], "\(state)")
        }
        client.close()
        let lines = try await gateway.log("request", count: 8)
        #expect(
            lines.map { $0["target"] as? String } == [broken, well, broken] + Array(repeating: well, count: 5))
        // Written where there was more than one.
        #expect(lines.compactMap { $0["attempts"] as? String } == ["2"])
    }

    @Test("groups that a reload takes away are told of no more, and one that loses a server not of that one")
    func reloadedGroups() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { a in
            try await UpstreamServer.with(TestPlant.friendly) { b in
                func routes(_ groups: [String: String]) -> String {
                    let used = groups.keys.map { "{prefix: /\($0)/, upstream: \($0), auth: public}" }
                    let upstreams = groups.map { "\($0): \($1)" }.joined(separator: ", ")
                    return "version: 1\nupstreams: {\(upstreams)}\nroutes: [\(used.joined(separator: ", "))]\n"
                }
                let rule = "outlier: {failures: 3, eject_for: 1h}"
                let alone = "{targets: [\"\(a.url)\"], \(rule)}"
                let both = ["u": "{targets: [\"\(a.url)\", \"\(b.url)\"], \(rule)}", "w": alone]
                try await GatewayProcess.run(plant: a.url, routes: routes(both)) { gateway in
                    let up = "lockstep_gateway_upstream_target_up"
                    let (inForce, file) = ("lockstep_gateway_routes_file_in_force", ["file": "routes"])
                    let before = try await gateway.metrics { _ in true }
                    #expect(before[up, ["upstream": "u", "target": b.url]] == 1)
                    #expect(before[up, ["upstream": "w", "target": a.url]] == 1)
                    let reloads = "lockstep_gateway_routes_reloads_total"
                    #expect(before[reloads, ["file": "routes", "result": "loaded"]] == nil)
                    try gateway.write(routes: routes(["u": alone]))
                    let (loaded, refused) = (
                        ["file": "routes", "result": "loaded"], ["file": "routes", "result": "refused"]
                    )
                    let after = try await gateway.metrics {
                        $0[up, ["upstream": "w", "target": a.url]] == nil && $0[reloads, loaded] == 1
                    }
                    #expect(after[up, ["upstream": "u", "target": a.url]] == 1)
                    #expect(after[up, ["upstream": "u", "target": b.url]] == nil)
                    #expect(after[up, ["upstream": "w", "target": a.url]] == nil)
                    #expect(after[inForce, file] == 1)
                    #expect(after[reloads, loaded] == 1)
                    try gateway.write(routes: "- {prefix: /x, upstream: nobody}")
                    let faulty = try await gateway.metrics {
                        $0[inForce, file] == 0 && $0[reloads, refused] == 1
                    }
                    #expect(faulty[inForce, file] == 0)
                    #expect(faulty[reloads, refused] == 1)
                }
            }
        }
    }

    @Test("a plant that fails opens the breaker, and what is refused for it is counted as such")
    func breaker() async throws {
        try await UpstreamServer.with({ _ in .json("{}", status: 500) }) { plant in
            let routes = "- {name: api, prefix: /api, upstream: plant, enrichment: true}"
            let variables = ["GW_ENRICHMENT_BREAKER_FAILURES": "1", "GW_ENRICHMENT_BREAKER_SECONDS": "3600"]
            try await GatewayProcess.run(plant: plant.url, routes: routes, variables) { gateway in
                let client = try await gateway.connect()
                let request = TestGateway.request("GET", "/api/x", token: try TestTokens.token())
                for _ in 0..<3 { #expect(try await client.request(request).status == 503) }
                client.close()
                let name = "lockstep_gateway_enrichment_total"
                let metrics = try await gateway.metrics { $0[name, ["event": "short_circuited"]] == 2 }
                #expect(metrics[name, ["event": "call"]] == 1)
                #expect(metrics[name, ["event": "short_circuited"]] == 2)
                #expect(metrics["lockstep_gateway_verdicts_total", ["verdict": "unavailable"]] == 1)
                #expect(metrics["lockstep_gateway_enrichment_breaker_state", ["loop": "0"]] == 2)
                #expect(metrics["lockstep_gateway_enrichment_breaker_changes_total", ["to": "open"]] == 1)
            }
        }
    }

    @Test("connections that are one too many, by the bound that they met")
    func connections() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            let routes = "- {prefix: /, upstream: plant, auth: public}"
            let variables = ["GW_MAX_CONNECTIONS": "4", "GW_MAX_CONNECTIONS_PER_CLIENT": "2"]
            try await GatewayProcess.run(plant: plant.url, routes: routes, variables) { gateway in
                var clients: [RawClient] = []
                func connect(_ client: RawClient) async throws -> Int {
                    clients.append(client)
                    return try await client.request(TestGateway.request("GET", "/health")).status
                }
                for _ in 0..<2 { #expect(try await connect(try await gateway.connect()) == 200) }
                #expect(try await connect(try await gateway.connect()) == 503)
                for _ in 0..<2 {
                    let client = try await RawClient.connect(port: 0, unixPath: gateway.socket)
                    #expect(try await connect(client) == 200)
                }
                let last = clients[4]
                #expect(try await connect(try await RawClient.connect(port: 0, unixPath: gateway.socket)) == 503)
                let metrics = try await gateway.metrics(last)
                #expect(metrics["lockstep_gateway_client_connections", ["loop": "0"]] == 4)
                for bound in ["client", "all"] {
                    #expect(metrics["lockstep_gateway_connections_refused_total", ["bound": bound]] == 1, "\(bound)")
                }
                for client in clients { client.close() }
            }
        }
    }

    @Test("clients that are given up for their pace")
    func slowClients() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            let routes = "- {prefix: /, upstream: plant, auth: public}"
            try await GatewayProcess.run(plant: plant.url, routes: routes, ["GW_HEAD_TIMEOUT_MS": "1000"]) { gateway in
                let client = try await gateway.connect()
                client.post("GET / HTTP/1.1\r\nHost: ")
                #expect(try await client.response().status == 408)
                client.close()
                let metrics = try await gateway.metrics { _ in true }
                #expect(metrics["lockstep_gateway_slow_clients_total", ["part": "head"]] == 1)
                #expect(metrics["lockstep_gateway_slow_clients_total", ["part": "body"]] == nil)
            }
        }
    }

    @Test("tunnels while they are open and when they are over; streams that a revocation ends; how it came")
    func streams() async throws {
        try await UpstreamServer.with({ $0.path.hasPrefix("/internal") ? .silence : .json("{}") }) { plant in
            try await RawUpstream.with { portal in
                try await RawUpstream.with { upstream in
                    let routes = "- {name: x, prefix: /x/, upstream: \"\(upstream.url)\", websocket: true}"
                    let variables = ["PORTAL_URLS": portal.url, "GW_REVOCATIONS": "true"]
                    let gate = Gate()
                    try await withThrowingTaskGroup(of: Void.self) { tasks in
                        tasks.addTask { try await Self.publish(at: portal, behind: gate) }
                        try await GatewayProcess.run(plant: plant.url, routes: routes, variables) { gateway in
                            try await Self.streams(gateway, upstream, gate, portal: portal.url)
                        }
                        tasks.cancelAll()
                    }
                }
            }
        }
    }

    /// Serves revocations on every connection on which they are asked for: nothing so far, and one event when the gate is
    /// open. Keys are asked for there too, and the fleet.
    private static func publish(at portal: RawUpstream, behind gate: Gate) async throws {
        // It is five seconds old when the test begins.
        let revocation = Revocation(
            id: "e1", issuer: "lockstep-platform", event: .sessionRevoked,
            subject: .session(id: "session-1", user: "user-1"), occurredAt: WallClock.system.now() - 5)
        let event = RevocationToken(internalToken: SecretBytes(utf8: TestGateway.internalToken)).issue(revocation)
        let nothing = RevocationPage(events: [], next: "c0", more: false)
        let page = RevocationPage(events: [RevocationPage.Event(cursor: "c1", set: event)], next: "c1", more: false)
        await withDiscardingTaskGroup { connections in
            while let connection = try? await portal.accept() {
                connections.addTask {
                    while let head = try? await connection.head() {
                        guard head.contains("/internal/v1/revocations") else { return connection.close() }
                        if head.contains("after=c1") { continue }
                        if head.contains("after=c0") { await gate.passed() }
                        try? answer(connection, head.contains("after=c0") ? page : nothing)
                    }
                }
            }
        }
    }

    private static func answer(_ feed: RawClient, _ page: RevocationPage) throws {
        let body = String(decoding: try JSONEncoder().encode(page), as: UTF8.self)
        feed.post(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    private static func streams(
        _ gateway: GatewayProcess, _ upstream: RawUpstream, _ gate: Gate, portal: String
    ) async throws {
        // Whatever becomes of this: nobody is left waiting.
        defer { gate.open() }
        let open = "lockstep_gateway_tunnels"
        func begin(_ request: String, _ answer: String) async throws -> (client: RawClient, server: RawClient) {
            let client = try await gateway.connect()
            client.post(request)
            let server = try await upstream.accept()
            _ = try await server.head()
            server.post(answer)
            _ = try await client.head()
            return (client, server)
        }
        // What a revocation ends was issued before it.
        let token = try TestTokens.token(now: WallClock.system.now() - 10)
        let (first, itsServer) = try await begin(
            TestWebSocket.request("/x/chat", token: token), TestWebSocket.answer())
        let (second, _) = try await begin(TestWebSocket.request("/x/chat", token: token), TestWebSocket.answer())
        let (events, _) = try await begin(
            TestGateway.request("GET", "/x/events", token: token),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        let during = try await gateway.metrics { $0[open, ["loop": "0"]] == 2 }
        #expect(during[open, ["loop": "0"]] == 2)
        first.post("seven B")
        #expect(try await itsServer.bytes(7) == Array("seven B".utf8))
        itsServer.post("eleven byte")
        #expect(try await first.bytes(11) == Array("eleven byte".utf8))
        first.close()
        // A half that is closed is passed on; the tunnel is over with the other.
        _ = await itsServer.closed()
        itsServer.close()
        let closed = "lockstep_gateway_tunnels_total"
        let after = try await gateway.metrics { $0[open, ["loop": "0"]] == 1 }
        #expect(after[open, ["loop": "0"]] == 1)
        #expect(after[closed, ["end": "client"]] == 1)
        let bytes = "lockstep_gateway_tunnel_bytes_total"
        #expect(after[bytes, ["direction": "in"]] == 7)
        #expect(after[bytes, ["direction": "out"]] == 11)

        // Else it would be old news.
        let live = "lockstep_revocation_feed_live"
        _ = try await gateway.metrics { $0[live, ["source": portal]] == 1 }
        gate.open()
        _ = await events.closed()
        _ = await second.closed()
        let ended = "lockstep_gateway_streams_ended_total"
        let source = ["source": portal]
        let last = try await gateway.metrics { $0[open, ["loop": "0"]] == 0 && $0[ended, ["end": "revoked"]] == 1 }
        #expect(last[open, ["loop": "0"]] == 0)
        #expect(last[closed, ["end": "revoked"]] == 1)
        #expect(last[ended, ["end": "revoked"]] == 1)
        #expect(last["lockstep_gateway_revocations", ["loop": "0"]] == 1)
        #expect(last["lockstep_revocations_total", source] == 1)
        #expect(last[live, source] == 1)
        // The machine may be slow.
        #expect((5..<60).contains(last["lockstep_revocation_lag_seconds", source] ?? 0))
        let name = "lockstep_http_requests_total"
        let labels = ["service": "gateway", "method": "GET", "route": "x"]
        #expect(last[name, labels.merging(["code": "101"]) { $1 }] == 2)
        #expect(last[name, labels.merging(["code": "200"]) { $1 }] == 1)
    }

    @Test("spans that the collector took, and what a dry run found")
    func spans() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await UpstreamServer.with({ _ in .json("{}") }) { collector in
                let candidate = try TemporaryFile("- {name: b, prefix: /b, upstream: plant, auth: public}")
                let routes = """
                    - {name: a, prefix: /a, upstream: plant, auth: public}
                    - {name: b, prefix: /b, upstream: plant, auth: public}
                    """
                let variables = [
                    "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "GW_ROUTES_DRY_RUN_FILE": candidate.path,
                ]
                try await GatewayProcess.run(plant: plant.url, routes: routes, variables) { gateway in
                    let client = try await gateway.connect()
                    for path in ["/a", "/a", "/b"] {
                        #expect(try await client.request(TestGateway.request("GET", path)).status == 200)
                    }
                    client.close()
                    let spans = "lockstep_gateway_spans_total"
                    let judged = "lockstep_gateway_dry_run_requests_total"
                    let metrics = try await gateway.metrics {
                        $0[spans, ["result": "exported"]] == 6 && $0[judged] == 3
                    }
                    // Of the request, and of the call for it.
                    #expect(metrics[spans, ["result": "exported"]] == 6)
                    #expect(metrics[spans, ["result": "failed"]] == nil)
                    #expect(metrics[judged] == 3)
                    let difference = ["change": "refused", "code": "not_found", "route": "a"]
                    #expect(metrics["lockstep_gateway_dry_run_differences_total", difference] == 2)
                    withExtendedLifetime(candidate) {}
                }
            }
        }
    }
}
