import TestSupport
import Testing

@Suite("The whole path", .timeLimit(.minutes(10)))
struct WholePathTests {
    @Test("a request with a token reaches the plant with everything that DESIGN names")
    func headers() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant) { gateway in
                let token = try TestTokens.token()
                let response = try await gateway.get(
                    "/api/v1/customers?page=2", ["X-Request-Id: request-0001"], token: token)
                #expect(response.status == 200)
                #expect(response.text == #"{"ok":true}"#)
                #expect(response.values("x-request-id") == ["request-0001"])
                #expect(response.values("via") == ["1.1 lockstep-gateway"])
                let request = try #require(plant.requests(to: "/api/v1/customers").first)
                #expect(request.target == "/api/v1/customers?page=2")
                #expect(request.values("authorization") == ["Bearer \(token)"])
                #expect(request.values("x-original-authorization") == ["Bearer \(token)"])
                #expect(request.values("x-gateway") == ["lockstep-gateway"])
                #expect(request.values("x-user-id") == ["user-1"])
                #expect(request.values("x-user-email") == ["ada@example.com"])
                #expect(request.values("x-user-roles") == ["admin"])
                #expect(request.values("x-customer-id") == ["customer-7"])
                #expect(request.values("x-customer-plan") == ["gold"])
                #expect(request.values("x-enrichment") == ["fresh"])
                #expect(request.values("x-request-id") == ["request-0001"])
                #expect(request.values("x-forwarded-for") == ["127.0.0.1"])
                #expect(request.values("x-forwarded-proto") == ["http"])
                #expect(request.values("x-forwarded-host") == ["gateway.test"])
                #expect(request.values("forwarded") == ["for=127.0.0.1;host=\"gateway.test\";proto=http"])
                #expect(request.values("via") == ["1.1 lockstep-gateway"])
                #expect(request.values("traceparent").count == 1)
                #expect(request.values("x-gateway-assertion").count == 1)
                #expect(request.values("host") == ["127.0.0.1:\(plant.port)"])
            }
        }
    }
}
