import Secrets
import ServiceKit
import TestSupport
import Testing

@Suite("What the gateway answers itself", .timeLimit(.minutes(10)))
struct OwnEndpointTests {
    private static let internalLine = "Authorization: Bearer \(TestGateway.internalToken)"

    @Test("/health and /api/health are alive without anything else", arguments: ["/health", "/api/health"])
    func health(_ path: String) async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant) { gateway in
                #expect(try await gateway.get(path).status == 200)
                #expect(try await gateway.send(TestGateway.request("HEAD", path), head: true).status == 200)
                let refused = try await gateway.send(TestGateway.request("POST", path, body: "x"))
                #expect(refused.status == 405)
                #expect(refused.values("allow") == ["GET, HEAD"])
                #expect(plant.requests.isEmpty)
            }
        }
    }

    @Test("/metrics and /internal/v1/keys are there for the internal token alone")
    func locked() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant) { gateway in
                let user = try TestTokens.token()
                for path in ["/metrics", "/internal/v1/keys"] {
                    #expect(try await gateway.get(path).status == 404)
                    #expect(try await gateway.get(path, token: user).status == 404)
                    #expect(try await gateway.get(path, token: TestGateway.internalToken + "x").status == 404)
                    #expect(try await gateway.get(path, [Self.internalLine, Self.internalLine]).status == 400)
                    #expect(try await gateway.get(path, [Self.internalLine]).status == 200)
                }
                // The internal token opens nothing that leads to an upstream.
                for path in ["/internal/v1/keys/probe", "/internal/v1/customers", "/internal/"] {
                    #expect(try await gateway.get(path, [Self.internalLine]).status == 404)
                }
                #expect(plant.requests.isEmpty)
            }
        }
    }

    @Test("the key report names kids and source, and no secret")
    func keys() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant) { gateway in
                let text = try await gateway.get("/internal/v1/keys", [Self.internalLine]).text
                #expect(text.contains("\"service\":\"gateway\""))
                #expect(text.contains("JWT_SECRET"))
                #expect(text.contains(TestTokens.ring().keys[0].id.rawValue))
                #expect(!text.contains(TestGateway.secret))
                #expect(!text.contains(TestGateway.internalToken))
            }
        }
    }

    @Test("each request leaves one line that says who, what and how it ended")
    func accessLog() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant) { gateway in
                _ = try await gateway.get("/api/v1/x", token: try TestTokens.token())
                _ = try await gateway.get("/api/v1/x")
                let lines = await gateway.log.lines(of: "request", count: 2)
                try #require(lines.map { $0.metadata["status"] } == ["200", "401"])
                #expect(lines[0].metadata["sub"] == "user-1")
                #expect(lines[0].metadata["enrichment"] == "fresh")
                #expect(lines[1].metadata["code"] == "missing_token")
                #expect(lines[1].metadata["route"] == "plant")
            }
        }
    }

    @Test("the gateway's own answers say the time of its clock, once; an upstream's are left as they are")
    func date() async throws {
        let given = "Tue, 15 Nov 1994 08:12:31 GMT"
        let plant: UpstreamServer.Handler = { request in
            .respond(status: 200, headers: request.path.hasSuffix("/dated") ? [("Date", given)] : [])
        }
        let clock = MovableClock(startingAt: 784_111_777)
        try await UpstreamServer.with(plant) { plant in
            let variables = ["GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": "false"]
            try await TestGateway.run(plant: plant, variables, clock: clock.wall) { gateway in
                let first = "Sun, 06 Nov 1994 08:49:37 GMT"
                for path in ["/health", "/nothing", "/api/v1/x", "/a/../b"] {
                    #expect(try await gateway.get(path).values("date") == [first], "\(path)")
                }
                #expect(try await gateway.send("no HTTP at all\r\n\r\n").values("date") == [first])
                clock.advance(seconds: 5)
                let later = "Sun, 06 Nov 1994 08:49:42 GMT"
                #expect(try await gateway.get("/health").values("date") == [later])
                let token = try TestTokens.token(now: clock.wall.now())
                #expect(try await gateway.get("/api/v1/dated", token: token).values("date") == [given])
                #expect(try await gateway.get("/api/v1/undated", token: token).values("date").isEmpty)
            }
        }
    }

    @Test("what no route knows is 404 with a problem body")
    func notFound() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant) { gateway in
                let response = try await gateway.get("/nothing", token: try TestTokens.token())
                #expect(response.status == 404)
                #expect(response.code == "not_found")
                #expect(response.text.contains("\"instance\":\"/nothing\""))
            }
        }
    }
}
