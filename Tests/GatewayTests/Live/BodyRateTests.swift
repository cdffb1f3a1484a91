import TestSupport
import Testing

@Suite("A minimum rate for bodies: GW_MIN_BODY_RATE, GW_BODY_GRACE_MS, min_body_rate", .timeLimit(.minutes(10)))
struct BodyRateTests {
    /// Whoever has sent anything has time enough for the rest, on the slowest machine: a byte is worth a second.
    private static let quick = [
        "GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": "false", "GW_MIN_BODY_RATE": "1", "GW_BODY_GRACE_MS": "50",
    ]

    @Test(
        "a body that does not come is 408 and the end of the connection, and in the log with its cause",
        arguments: ["Content-Length: 100", "Transfer-Encoding: chunked"])
    func stopped(_ framing: String) async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant, Self.quick) { gateway in
                let client = try await gateway.connect()
                let answer = try await client.request(
                    TestGateway.request("POST", "/api/v1/x", [framing], token: try TestTokens.token()))
                #expect(answer.status == 408)
                #expect(answer.code == "request_timeout")
                #expect(answer.values("connection") == ["close"])
                #expect(await client.closed().rest == "")
                let line = try #require(await gateway.log.lines(of: "request refused", count: 1).first?.metadata)
                #expect(line["code"] == "request_timeout")
                #expect(line["cause"]?.contains("GW_MIN_BODY_RATE") == true)
                await plant.idle()
            }
        }
    }

    @Test("a body that comes late and fast is served, and its connection with it")
    func honest() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            let variables = Self.quick.merging(["GW_BODY_GRACE_MS": "60000"]) { $1 }
            try await TestGateway.run(plant: plant, variables) { gateway in
                let client = try await gateway.connect()
                for _ in 0..<3 {
                    client.post(
                        TestGateway.request(
                            "POST", "/api/v1/x", ["Content-Length: 100000"], token: try TestTokens.token()))
                    for _ in 0..<100 { try await client.send(String(repeating: "x", count: 1000)) }
                    #expect(try await client.response().status == 200)
                }
            }
        }
    }

    @Test("min_body_rate: 0 in a route takes it away there")
    func ofARoute() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            let file = try TemporaryFile(
                """
                - {prefix: /patient/, upstream: plant, min_body_rate: 0}
                - {prefix: /api/, upstream: plant}
                """)
            let variables = Self.quick.merging(["GW_ROUTES_FILE": file.path]) { $1 }
            try await TestGateway.run(plant: plant, variables) { gateway in
                func begin(_ path: String) async throws -> RawClient {
                    let client = try await gateway.connect()
                    try await client.send(
                        TestGateway.request("POST", path, ["Content-Length: 1"], token: try TestTokens.token()))
                    return client
                }
                let patient = try await begin("/patient/x")
                // The other began later and is over already.
                #expect(try await begin("/api/x").response().status == 408)
                try await patient.send("x")
                #expect(try await patient.response().status == 200)
                withExtendedLifetime(file) {}
            }
        }
    }

    @Test("HTTP/2: a stream whose body does not come is 408 and reset without an error, and the connection serves on")
    func http2() async throws {
        try await HTTP2Tests.run(Self.quick) { gateway, plant, tls in
            let client = try await RawHTTP2.connect(port: gateway.port, tls: tls)
            client.headers(1, RawHTTP2.fields("POST", "/api/v1/x", token: try TestTokens.token()), end: false)
            let answer = try await client.answer(1)
            #expect(answer.status == ":status=408")
            #expect(answer.text.contains("request_timeout"))
            #expect(try await client.get(3, "/health").status == ":status=200")
            #expect(plant.requests.isEmpty)
        }
    }

    @Test("a WebSocket is held to no rate: silence is its nature")
    func tunnel() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await RawUpstream.with { upstream in
                let file = try TemporaryFile(
                    """
                    - {prefix: /ws/, upstream: "\(upstream.url)", websocket: true}
                    - {prefix: /api/, upstream: plant}
                    """)
                let variables = Self.quick.merging(["GW_ROUTES_FILE": file.path]) { $1 }
                try await TestGateway.run(plant: plant, variables) { gateway in
                    let client = try await gateway.connect()
                    client.post(TestWebSocket.request(token: try TestTokens.token()))
                    let server = try await upstream.accept()
                    _ = try await server.head()
                    server.post(TestWebSocket.answer())
                    #expect(try await client.response().status == 101)
                    // For as long as it takes another client to use up its time.
                    let slow = TestGateway.request(
                        "POST", "/api/x", ["Content-Length: 1"], token: try TestTokens.token())
                    #expect(try await gateway.send(slow).status == 408)
                    client.post("x")
                    #expect(try await server.bytes(1) == Array("x".utf8))
                    withExtendedLifetime(file) {}
                }
            }
        }
    }
}
