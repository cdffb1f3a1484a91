import TestSupport
import Testing

@Suite("Limits and deadlines", .timeLimit(.minutes(10)))
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

    @Test(
        "as many requests wait for a connection as GW_UPSTREAM_WAITERS says; one more is 503 at once, and the log why")
    func waiters() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await RawUpstream.with { upstream in
                let file = try TemporaryFile("- {prefix: /x, upstream: \"\(upstream.url)\", auth: public}")
                let variables = [
                    "GW_ROUTES_FILE": file.path, "GW_UPSTREAM_CONNECTIONS": "1", "GW_UPSTREAM_WAITERS": "1",
                ]
                try await TestGateway.run(plant: plant, variables) { gateway in
                    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
                    let first = try await gateway.connect()
                    first.post(TestGateway.request("GET", "/x"))
                    let server = try await upstream.accept()
                    _ = try await server.head()
                    let others = [try await gateway.connect(), try await gateway.connect()]
                    for client in others { client.post(TestGateway.request("GET", "/x")) }
                    let refused = try #require(await gateway.log.lines(of: "request refused", count: 1).first)
                    #expect(refused.metadata["cause"]?.contains("GW_UPSTREAM_WAITERS") == true)
                    #expect(refused.metadata["code"] == "unavailable")
                    server.post(answer)
                    #expect(try await first.response().status == 200)
                    _ = try await server.head()
                    server.post(answer)
                    let responses = [try await others[0].response(), try await others[1].response()]
                    #expect(responses.map(\.status).sorted() == [200, 503])
                    #expect(responses.first { $0.status == 503 }?.values("retry-after") == ["1"])
                    withExtendedLifetime(file) {}
                }
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
                #expect(response.values("date").count == 1)
                #expect(try await first.request(TestGateway.request("GET", "/health")).status == 200)
            }
        }
    }
}
