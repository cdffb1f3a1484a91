import NIOSSL
import TestSupport
import Testing

@Suite("WebSocket tunnels", .timeLimit(.minutes(10)))
struct WebSocketTests {
    /// Everything below /ws/ is the raw upstream's and may become a WebSocket; everything below /plain/ may not.
    private static func run(
        _ members: String = "", variables: [String: String] = [:],
        _ body: @Sendable (TestGateway, RawUpstream) async throws -> Void
    ) async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await RawUpstream.with { upstream in
                let file = try TemporaryFile(
                    """
                    - {prefix: /ws/, upstream: "\(upstream.url)", websocket: true\(members)}
                    - {prefix: /plain/, upstream: "\(upstream.url)"}
                    """)
                try await TestGateway.run(
                    plant: plant, variables.merging(["GW_ROUTES_FILE": file.path]) { $1 }
                ) { gateway in
                    try await body(gateway, upstream)
                    withExtendedLifetime(file) {}
                }
            }
        }
    }

    /// Both ends of a tunnel that stands.
    private static func open(
        _ gateway: TestGateway, _ upstream: RawUpstream, tls: NIOSSLContext? = nil
    ) async throws -> (client: RawClient, server: RawClient) {
        let client = try await RawClient.connect(port: gateway.port, tls: tls)
        client.post(TestWebSocket.request(token: try TestTokens.token()))
        let server = try await upstream.accept()
        _ = try await server.head()
        server.post(TestWebSocket.answer())
        #expect(try await client.response().status == 101)
        return (client, server)
    }

    @Test("a real 101 opens one: with the token's identity, bytes both ways, and one line when it is over")
    func opened() async throws {
        try await Self.run { gateway, upstream in
            let client = try await gateway.connect()
            let more = [
                "Sec-WebSocket-Protocol: chat, superchat", "Sec-WebSocket-Extensions: permessage-deflate",
                "X-User-Id: root", "Origin: https://app.test",
            ]
            client.post(TestWebSocket.request("/ws/chat?room=1", more, token: try TestTokens.token()))
            let server = try await upstream.accept()
            let head = try await server.head()
            #expect(head.hasPrefix("GET /ws/chat?room=1 HTTP/1.1\r\n"))
            for line in [
                "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: \(TestWebSocket.key)",
                "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: chat, superchat",
                "Sec-WebSocket-Extensions: permessage-deflate", "Origin: https://app.test", "X-User-Id: user-1",
            ] {
                #expect(head.contains("\r\n\(line)\r\n"), "\(line)")
            }
            #expect(!head.contains("root"))
            server.post(
                TestWebSocket.answer([
                    "Sec-WebSocket-Protocol: superchat", "Sec-WebSocket-Extensions: permessage-deflate",
                    "X-User-Id: root", "Keep-Alive: timeout=5",
                ]))
            let answer = try await client.response()
            #expect(answer.status == 101)
            #expect(answer.values("connection") == ["Upgrade"])
            #expect(answer.values("upgrade") == ["websocket"])
            #expect(answer.values("sec-websocket-accept") == [TestWebSocket.accept])
            #expect(answer.values("sec-websocket-protocol") == ["superchat"])
            for name in ["x-user-id", "keep-alive", "content-length", "transfer-encoding"] {
                #expect(answer.values(name).isEmpty)
            }
            client.post("hello")
            #expect(try await server.bytes(5) == Array("hello".utf8))
            server.post(bytes: TestWebSocket.frame(Array("welcome".utf8)))
            #expect(try await client.bytes(9).suffix(7) == Array("welcome".utf8))
            server.close()
            #expect(await client.closed().error == nil)
            let line = try #require(await gateway.log.lines(of: "request", count: 1).first?.metadata)
            #expect(line["status"] == "101")
            #expect(line["end"] == "upstream")
            #expect(line["bytes_in"] == "5")
            #expect(line["bytes_out"] == "9")
            #expect(line["sub"] == "user-1")
        }
    }

    @Test("8 MB pass each way at once, and arrive as they were sent")
    func large() async throws {
        try await Self.run { gateway, upstream in
            let (client, server) = try await Self.open(gateway, upstream)
            let up = (0..<8_388_608).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let down = TestWebSocket.frame((0..<8_388_608).map { UInt8(truncatingIfNeeded: $0 &* 11) })
            client.post(bytes: up)
            server.post(bytes: down)
            async let received = server.bytes(up.count)
            #expect(try await client.bytes(down.count) == down)
            #expect(try await received == up)
        }
    }

    private static let fakes = [
        TestWebSocket.answer(accept: "s3pPLMBiTxaQ9kYGzzhZRbK+xOp="), TestWebSocket.answer(upgrade: "h2c"),
        TestWebSocket.answer(upgrade: "websocket, h2c"), TestWebSocket.answer(connection: "keep-alive"),
        TestWebSocket.answer(["Sec-WebSocket-Accept: \(TestWebSocket.accept)"]),
        TestWebSocket.answer(["Sec-WebSocket-Protocol: chat"]),
        TestWebSocket.answer(["Sec-WebSocket-Extensions: permessage-deflate"]),
        TestWebSocket.answer(["Content-Length: 5"]), TestWebSocket.answer(["Transfer-Encoding: chunked"]),
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        "HTTP/1.0 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Accept: \(TestWebSocket.accept)\r\n\r\n",
    ]

    @Test("a fake 101 is 502, the upstream is hung up on, and nothing that was behind it passes", arguments: fakes)
    func fake(_ answer: String) async throws {
        try await Self.run { gateway, upstream in
            let client = try await gateway.connect()
            client.post(TestWebSocket.request(token: try TestTokens.token()) + "early")
            let server = try await upstream.accept()
            _ = try await server.head()
            server.post(answer + "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled")
            let response = try await client.response()
            #expect(response.status == 502)
            #expect(response.code == "bad_gateway")
            #expect(await client.closed().rest.isEmpty)
            #expect(await server.closed().rest.isEmpty)
        }
    }

    @Test(
        "a 101 that nobody asked for is 502, on a route with WebSockets too, and over again",
        arguments: ["/ws/chat", "/plain/x"])
    func unasked(_ path: String) async throws {
        try await Self.run { gateway, upstream in
            let client = try await gateway.connect()
            // Also for one that did ask, where the route allows none.
            let fields = path == "/plain/x" ? TestWebSocket.fields : []
            client.post(TestGateway.request("GET", path, fields, token: try TestTokens.token()))
            let server = try await upstream.accept()
            let head = try await server.head()
            #expect(!head.lowercased().contains("upgrade"))
            server.post(TestWebSocket.answer() + "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled")
            #expect(try await client.response().status == 502)
            #expect(await server.closed().rest.isEmpty)
        }
    }

    @Test("any other answer is an answer, and what the client sent in hope goes nowhere")
    func declined() async throws {
        try await Self.run { gateway, upstream in
            let client = try await gateway.connect()
            let smuggled = TestGateway.request("GET", "/ws/other", token: try TestTokens.token())
            client.post(TestWebSocket.request(token: try TestTokens.token()) + smuggled)
            let server = try await upstream.accept()
            _ = try await server.head()
            server.post("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno")
            let response = try await client.response()
            #expect(response.status == 403)
            #expect(response.text == "no")
            #expect(response.values("connection") == ["close"])
            #expect(await client.closed().rest.isEmpty)
            server.closeOutput()
            #expect(await server.closed().rest.isEmpty)
        }
    }

    @Test("what the client sends before the 101 is kept, and is the first that the tunnel carries")
    func early() async throws {
        try await Self.run { gateway, upstream in
            let client = try await gateway.connect()
            client.post(TestWebSocket.request(token: try TestTokens.token()) + "first")
            let server = try await upstream.accept()
            let head = try await server.head()
            #expect(server.received == head.utf8.count)
            server.post(TestWebSocket.answer())
            #expect(try await client.response().status == 101)
            client.post("second")
            #expect(try await server.bytes(11) == Array("firstsecond".utf8))
        }
    }

    private static func malformed(_ name: String, _ value: String?) -> [String] {
        TestWebSocket.fields.filter { !$0.hasPrefix(name + ":") } + (value.map { ["\(name): \($0)"] } ?? [])
    }

    @Test(
        "a request that is no WebSocket's is refused, and reaches no upstream",
        arguments: [
            malformed("Sec-WebSocket-Key", nil), malformed("Sec-WebSocket-Key", "short"),
            malformed("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZR=="),
            malformed("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub2-jZQ=="),
            TestWebSocket.fields + ["Sec-WebSocket-Key: \(TestWebSocket.key)"],
            TestWebSocket.fields + ["Sec-WebSocket-Accept: \(TestWebSocket.accept)"],
            malformed("Connection", "Upgrade, Sec-WebSocket-Key"),
            malformed("Connection", "Upgrade, Origin")
                + ["Origin: https://evil.test"], TestWebSocket.fields + ["Content-Length: 5"],
            TestWebSocket.fields + ["Transfer-Encoding: chunked"],
        ])
    func refused(_ fields: [String]) async throws {
        try await Self.run { gateway, upstream in
            let client = try await gateway.connect()
            client.post(TestGateway.request("GET", "/ws/chat", fields, token: try TestTokens.token()))
            let response = try await client.response()
            #expect(response.status == 400)
            #expect(response.code == "malformed_request")
            // The first that comes is the next request.
            let next = try await gateway.connect()
            next.post(TestGateway.request("GET", "/plain/next", token: try TestTokens.token()))
            #expect(try await upstream.accept().head().hasPrefix("GET /plain/next "))
        }
    }

    @Test("another version is told which one is known, another method that it is GET, and no token that one is needed")
    func otherwise() async throws {
        try await Self.run { gateway, _ in
            let token = try TestTokens.token()
            for version in ["8", nil] {
                let fields = Self.malformed("Sec-WebSocket-Version", version)
                let answer = try await gateway.get("/ws/chat", fields, token: token)
                #expect(answer.status == 400)
                #expect(answer.values("sec-websocket-version") == ["13"])
            }
            let post = try await gateway.send(
                TestGateway.request("POST", "/ws/chat", TestWebSocket.fields, token: token))
            #expect(post.status == 405)
            #expect(post.values("allow") == ["GET"])
            #expect(try await gateway.send(TestWebSocket.request()).status == 401)
        }
    }

    @Test("a page of another origin than the route's cors names opens none; who is no page does")
    func origins() async throws {
        try await Self.run(", cors: {origins: ['https://app.test']}") { gateway, upstream in
            let token = try TestTokens.token()
            for origin in [["https://evil.test"], ["null"], ["https://app.test", "https://app.test"]] {
                let answer = try await gateway.send(
                    TestWebSocket.request("/ws/chat", origin.map { "Origin: \($0)" }, token: token))
                #expect(answer.status == 403)
                #expect(answer.code == "forbidden")
            }
            for origin in [["Origin: https://app.test"], []] {
                let client = try await gateway.connect()
                client.post(TestWebSocket.request("/ws/chat", origin, token: token))
                let server = try await upstream.accept()
                _ = try await server.head()
                server.post(TestWebSocket.answer())
                #expect(try await client.response().status == 101)
            }
        }
    }

    @Test("h2c stays refused where WebSockets are not, and so does everything beside websocket")
    func otherProtocols() async throws {
        try await Self.run { gateway, upstream in
            for name in ["h2c", "websocket, h2c", "h2c, websocket", "TLS/1.0"] {
                let client = try await gateway.connect()
                let fields = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: \(name)", "HTTP2-Settings: AAMAAABk"]
                client.post(TestGateway.request("GET", "/ws/chat", fields, token: try TestTokens.token()))
                let server = try await upstream.accept()
                #expect(!(try await server.head()).lowercased().contains("upgrade"))
                server.post("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                #expect(try await client.response().status == 200)
                #expect(await client.closed().rest.isEmpty)
            }
        }
    }

    @Test("a client that closes its half is still answered, and the upstream's end is the end")
    func halfClosed() async throws {
        try await Self.run { gateway, upstream in
            let (client, server) = try await Self.open(gateway, upstream)
            client.post("last words")
            client.closeOutput()
            #expect(await server.closed().rest == "last words")
            server.post("and the answer")
            server.close()
            #expect(await client.closed().rest == "and the answer")
            let line = try #require(await gateway.log.lines(of: "request", count: 1).first?.metadata)
            #expect(line["end"] == "client")
        }
    }

    @Test(
        "silence ends it with 1001, after GW_TUNNEL_IDLE_TIMEOUT_MS or the route's own idle time",
        arguments: [true, false])
    func idle(_ isRoutes: Bool) async throws {
        try await Self.run(
            isRoutes ? ", timeouts: {idle: 50ms}" : "",
            variables: isRoutes ? [:] : ["GW_TUNNEL_IDLE_TIMEOUT_MS": "50"]
        ) { gateway, upstream in
            let (client, server) = try await Self.open(gateway, upstream)
            #expect(try await client.bytes(4) == TestWebSocket.close(1001))
            let end = await client.closed()
            #expect(end.rest.isEmpty)
            #expect(end.error == nil)
            #expect(TestWebSocket.closeCode(try await server.bytes(8)) == 1001)
            server.close()
            let line = try #require(await gateway.log.lines(of: "request", count: 1).first?.metadata)
            #expect(line["end"] == "idle")
        }
    }

    @Test("a gateway that stops says 1001, and does not wait for tunnels")
    func drained() async throws {
        try await Self.run { gateway, upstream in
            let (client, server) = try await Self.open(gateway, upstream)
            await gateway.shutDown()
            #expect(try await client.bytes(4) == TestWebSocket.close(1001))
            #expect(await client.closed().error == nil)
            #expect(TestWebSocket.closeCode(try await server.bytes(8)) == 1001)
            #expect(await server.closed().rest.isEmpty)
        }
    }

    @Test("over TLS too, with its goodbye at the end")
    func overTLS() async throws {
        let certificates = try await TestCertificates()
        try await Self.run(variables: certificates.variables) { gateway, upstream in
            let (client, server) = try await Self.open(
                gateway, upstream, tls: try certificates.client(protocols: ["http/1.1"]))
            client.post("hello")
            #expect(try await server.bytes(5) == Array("hello".utf8))
            server.post("welcome")
            server.close()
            let end = await client.closed()
            #expect(end.rest == "welcome")
            #expect(end.error == nil)
        }
    }

    @Test("HTTP/2 offers no extended CONNECT (RFC 8441), and refuses one")
    func http2() async throws {
        let certificates = try await TestCertificates()
        try await Self.run(variables: certificates.variables) { gateway, _ in
            let client = try await RawHTTP2.connect(
                port: gateway.port, tls: try certificates.client(protocols: ["h2"]))
            var settings = try await client.step()
            while settings.kind != RawHTTP2.Kind.settings.rawValue || settings.flags & RawHTTP2.Flag.ack != 0 {
                settings = try await client.step()
            }
            let names = stride(from: 0, to: settings.payload.count, by: 6).map { settings.payload[$0 + 1] }
            #expect(!names.contains(8))
            let token = try TestTokens.token()
            let fields =
                RawHTTP2.fields("CONNECT", "/ws/chat", token: token) + [("sec-websocket-version", "13")]
            client.headers(1, [(":protocol", "websocket")] + fields, end: false)
            let answer = try await client.answer(1)
            #expect(answer.reset != nil)
            #expect(answer.heads.isEmpty)
        }
    }
}
