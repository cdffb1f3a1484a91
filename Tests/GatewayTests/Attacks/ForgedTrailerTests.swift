import TestSupport
import Testing

@Suite("Attacks: forged identity in trailers and handshakes", .timeLimit(.minutes(10)))
struct ForgedTrailerTests {
    /// With a customer of whom the plant has told already.
    private static func run(
        _ body: @Sendable (TestGateway, RawUpstream, IdentitySituation, _ token: String) async throws -> Void
    ) async throws {
        let situation = IdentitySituation(enrichment: .cached, customer: .ofToken)
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await RawUpstream.with { upstream in
                let file = try TemporaryFile(
                    """
                    - {prefix: /warm, upstream: plant, enrichment: true}
                    - {prefix: /, upstream: "\(upstream.url)", enrichment: true, websocket: true}
                    """)
                let clock = MovableClock()
                let variables = ["GW_ROUTES_FILE": file.path].merging(IdentityStage.patient) { $1 }
                try await TestGateway.run(plant: plant, variables, clock: clock.wall) { gateway in
                    let token = try situation.token()
                    #expect(try await gateway.get("/warm", token: token).status == 200)
                    try await body(gateway, upstream, situation, token)
                    withExtendedLifetime(file) {}
                }
            }
        }
    }

    private static func fields(_ head: String) -> [(name: String, value: String)] {
        head.split(separator: "\r\n").dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
        }
    }

    @Test("no trailer says who somebody is: not in any spelling, not twice")
    func trailers() async throws {
        try await Self.run { gateway, upstream, situation, token in
            let client = try await gateway.connect()
            let spellings = ForgedHeaders.spellings.filter { !ForgedHeaders.isRefusedInTrailers($0) }
            var server: RawClient?
            for batch in ForgedHeaders.portions(of: spellings, size: 14) {
                let announced = ["Transfer-Encoding: chunked", "Trailer: X-Sum, " + batch.joined(separator: ", ")]
                let trailers = (["X-Sum: 9"] + ForgedHeaders.lines(batch)).map { $0 + "\r\n" }.joined()
                client.post(
                    TestGateway.request("POST", "/x", announced, token: token) + "3\r\nabc\r\n0\r\n\(trailers)\r\n")
                if server == nil { server = try await upstream.accept() }
                let head = try await server?.head() ?? ""
                situation.expect(Self.fields(head), token: token)
                #expect(!head.lowercased().contains("\r\ntrailer"))
                let passed = "3\r\nabc\r\n0\r\nX-Sum: 9\r\n\r\n"
                let bytes = try await server?.bytes(passed.utf8.count) ?? []
                #expect(String(decoding: bytes, as: UTF8.self) == passed)
                server?.post("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                #expect(try await client.response().status == 200)
            }
            client.close()
            server?.close()
        }
    }

    @Test(
        "a trailer that says by which way a request came is 400, and the request never ends at the upstream",
        arguments: ForgedHeaders.spellings.filter(ForgedHeaders.isRefusedInTrailers))
    func refused(_ name: String) async throws {
        try await Self.run { gateway, upstream, _, token in
            let client = try await gateway.connect()
            client.post(TestGateway.request("POST", "/x", ["Transfer-Encoding: chunked"], token: token))
            let server = try await upstream.accept()
            _ = try await server.head()
            client.post("3\r\nabc\r\n0\r\n\(name): forged\r\n\r\n")
            let response = try await client.response()
            #expect(response.status == 400)
            #expect(response.code == "malformed_request")
            let rest = await server.closed().rest
            #expect(!rest.contains("forged"))
            #expect(!rest.hasSuffix("\r\n\r\n"))
            client.close()
            server.close()
        }
    }

    @Test("no handshake of a WebSocket does: not in any spelling, not twice")
    func handshakes() async throws {
        try await Self.run { gateway, upstream, situation, token in
            for batch in ForgedHeaders.batches {
                let client = try await gateway.connect()
                client.post(TestWebSocket.request("/ws/chat", ForgedHeaders.lines(batch), token: token))
                let server = try await upstream.accept()
                situation.expect(Self.fields(try await server.head()), token: token)
                server.post(TestWebSocket.answer())
                #expect(try await client.response().status == 101)
                // It stands, and nothing was left behind the head.
                client.post("hello")
                #expect(try await server.bytes(5) == Array("hello".utf8))
                client.close()
                _ = await server.closed()
                server.close()
            }
        }
    }
}
