import TestSupport
import Testing

@Suite("A budget of concurrent calls: GW_ENRICHMENT_CONCURRENT_CALLS", .timeLimit(.minutes(10)))
struct EnrichmentBudgetTests {
    private static func json(_ text: String) -> String {
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)"
    }

    @Test(
        "beyond it the plant is not asked: closed is 503 with Retry-After, open goes on without a customer, and says so"
    )
    func budget() async throws {
        try await UpstreamServer.with({ _ in .json("{}") }) { upstream in
            try await RawUpstream.with { plant in
                let file = try TemporaryFile(
                    """
                    - {prefix: /closed, upstream: "\(upstream.url)", enrichment: {mode: closed}}
                    - {prefix: /open, upstream: "\(upstream.url)", enrichment: {mode: open}}
                    """)
                let variables = [
                    "PLANT_BACKEND_URL": plant.url, "GW_ROUTES_FILE": file.path, "GW_ENRICHMENT_CONCURRENT_CALLS": "1",
                ]
                try await TestGateway.run(plant: upstream, variables) { gateway in
                    let first = try await gateway.connect()
                    let token = try TestTokens.token()
                    first.post(TestGateway.request("GET", "/closed", token: token))
                    // The plant has the one call, and takes its time.
                    let call = try await plant.accept()
                    #expect(try await call.head().hasPrefix("GET \(TestPlant.validatePath) "))
                    let other = try TestTokens.token(subject: "user-2")
                    let refused = try await gateway.get("/closed", token: other)
                    #expect(refused.status == 503)
                    #expect(refused.code == "enrichment_unavailable")
                    #expect(refused.values("retry-after") == ["2"])
                    let line = try #require(await gateway.log.lines(of: "request refused", count: 1).first?.metadata)
                    #expect(line["cause"] == "1 validations are already on their way")
                    #expect(upstream.requests.isEmpty)
                    let forged = ["X-Customer-Id: forged", "X-Customer-Plan: forged", "X-Enrichment: fresh"]
                    #expect(try await gateway.get("/open", forged, token: other).status == 200)
                    let open = try #require(upstream.requests(to: "/open").first)
                    #expect(open.values("x-enrichment") == ["unavailable"])
                    #expect(open.values("x-customer-id").isEmpty && open.values("x-customer-plan").isEmpty)
                    #expect(open.values("x-user-id") == ["user-2"])
                    // It never skips verification.
                    #expect(try await gateway.get("/open").status == 401)
                    // Whoever waits for the same token needs no call of their own.
                    let joined = try await gateway.connect()
                    joined.post(TestGateway.request("GET", "/closed", token: token))
                    call.post(Self.json(TestPlant.confirmation()))
                    for client in [first, joined] { #expect(try await client.response().status == 200) }
                    #expect(upstream.requests(to: "/closed").first?.values("x-customer-id") == ["customer-7"])
                    // There is room again.
                    let again = try await gateway.connect()
                    again.post(TestGateway.request("GET", "/closed", token: other))
                    #expect(try await call.head().contains("Bearer \(other)\r\n"))
                    call.post(Self.json(TestPlant.confirmation(user: "user-2")))
                    #expect(try await again.response().status == 200)
                    #expect(upstream.requests(to: "/closed").last?.values("x-enrichment") == ["fresh"])
                    withExtendedLifetime(file) {}
                }
            }
        }
    }
}
