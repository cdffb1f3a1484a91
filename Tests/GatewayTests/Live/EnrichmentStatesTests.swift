import HTTPKit
import Synchronization
import TestSupport
import Testing

@Suite("Kept, stale and failing enrichment", .timeLimit(.minutes(10)))
struct EnrichmentStatesTests {
    /// A plant whose answer to validations a test changes.
    private final class Moods: Sendable {
        private let mood: Mutex<UpstreamServer.Answer>
        init(_ answer: UpstreamServer.Answer) { mood = Mutex(answer) }
        func change(_ answer: UpstreamServer.Answer) { mood.withLock { $0 = answer } }
        var handler: UpstreamServer.Handler {
            { [self] in $0.path == TestPlant.validatePath ? mood.withLock { $0 } : .json("{}") }
        }
    }

    private static let yes = UpstreamServer.Answer.json(TestPlant.confirmation())
    private static let no = UpstreamServer.Answer.json(#"{"code":"customer_suspended"}"#, status: 403)
    private static let broken = UpstreamServer.Answer.respond(status: 500)

    @Test("a refusal is asked for once in GW_ENRICHMENT_NEGATIVE_TTL_SECONDS", arguments: [("5", 1), ("0", 3)])
    func negative(_ seconds: String, _ calls: Int) async throws {
        let clock = MovableClock()
        let moods = Moods(Self.no)
        try await UpstreamServer.with(moods.handler) { plant in
            let variables = ["GW_ENRICHMENT_NEGATIVE_TTL_SECONDS": seconds]
            try await TestGateway.run(plant: plant, variables, clock: clock.wall) { gateway in
                let token = try TestTokens.token()
                for _ in 0..<3 {
                    let response = try await gateway.get("/api/v1/x", token: token)
                    #expect(response.status == 403)
                    #expect(response.code == "customer_suspended")
                }
                #expect(plant.requests(to: TestPlant.validatePath).count == calls)
                moods.change(Self.yes)
                clock.advance(seconds: 5)
                #expect(try await gateway.get("/api/v1/x", token: token).status == 200)
            }
        }
    }

    @Test("stale verdicts are marked; the customer is named, and one call is made in the background")
    func whileRevalidating() async throws {
        let clock = MovableClock()
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            let variables = ["GW_ENRICHMENT_STALE_SECONDS": "60"]
            try await TestGateway.run(plant: plant, variables, clock: clock.wall) { gateway in
                let token = try TestTokens.token()
                #expect(try await gateway.get("/api/v1/x", token: token).status == 200)
                clock.advance(seconds: 31)
                #expect(try await gateway.get("/api/v1/x", token: token).status == 200)
                // Two of the client's, two validations.
                await plant.received(4)
                #expect(plant.requests(to: TestPlant.validatePath).count == 2)
                let request = try #require(plant.requests(to: "/api/v1/x").last)
                #expect(request.values("x-enrichment") == ["stale"])
                #expect(request.values("x-customer-id") == ["customer-7"])
                clock.advance(seconds: 91)
                #expect(try await gateway.get("/api/v1/x", token: token).status == 200)
                #expect(plant.requests(to: "/api/v1/x").last?.values("x-enrichment") == ["fresh"])
            }
        }
    }

