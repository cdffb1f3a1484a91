import TestSupport
import Testing

@Suite("Limits and deadlines", .timeLimit(.minutes(1)))
struct LimitTests {
    private static let quiet = ["GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": "false"]

    @Test("a body beyond the limit is 413, declared or not")
    func bodies() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant, Self.quiet.merging(["GW_MAX_BODY_BYTES": "1000"]) { $1 }) {
                gateway in
                let token = try TestTokens.token()
                let declared = try await gateway.connect()
                declared.post(
                    TestGateway.request("POST", "/api/v1/x", token: token, body: String(repeating: "x", count: 1001)))
                #expect(try await declared.response().status == 413)
                #expect(plant.requests.isEmpty)
                let chunked = try await gateway.connect()
                chunked.post(
                    TestGateway.request("POST", "/api/v1/x", ["Transfer-Encoding: chunked"], token: token) + "3e9\r\n"
                        + String(repeating: "x", count: 1001) + "\r\n0\r\n\r\n")
                let response = try await chunked.response()
                #expect(response.status == 413)
                #expect(response.code == "payload_too_large")
                #expect(plant.requests.isEmpty)
                let exact = TestGateway.request(
                    "POST", "/api/v1/x", token: token, body: String(repeating: "x", count: 1000))
                #expect(try await gateway.send(exact).status == 200)
            }
        }
    }

    @Test("one connection too many is told so")
    func overload() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant, Self.quiet.merging(["GW_MAX_CONNECTIONS": "2"]) { $1 }) { gateway in
                let first = try await gateway.connect()
                let second = try await gateway.connect()
                for client in [first, second] {
                    #expect(try await client.request(TestGateway.request("GET", "/health")).status == 200)
                }
                let third = try await gateway.connect()
                let response = try await third.response()
                #expect(response.status == 503)
                #expect(response.code == "unavailable")
                #expect(response.values("retry-after") == ["2"])
                #expect(try await first.request(TestGateway.request("GET", "/health")).status == 200)
            }
        }
    }
}
