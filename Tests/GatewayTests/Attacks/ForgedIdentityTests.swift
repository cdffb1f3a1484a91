import TestSupport
import Testing

@Suite("Attacks: forged identity headers", .timeLimit(.minutes(10)))
struct ForgedIdentityTests {
    /// How many validations so many requests make; nil where a call may end before it reaches the plant, or goes on behind
    /// the answer.
    private static func calls(_ enrichment: IdentitySituation.Enrichment, _ count: Int) -> Int? {
        switch enrichment {
        case .off, .open, .cached, .circuitOpen, .budgetSpent: 0
        case .fresh, .optional, .alwaysAsked, .failOpen, .staleIfError: count
        case .stale, .timeout: nil
        }
    }

    @Test(
        "in no spelling, in no situation, does a forged one reach the plant, and what is true does, once",
        arguments: IdentitySituation.Enrichment.allCases, IdentitySituation.Customer.allCases)
    func situations(
        _ enrichment: IdentitySituation.Enrichment, _ customer: IdentitySituation.Customer
    ) async throws {
        let situation = IdentitySituation(enrichment: enrichment, customer: customer)
        let batches = ForgedHeaders.batches
        try await IdentityStage.run(situation, tokens: batches.count) { gateway, plant, tokens in
            let before = plant.requests(to: TestPlant.validatePath).count
            for (index, batch) in batches.enumerated() {
                let response = try await gateway.get(
                    "/api/v1/forged/\(index)", ForgedHeaders.lines(batch), token: tokens[index])
                #expect(response.status == 200)
            }
            for index in batches.indices {
                let requests = plant.requests(to: "/api/v1/forged/\(index)")
                #expect(requests.count == 1)
                for request in requests { situation.expect(request.headers, token: tokens[index]) }
            }
            if let calls = Self.calls(enrichment, batches.count) {
                #expect(plant.requests(to: TestPlant.validatePath).count - before == calls)
            }
        }
    }

    @Test(
        "nor when one call to the plant answers several requests", arguments: IdentitySituation.Customer.allCases)
    func joined(_ customer: IdentitySituation.Customer) async throws {
        let situation = IdentitySituation(enrichment: .fresh, customer: customer)
        let batches = ForgedHeaders.batches
        try await RawUpstream.with { validator in
            try await UpstreamServer.with({ _ in .json("{}") }) { upstream in
                let file = try TemporaryFile("- {prefix: /api/, upstream: \"\(upstream.url)\", enrichment: true}")
                let variables = ["PLANT_BACKEND_URL": validator.url, "GW_ROUTES_FILE": file.path]
                try await TestGateway.run(plant: upstream, variables.merging(IdentityStage.patient) { $1 }) { gateway in
                    func connect() async throws -> RawClient {
                        let client = try await gateway.connect()
                        #expect(try await client.request(TestGateway.request("GET", "/health")).status == 200)
                        return client
                    }
                    let witness = try await connect()
                    var clients: [RawClient] = []
                    let tokens = try batches.map { _ in try situation.token() }
                    for (index, batch) in batches.enumerated() {
                        // Both are forged, whichever of them leads.
                        for _ in 0..<2 {
                            let client = try await connect()
                            clients.append(client)
                            try await client.send(
                                TestGateway.request(
                                    "GET", "/api/v1/forged/\(index)", ForgedHeaders.lines(batch), token: tokens[index]))
                        }
                    }
                    var calls: [RawClient] = []
                    for _ in batches {
                        let call = try await validator.accept()
                        _ = try await call.head()
                        calls.append(call)
                    }
                    // What came before it on the gateway's one loop has been read: nobody comes when the answer is known.
                    #expect(try await witness.request(TestGateway.request("GET", "/health")).status == 200)
                    let body = situation.confirmation
                    // Nobody answers a second call.
                    for call in calls {
                        call.post("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
                    }
                    for client in clients { #expect(try await client.response().status == 200) }
                    for index in batches.indices {
                        let requests = upstream.requests(to: "/api/v1/forged/\(index)")
                        #expect(requests.count == 2)
                        for request in requests { situation.expect(request.headers, token: tokens[index]) }
                    }
                    for client in clients + calls + [witness] { client.close() }
                    withExtendedLifetime(file) {}
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
                for batch in ForgedHeaders.batches {
                    let response = try await gateway.get("/api/v1/x", ForgedHeaders.lines(batch))
                    #expect(response.status == 200)
                }
                for request in plant.requests {
                    #expect(!request.headers.contains { $0.value.contains("forged") })
                    for name in [
                        "x-user-id", "x-user-email", "x-user-roles", "x-customer-id", "x-customer-plan",
                        "authorization", "x-original-authorization",
                    ] {
                        #expect(request.values(name).isEmpty)
                    }
                    #expect(request.values("x-enrichment") == ["skipped"])
                }
                #expect(plant.requests.count == ForgedHeaders.batches.count)
            }
        }
    }
}