    @Test(
        "a plant that fails: what is stale stands in, marked, in either mode; without it the mode decides",
        arguments: ["closed", "open"])
    func ifError(_ mode: String) async throws {
        let clock = MovableClock()
        let moods = Moods(Self.yes)
        try await UpstreamServer.with(moods.handler) { plant in
            let variables = ["GW_ENRICHMENT_STALE_IF_ERROR_SECONDS": "60", "GW_ENRICHMENT_FAILURE": mode]
            try await TestGateway.run(plant: plant, variables, clock: clock.wall) { gateway in
                let token = try TestTokens.token()
                #expect(try await gateway.get("/api/v1/x", token: token).status == 200)
                moods.change(Self.broken)
                clock.advance(seconds: 31)
                #expect(try await gateway.get("/api/v1/x", token: token).status == 200)
                let request = try #require(plant.requests(to: "/api/v1/x").last)
                #expect(request.values("x-enrichment") == ["stale"])
                #expect(request.values("x-customer-id") == ["customer-7"])
                clock.advance(seconds: 60)
                let late = try await gateway.get("/api/v1/x", ["X-Customer-Id: forged"], token: token)
                if mode == "closed" {
                    #expect(late.code == "enrichment_unavailable")
                } else {
                    #expect(late.status == 200)
                    let request = try #require(plant.requests(to: "/api/v1/x").last)
                    #expect(request.values("x-enrichment") == ["unavailable"])
                    #expect(request.values("x-customer-id").isEmpty)
                    #expect(request.values("x-customer-plan").isEmpty)
                    #expect(request.values("x-user-id") == ["user-1"])
                }
                // Neither mode skips verification.
                let forged = try TestTokens.token(secret: "another-secret-of-the-tests-0123456789-abcdefg")
                #expect(try await gateway.get("/api/v1/x", token: forged).status == 401)
                #expect(try await gateway.get("/api/v1/x").status == 401)
            }
        }
    }

    @Test("GW_ALWAYS_VALIDATE_WITH_PLANT keeps nothing, whatever the other settings say")
    func always() async throws {
        let clock = MovableClock()
        let moods = Moods(Self.yes)
        try await UpstreamServer.with(moods.handler) { plant in
            let variables = [
                "GW_ALWAYS_VALIDATE_WITH_PLANT": "true", "GW_ENRICHMENT_STALE_SECONDS": "600",
                "GW_ENRICHMENT_STALE_IF_ERROR_SECONDS": "600", "GW_ENRICHMENT_NEGATIVE_TTL_SECONDS": "600",
            ]
            try await TestGateway.run(plant: plant, variables, clock: clock.wall) { gateway in
                let token = try TestTokens.token()
                for (answer, status) in [
                    (Self.yes, 200), (Self.no, 403), (Self.no, 403), (Self.yes, 200), (Self.broken, 503),
                ] {
                    moods.change(answer)
                    #expect(try await gateway.get("/api/v1/x", token: token).status == status)
                }
                #expect(plant.requests(to: TestPlant.validatePath).count == 5)
            }
        }
    }

    @Test("a plant that is down is left alone after GW_ENRICHMENT_BREAKER_FAILURES, and asked again when it is back")
    func breaker() async throws {
        let moods = Moods(.close)
        try await UpstreamServer.with(moods.handler) { plant in
            let variables = ["GW_ENRICHMENT_BREAKER_FAILURES": "2", "GW_ENRICHMENT_BREAKER_SECONDS": "1"]
            try await TestGateway.run(plant: plant, variables) { gateway in
                let token = try TestTokens.token()
                while !gateway.log.text.contains("circuit open") {
                    #expect(try await gateway.get("/api/v1/x", token: token).code == "enrichment_unavailable")
                }
                moods.change(Self.yes)
                // However long it takes: each answer is the closed mode's, until the probe has been let through.
                var response = try await gateway.get("/api/v1/x", token: token)
                while response.status == 503 { response = try await gateway.get("/api/v1/x", token: token) }
                #expect(response.status == 200)
                #expect(gateway.log.text.contains("circuit closed"))
                let metrics = try await gateway.get(
                    "/metrics", ["Authorization: Bearer \(TestGateway.internalToken)"])
                #expect(metrics.status == 200)
            }
        }
    }

    @Test("first requests on many connections and four loops make one call for each token")
    func oneCallEach() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant, ["GW_THREADS": "4"]) { gateway in
                let requests = try (0..<20).map { _ in
                    TestGateway.request("GET", "/api/v1/x", token: try TestTokens.token())
                }
                try await withThrowingTaskGroup(of: Int.self) { tasks in
                    for index in 0..<400 { tasks.addTask { try await gateway.send(requests[index % 20]).status } }
                    for try await status in tasks { #expect(status == 200) }
                }
                #expect(plant.requests(to: TestPlant.validatePath).count == 20)
                #expect(plant.requests(to: "/api/v1/x").count == 400)
            }
        }
    }
}
