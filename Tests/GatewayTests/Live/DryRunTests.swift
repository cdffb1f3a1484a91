import HTTPKit
import TestSupport
import Testing

@testable import Gateway

@Suite("A candidate for the routes, run dry", .timeLimit(.minutes(10)))
struct DryRunTests {
    private static let message: String =
        "dry run: the candidate would do otherwise; further requests of this kind are counted"

    private static func run(
        _ routes: String, candidate text: String, variables: [String: String] = [:],
        _ body: @Sendable (TestGateway, UpstreamServer, TemporaryFile) async throws -> Void
    ) async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            let file = try TemporaryFile(routes)
            let candidate = try TemporaryFile(text)
            let all = ["GW_ROUTES_FILE": file.path, "GW_ROUTES_DRY_RUN_FILE": candidate.path]
            try await TestGateway.run(plant: plant, all.merging(variables) { $1 }) { gateway in
                try await body(gateway, plant, candidate)
                withExtendedLifetime(file) {}
            }
        }
    }

    private static func differences(_ gateway: TestGateway, count: Int) async -> [[String]] {
        await gateway.log.lines(of: message, count: count).map { line in
            ["change", "code", "route", "candidate_route"].map { line.metadata[$0] ?? "-" }
        }
    }

    @Test(
        "what it would refuse, admit, refuse otherwise or send elsewhere is told, and every request is served as before"
    )
    func differences() async throws {
        let inForce = """
            - {name: a, prefix: /a, upstream: plant, auth: public}
            - {name: b, prefix: /b, upstream: plant}
            - {name: c, prefix: /c, upstream: plant, auth: public}
            - {name: d, prefix: /d, upstream: plant, auth: public, methods: [GET]}
            - {name: e, prefix: /e, upstream: plant, auth: public}
            - {name: same, prefix: /same, upstream: plant, roles: [admin]}
            """
        let candidate = """
            - {name: a2, prefix: /a, upstream: plant}
            - {name: b2, prefix: /b, upstream: plant, roles: [ops]}
            - {name: c2, prefix: /c, upstream: plant, auth: public, rewrite: {strip_prefix: true}}
            - {name: d2, prefix: /d, upstream: plant}
            - {name: e2, prefix: /e, upstream: plant, auth: public, max_body: 3}
            - {name: same2, prefix: /same, upstream: plant, roles: [admin]}
            - {name: new, prefix: /new, upstream: plant, auth: public}
            """
        try await Self.run(inForce, candidate: candidate) { (gateway, plant, _) async throws in
            let token = try TestTokens.token()
            #expect(try await gateway.get("/a").status == 200)
            #expect(try await gateway.get("/a", token: token).status == 200)
            #expect(try await gateway.get("/a", token: "no.token.atall").status == 200)
            #expect(try await gateway.get("/b", token: token).status == 200)
            #expect(try await gateway.get("/b").status == 401)
            #expect(try await gateway.get("/c/x").status == 200)
            #expect(try await gateway.send(TestGateway.request("DELETE", "/d")).status == 405)
            #expect(try await gateway.send(TestGateway.request("DELETE", "/d", token: token)).status == 405)
            #expect(try await gateway.send(TestGateway.request("POST", "/e", body: "1234")).status == 200)
            #expect(try await gateway.send(TestGateway.request("POST", "/e", body: "123")).status == 200)
            #expect(try await gateway.get("/same", token: token).status == 200)
            #expect(try await gateway.get("/same").status == 401)
            #expect(try await gateway.get("/new").status == 404)
            #expect(plant.requests.map(\.path) == ["/a", "/a", "/a", "/b", "/c/x", "/e", "/e", "/same"])
            let found = await Self.differences(gateway, count: 9)
            #expect(
                found == [
                    ["refused", "missing_token", "a", "a2"], ["otherwise", "auth", "a", "a2"],
                    ["refused", "malformed_token", "a", "a2"],
                    ["refused", "forbidden", "b", "b2"], ["elsewhere", "", "c", "c2"],
                    ["other_code", "missing_token", "none", "d2"], ["admitted", "method_not_allowed", "none", "d2"],
                    ["refused", "payload_too_large", "e", "e2"], ["admitted", "not_found", "none", "new"],
                ])
        }
    }

    @Test("the first of a kind is logged, the others are counted, until another candidate is read")
    func counts() async throws {
        try await Self.run(
            "- {name: a, prefix: /a, upstream: plant, auth: public}",
            candidate: "- {name: a, prefix: /a, upstream: plant}"
        ) { gateway, _, candidate in
            let client = try await gateway.connect()
            for _ in 0..<50 { #expect(try await client.request(TestGateway.request("GET", "/a")).status == 200) }
            let line = "Authorization: Bearer \(TestGateway.internalToken)"
            // What a loop counted reaches the sum with its next tick.
            var report = ""
            while !report.contains("\"judged\":50") {
                report = try await gateway.get("/internal/v1/routes", [line]).text
            }
            #expect(
                report.contains(
                    #""differences":[{"candidate_route":"a","change":"refused","code":"missing_token","requests":50,"route":"a"}]"#
                ))
            #expect(gateway.log.lines.count { $0.message == Self.message } == 1)
            try candidate.write("- {name: a, prefix: /a, upstream: nowhere}")
            try await gateway.lookAtRoutes()
            #expect(try await client.request(TestGateway.request("GET", "/a")).status == 200)
            #expect(await Self.differences(gateway, count: 2).last == ["refused", "not_found", "a", "none"])
            try candidate.write("nonsense: true")
            try await gateway.lookAtRoutes()
            let faulty = try await gateway.get("/internal/v1/routes", [line]).text
            #expect(faulty.contains(candidate.path + ":1:1"))
            #expect(gateway.routes.fault == nil)
        }
    }

    @Test(
        "what both let through to the same place by other rules is told, with the members of the file that differ",
        arguments: [
            ("enrichment: {mode: open}", "enrichment"), ("enrichment: {mode: closed, ttl: 9s}", "enrichment"),
            ("timeouts: {idle: 9s}", "timeouts"), ("min_body_rate: 9", "min_body_rate"),
            ("request_headers: {remove: [Cookie]}", "request_headers"),
            ("response_headers: {set: {X-Tier: gold}}", "response_headers"), ("websocket: true", "websocket"),
            ("on_token_end: keep", "on_token_end"), ("auth: optional", "auth"),
            ("timeouts: {total: 1m}, response_headers: {remove: [Server]}", "timeouts,response_headers"), ("", ""),
        ])
    func otherwise(_ members: String, _ names: String) async throws {
        let common = "name: a, prefix: /a, upstream: plant"
        let end = "\n- {name: end, prefix: /end, upstream: plant, auth: public}"
        let last = "\n- {name: end, prefix: /end, upstream: plant}"
        let more = members.isEmpty ? "" : ", " + members
        try await Self.run("- {\(common)}" + end, candidate: "- {\(common)\(more)}" + last) {
            (gateway, plant, _) async throws in
            for _ in 0..<2 { #expect(try await gateway.get("/a", token: try TestTokens.token()).status == 200) }
            #expect(try await gateway.get("/end").status == 200)
            let expected = names.isEmpty ? [] : [["otherwise", names, "a", "a"]]
            #expect(
                await Self.differences(gateway, count: expected.count + 1)
                    == expected + [["refused", "missing_token", "end", "end"]])
            #expect(plant.requests.map(\.path) == ["/a", "/a", "/end"])
        }
    }

    @Test("a handshake of a foreign page is judged as it is refused: by its origin")
    func handshake() async throws {
        func route(_ name: String, _ origin: String) -> String {
            "- {name: \(name), prefix: /\(name), upstream: plant, auth: public, websocket: true, cors: {origins: [\(origin)]}}"
        }
        try await Self.run(
            route("same", "https://app.test") + "\n" + route("more", "https://app.test"),
            candidate: route("same", "https://app.test") + "\n" + route("more", "https://other.test")
        ) { (gateway, plant, _) async throws in
            for path in ["/same", "/more"] {
                let request = TestWebSocket.request(path, ["Origin: https://other.test"])
                #expect(try await gateway.send(request).status == 403)
            }
            #expect(await Self.differences(gateway, count: 1) == [["admitted", "forbidden", "more", "more"]])
            #expect(plant.requests.isEmpty)
        }
    }

    @Test("of a preflight the rules of CORS alone are compared")
    func preflight() async throws {
        let (one, other) = ("cors: {origins: [https://app.test]}", "cors: {origins: [https://app.test], max_age: 1m}")
        for (candidate, expected) in [(one, [String]()), (other, ["otherwise", "cors", "a", "a"])] {
            try await Self.run(
                "- {name: a, prefix: /a, upstream: plant, \(one)}\n- {name: end, prefix: /end, upstream: plant, auth: public}",
                candidate: "- {name: a, prefix: /a, upstream: plant, timeouts: {idle: 9s}, \(candidate)}"
            ) { (gateway, _, _) async throws in
                let fields = ["Origin: https://app.test", "Access-Control-Request-Method: GET"]
                #expect(try await gateway.send(TestGateway.request("OPTIONS", "/a", fields)).status == 204)
                #expect(try await gateway.get("/end").status == 200)
                let found = await Self.differences(gateway, count: expected.isEmpty ? 1 : 2)
                #expect(found == (expected.isEmpty ? [] : [expected]) + [["refused", "not_found", "end", "none"]])
            }
        }
    }

    @Test("its rate limits have buckets of their own")
    func rateLimits() async throws {
        let rule = "rate_limit: {requests: 2, per_seconds: 3600}"
        try await Self.run(
            "- {name: a, prefix: /a, upstream: plant, auth: public, rate_limit: {requests: 3, per_seconds: 3600}}",
            candidate: "- {name: a, prefix: /a, upstream: plant, auth: public, \(rule)}"
        ) { (gateway, _, _) async throws in
            for status in [200, 200, 200, 429] { #expect(try await gateway.get("/a").status == status) }
            #expect(await Self.differences(gateway, count: 1) == [["refused", "rate_limited", "a", "a"]])
        }
    }

    @Test("of a preflight, and of a request that the plant refuses, it judges what rules decide")
    func rulesAlone() async throws {
        let cors = "cors: {origins: [https://app.test]}"
        try await Self.run(
            "- {name: a, prefix: /a, upstream: plant, enrichment: true, \(cors)}",
            candidate: "- {name: a, prefix: /a, upstream: plant, enrichment: true, \(cors)}"
        ) { (gateway, plant, _) async throws in
            await plant.stop()
            let preflight = ["Origin: https://app.test", "Access-Control-Request-Method: GET"]
            #expect(try await gateway.send(TestGateway.request("OPTIONS", "/a", preflight)).status == 204)
            #expect(try await gateway.get("/a", token: try TestTokens.token()).status == 503)
            #expect(await gateway.log.lines(of: "request", count: 2).count == 2)
            #expect(!gateway.log.contains(Self.message))
        }
    }

    @Test("a candidate with faults keeps the gateway from starting, with their places")
    func faults() async throws {
        let candidate = try TemporaryFile("- {prefix: /a, upstream: plant, auth: sometimes}")
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            do {
                try await TestGateway.run(plant: plant, ["GW_ROUTES_DRY_RUN_FILE": candidate.path]) { _ in }
                Issue.record("it started")
            } catch {
                #expect("\(error)".contains("GW_ROUTES_DRY_RUN_FILE"))
                #expect("\(error)".contains("\(candidate.path):1:"))
            }
        }
    }

    @Test("kinds are bounded: what is too much is counted by change alone")
    func bounded() throws {
        let ledger = DryRunLedger(logger: CapturedLog().logger)
        let first = DryRunLedger.maximumKinds
        for number in 0..<first + 50 {
            let difference = try #require(
                DryRunDifference(route: "r\(number)", .preflight, candidateRoute: "c", .refused("not_found")))
            let (name, isFirst) = ledger.name(difference, version: 1)
            #expect(isFirst == (number <= first))
            #expect((name == difference) == (number < first))
            ledger.add(judged: 1, [name: 1], version: 1, now: 0)
        }
        let (judged, counts) = ledger.counts
        #expect(judged == Int64(first + 50))
        #expect(counts.count == first + 1)
        #expect(counts[.other(.refused)] == 50)
    }

    @Test("while there is news, each kind is summed up once a minute")
    func summaries() throws {
        let log = CapturedLog()
        let ledger = DryRunLedger(logger: log.logger)
        let kind = try #require(
            DryRunDifference(route: "a", .preflight, candidateRoute: "b", .refused("not_found")))
        func summaries() -> [String?] {
            log.lines.filter { $0.message == "dry run so far" }.map { $0.metadata["requests"] }
        }
        for second in [100, 130, 159] { ledger.add(judged: 2, [kind: 1], version: 1, now: Int64(second)) }
        #expect(summaries().isEmpty)
        ledger.add(judged: 2, [:], version: 1, now: 160)
        #expect(summaries() == ["3"])
        ledger.add(judged: 2, [:], version: 1, now: 300)
        #expect(summaries() == ["3"])
        ledger.add(judged: 1, [kind: 1], version: 1, now: 301)
        #expect(summaries() == ["3", "4"])
        ledger.add(judged: 1, [kind: 1], version: 2, now: 302)
        #expect(ledger.counts.differences == [kind: 1])
        ledger.add(judged: 5, [kind: 5], version: 1, now: 303)
        #expect(ledger.counts.judged == 1)
    }

    @Test("--dry-run FILE stands for the variable", arguments: [["--dry-run", "/r.yaml"], ["--dry-run=/r.yaml"]])
    func option(_ arguments: [String]) throws {
        let read = try GatewayArguments(arguments + ["--help"])
        #expect(read.rest == ["--help"])
        #expect(read.variables == ["GW_ROUTES_DRY_RUN_FILE": "/r.yaml"])
        #expect(throws: GatewayArguments.Fault.noFile) { try GatewayArguments(["--dry-run"]) }
        #expect(throws: GatewayArguments.Fault.noFile) { try GatewayArguments(["--dry-run", "--help"]) }
        #expect(throws: GatewayArguments.Fault.twice) { try GatewayArguments(arguments + arguments) }
        #expect(try GatewayArguments(["healthcheck"]).variables.isEmpty)
    }
}
