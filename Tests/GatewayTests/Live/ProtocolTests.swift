import TestSupport
import Testing

/// Features of HTTP by their names; those that are not here are in `ConnectionTests` (HEAD, 204, 304, Expect).
@Suite("HTTP/1.1, feature by feature", .timeLimit(.minutes(10)))
struct ProtocolTests {
    private static func run(_ body: @Sendable (TestGateway, RawUpstream) async throws -> Void) async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await RawUpstream.with { upstream in
                let file = try TemporaryFile("- {prefix: /, upstream: \"\(upstream.url)\"}")
                try await TestGateway.run(plant: plant, ["GW_ROUTES_FILE": file.path]) { gateway in
                    try await body(gateway, upstream)
                    withExtendedLifetime(file) {}
                }
            }
        }
    }

    @Test("SSE: each event arrives when it is sent, and not with the next one", arguments: [true, false])
    func events(_ isChunked: Bool) async throws {
        try await Self.run { gateway, upstream in
            let client = try await gateway.connect()
            client.post(
                TestGateway.request("GET", "/events", ["Accept: text/event-stream"], token: try TestTokens.token()))
            let server = try await upstream.accept()
            _ = try await server.head()
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
            server.post(head + (isChunked ? "Transfer-Encoding: chunked\r\n\r\n" : "\r\n"))
            #expect(try await client.responseHead().values("content-type") == ["text/event-stream"])
            // The next is not sent before this one is there.
            for number in 1...50 {
                let event = "data: \(number)\n\n"
                let chunk = String(event.utf8.count, radix: 16) + "\r\n" + event + "\r\n"
                server.post(isChunked ? chunk : event)
                #expect(try await client.bytes(chunk.utf8.count) == Array(chunk.utf8))
            }
            if isChunked { server.post("0\r\n\r\n") } else { server.closeOutput() }
            #expect(try await client.bytes(5) == Array("0\r\n\r\n".utf8))
        }
    }

    @Test("trailers: go both ways behind chunked bodies, but for those that are not theirs to say")
    func trailers() async throws {
        try await Self.run { gateway, upstream in
            let client = try await gateway.connect()
            let body = "3\r\nabc\r\n0\r\nX-Sum: 9\r\nX-User-Id: root\r\n\r\n"
            client.post(
                TestGateway.request(
                    "POST", "/x", ["Transfer-Encoding: chunked", "Trailer: X-Sum"], token: try TestTokens.token())
                    + body)
            let server = try await upstream.accept()
            _ = try await server.head()
            let passed = "3\r\nabc\r\n0\r\nX-Sum: 9\r\n\r\n"
            #expect(try await server.bytes(passed.utf8.count) == Array(passed.utf8))
            server.post("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body)
            _ = try await client.responseHead()
            #expect(try await client.bytes(passed.utf8.count) == Array(passed.utf8))
            // Both connections go on behind them.
            client.post(TestGateway.request("GET", "/y", token: try TestTokens.token()))
            #expect(try await server.head().hasPrefix("GET /y "))
        }
    }

    @Test("1xx: goes on to who knows of such answers, but for the 100 that nobody asked the upstream for")
    func interim() async throws {
        try await Self.run { gateway, upstream in
            let interims =
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
                + "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nConnection: X-Hop\r\nX-Hop: 1\r\n"
                + "X-User-Id: root\r\n\r\n"
            let final = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
            let client = try await gateway.connect()
            client.post(TestGateway.request("GET", "/x", token: try TestTokens.token()))
            let server = try await upstream.accept()
            _ = try await server.head()
            server.post(interims)
            // It does not wait for what is behind it.
            #expect(try await client.response().status == 102)
            let hints = try await client.response()
            #expect(hints.status == 103)
            #expect(hints.headers.map(\.name) == ["Link"])
            server.post(final)
            #expect(try await client.response().text == "ok")
            // HTTP/1.0 knows of none.
            let old = try await gateway.connect()
            old.post("GET /x HTTP/1.0\r\nAuthorization: Bearer \(try TestTokens.token())\r\n\r\n")
            _ = try await server.head()
            server.post(interims + final)
            #expect(try await old.response().status == 200)
        }
    }

    @Test("an answer before the end of a large body arrives whole, then the connection closes (RFC 9112 §9.6)")
    func earlyAnswer() async throws {
        try await Self.run { gateway, upstream in
            let size = 16 * 1024 * 1024
            let client = try await gateway.connect()
            client.post(
                TestGateway.request("POST", "/x", ["Content-Length: \(size)"], token: try TestTokens.token()))
            client.post(bytes: Array(repeating: 120, count: size - 1))
            let server = try await upstream.accept()
            _ = try await server.head()
            server.setReading(false)
            let page = String(repeating: "no ", count: 100_000)
            server.post(
                "HTTP/1.1 413 Content Too Large\r\nContent-Length: \(page.utf8.count)\r\nConnection: close\r\n\r\n"
                    + page)
            let response = try await client.response()
            #expect(response.status == 413)
            #expect(response.text == page)
            #expect(await client.closed().rest.isEmpty)
            // The rest of the body is nobody's next request.
            let next = try await gateway.connect()
            next.post(TestGateway.request("GET", "/next", token: try TestTokens.token()))
            #expect(try await upstream.accept().head().hasPrefix("GET /next "))
        }
    }
}
