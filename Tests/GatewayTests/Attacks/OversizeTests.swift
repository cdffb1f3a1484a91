import TestSupport
import Testing

@Suite("Attacks: too much of everything", .timeLimit(.minutes(10)))
struct OversizeTests {
    private static let quiet = ["GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": "false"]

    @Test("100,000 headers are refused early")
    func manyFields() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant, Self.quiet) { gateway in
                let client = try await gateway.connect()
                client.post(
                    "GET /api/v1/x HTTP/1.1\r\nHost: g\r\n" + String(repeating: "a: b\r\n", count: 100_000) + "\r\n")
                let response = try await client.response()
                #expect(response.status == 431)
                #expect(response.code == "headers_too_large")
                #expect(plant.requests.isEmpty)
            }
        }
    }

    @Test("a token of 1 MB is refused as a head that is too large")
    func hugeToken() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant) { gateway in
                let client = try await gateway.connect()
                client.post(TestGateway.request("GET", "/api/v1/x", token: String(repeating: "a", count: 1_048_576)))
                let response = try await client.response()
                #expect(response.status == 431)
                #expect(response.code == "headers_too_large")
            }
        }
    }

    @Test("a token within the head's limit and beyond its own is refused without being looked at")
    func longToken() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant) { gateway in
                let response = try await gateway.get("/api/v1/x", token: String(repeating: "a", count: 8193))
                #expect(response.status == 401)
                #expect(response.code == "token_too_long")
                #expect(plant.requests.isEmpty)
            }
        }
    }

    @Test("a target without end, chunk extensions without end and trailers without end are cut", arguments: 0..<3)
    func endless(_ what: Int) async throws {
        let megabyte = String(repeating: "a", count: 1_048_576)
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant, Self.quiet) { gateway in
                let chunked = TestGateway.request(
                    "POST", "/api/v1/x", ["Transfer-Encoding: chunked"], token: try TestTokens.token())
                let client = try await gateway.connect()
                switch what {
                case 0: client.post("GET /api/v1/" + megabyte)
                case 1: client.post(chunked + "1;x=" + megabyte)
                default: client.post(chunked + "1\r\nx\r\n0\r\n" + String(repeating: "a: b\r\n", count: 200_000))
                }
                let end = await client.closed()
                #expect(end.rest.isEmpty || end.rest.hasPrefix("HTTP/1.1 4"))
                #expect(!end.rest.contains("HTTP/1.1 2"))
                #expect(plant.requests.isEmpty)
            }
        }
    }
}
