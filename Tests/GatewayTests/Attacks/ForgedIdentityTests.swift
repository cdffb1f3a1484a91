import Synchronization
import TestSupport
import Testing

@Suite("Attacks: forged identity headers", .timeLimit(.minutes(1)))
struct ForgedIdentityTests {
    static let spellings: [String] = {
        let names = [
            "X-User-Id", "X-User-Email", "X-User-Roles", "X-Customer-Id", "X-Customer-Plan", "X-Enrichment",
            "X-Gateway",
            "X-Gateway-Assertion", "X-Original-Authorization", "X-Forwarded-For", "X-Forwarded-Host",
            "X-Forwarded-Proto",
        ]
        return names.flatMap { name in
            [name, name.lowercased(), name.uppercased(), String(name.uppercased().map { $0 == "-" ? "_" : $0 })]
                // Every other byte that a field name may have (RFC 9110 §5.6.2) where `-` stands.
                + "_.~!#$%&'*+^`|".map { byte in String(name.map { $0 == "-" ? byte : $0 }) }
        }
    }()

    private static func variables(_ situation: String) -> [String: String] {
        switch situation {
        case "enrichment off": ["GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": "false"]
        case "fail-open", "circuit open": ["GW_ENRICHMENT_FAILURE": "open", "GW_ENRICHMENT_BREAKER_FAILURES": "1"]
        case "timeout": ["GW_ENRICHMENT_FAILURE": "open", "GW_ENRICHMENT_TIMEOUT_MS": "50"]
        case "stale": ["GW_ENRICHMENT_STALE_SECONDS": "600"]
        case "stale if error": ["GW_ENRICHMENT_STALE_IF_ERROR_SECONDS": "600"]
        default: [:]
        }
    }

    private static func mark(_ situation: String) -> String {
        switch situation {
        case "enrichment off": "skipped"
        case "fail-open", "circuit open", "timeout": "unavailable"
        case "cache hit": "cached"
        case "stale", "stale if error": "stale"
        default: "fresh"
        }
    }

    @Test(
        "in no spelling, in no situation, does a forged one reach the plant",
        arguments: [
            "enrichment off", "on without the claim", "timeout", "fail-open", "cache hit", "circuit open", "stale",
            "stale if error",
        ])
    func situations(_ situation: String) async throws {
        let clock = MovableClock()
        let isDown = Mutex(["fail-open", "circuit open"].contains(situation))
        let plantHandler: UpstreamServer.Handler = { request in
            guard request.path == TestPlant.validatePath else { return .json("{}") }
            if situation == "timeout" { return .silence }
            return isDown.withLock { $0 }
                ? .json("{}", status: 500) : .json(TestPlant.confirmation(customer: nil, plan: nil))
        }
        try await UpstreamServer.with(plantHandler) { plant in
            try await TestGateway.run(plant: plant, Self.variables(situation), clock: clock.wall) { gateway in
                let token = try TestTokens.token()
                if ["cache hit", "circuit open", "stale", "stale if error"].contains(situation) {
                    #expect(try await gateway.get("/api/v1/warm", token: token).status == 200)
                }
                if situation.hasPrefix("stale") { clock.advance(seconds: 31) }
                if situation == "stale if error" { isDown.withLock { $0 = true } }
                // Two of each, in heads that stay within their limits.
                for start in stride(from: 0, to: Self.spellings.count, by: 24) {
                    let some = Self.spellings[start..<min(start + 24, Self.spellings.count)]
                    let forged = some.flatMap { ["\($0): forged", "\($0): forged-again"] }
                    #expect(try await gateway.get("/api/v1/customers", forged, token: token).status == 200)
                }
                let requests = plant.requests(to: "/api/v1/customers")
                #expect(requests.count == (Self.spellings.count + 23) / 24)
                #expect(requests.first?.values("x-enrichment") == [Self.mark(situation)])
                for request in requests {
                    #expect(!request.headers.contains { $0.value.contains("forged") })
                    #expect(request.values("x-user-id") == ["user-1"])
                    #expect(request.values("x-customer-id").isEmpty)
                    #expect(request.values("x-gateway-assertion").count == 1)
                    #expect(request.values("x-forwarded-for") == ["127.0.0.1"])
                }
            }
        }
    }

    @Test("Connection can't make the next hop drop what the gateway says")
    func connectionNames() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant) { gateway in
                let names = "Connection: X-User-Id, X-User-Roles, X-Customer-Id, X-Gateway-Assertion, X-Private"
                let response = try await gateway.get(
                    "/api/v1/customers", [names, "X-Private: 1"], token: try TestTokens.token())
                #expect(response.status == 200)
                let request = try #require(plant.requests(to: "/api/v1/customers").first)
                #expect(request.values("x-user-id") == ["user-1"])
                #expect(request.values("x-customer-id") == ["customer-7"])
                #expect(request.values("connection").isEmpty)
                #expect(request.values("x-private").isEmpty)
            }
        }
    }

    @Test("where nobody is verified nobody is named", arguments: ["public", "optional"])
    func nobody(_ rule: String) async throws {
        let file = try TemporaryFile(#"[{"prefix": "/api/", "upstream": "plant", "auth": "\#(rule)"}]"#)
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant, ["GW_ROUTES_FILE": file.path]) { gateway in
                for start in stride(from: 0, to: Self.spellings.count, by: 40) {
                    let forged = Self.spellings[start..<min(start + 40, Self.spellings.count)].map { "\($0): forged" }
                    let response = try await gateway.get("/api/v1/x", forged)
                    #expect(response.status == 200)
                }
                for request in plant.requests {
                    #expect(!request.headers.contains { $0.value.contains("forged") })
                    for name in ["x-user-id", "x-user-email", "x-user-roles", "x-customer-id", "authorization"] {
                        #expect(request.values(name).isEmpty)
                    }
                }
                #expect(!plant.requests.isEmpty)
            }
        }
    }
}
