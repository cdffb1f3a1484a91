import TestSupport
import Testing

@Suite("Attacks: h2c upgrade and fake 101", .timeLimit(.minutes(10)))
struct UpgradeTests {
    @Test("an h2c upgrade is not passed on, and the request is answered as it is")
    func upgrade() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant) { gateway in
                let fields = [
                    "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__",
                ]
                let response = try await gateway.get("/api/v1/x", fields, token: try TestTokens.token())
                #expect(response.status == 200)
                #expect(response.values("connection") == ["close"])
                let request = try #require(plant.requests(to: "/api/v1/x").first)
                for name in ["upgrade", "http2-settings", "connection"] { #expect(request.values(name).isEmpty) }
            }
        }
    }

    static let switches = [
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "HTTP/1.0 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
        "HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 6\r\n\r\nforged",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
    ]

    @Test("a fake 101 without an upgrade asked is 502, and opens no tunnel either way", arguments: switches)
    func fake101(_ answer: String) async throws {
        let forged = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"
        try await UpstreamServer.with({ request in
            request.path == "/api/v1/fake" ? .raw(answer + forged, thenClose: false) : .json(#""own""#)
        }) { plant in
            try await TestGateway.run(plant: plant, ["GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": "false"]) { gateway in
                let token = try TestTokens.token()
                let client = try await gateway.connect()
                // The second would pass through a tunnel unseen, and its token with it.
                client.post(
                    TestGateway.request("GET", "/api/v1/fake", token: token)
                        + TestGateway.request("GET", "/api/v1/second"))
                let first = try await client.response()
                #expect(first.status == 502)
                #expect(first.code == "bad_gateway")
                if first.values("connection") != ["close"] {
                    #expect(try await client.response().status == 401)
                }
                #expect(plant.requests(to: "/api/v1/second").isEmpty)
                // Nobody else gets what was behind it.
                let other = try await gateway.get("/api/v1/other", token: token)
                #expect(other.text == #""own""#)
            }
        }
    }
}
