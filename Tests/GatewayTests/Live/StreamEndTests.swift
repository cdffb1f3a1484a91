import Contracts
import FoundationEssentials
import NIOSSL
import Secrets
import ServiceKit
import TestSupport
import Testing
import Tokens

@Suite("Streams end with their token", .timeLimit(.minutes(10)))
struct StreamEndTests {
    private static func run(
        _ members: String = "", portal: String? = nil, variables: [String: String] = [:],
        _ body: @Sendable (TestGateway, RawUpstream, MovableClock) async throws -> Void
    ) async throws {
        try await UpstreamServer.with({ $0.path.hasPrefix("/internal") ? .silence : .json("{}") }) { plant in
            try await RawUpstream.with { upstream in
                let file = try TemporaryFile(
                    """
                    - {prefix: /x/, upstream: "\(upstream.url)", websocket: true\(members)}
                    - {prefix: /swept/, upstream: "\(upstream.url)", websocket: true}
                    """)
                var all = variables.merging(["GW_ROUTES_FILE": file.path]) { $1 }
                if let portal { all["PORTAL_URLS"] = portal }
                let clock = MovableClock()
                try await TestGateway.run(
                    plant: plant, all, clock: clock.wall, followsRevocations: portal != nil
                ) { gateway in
                    try await body(gateway, upstream, clock)
                    withExtendedLifetime(file) {}
                }
            }
        }
    }

    private static let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
    private static let chunk = "7\r\ndata: 1\r\n"

    /// An answer that has begun.
    private static func begin(
        _ gateway: TestGateway, _ upstream: RawUpstream, _ answer: String, tls: NIOSSLContext? = nil,
        request: String? = nil
    ) async throws -> (client: RawClient, server: RawClient) {
        let client = try await RawClient.connect(port: gateway.port, tls: tls)
        client.post(try request ?? TestGateway.request("GET", "/x/events", token: try TestTokens.token()))
        let server = try await upstream.accept()
        _ = try await server.head()
        server.post(answer)
        _ = try await client.head()
        return (client, server)
    }

    @Test("an event stream whose token expires is closed, and seems cut: the last chunk is missing")
    func expired() async throws {
        try await Self.run { gateway, upstream, clock in
            let (client, server) = try await Self.begin(
                gateway, upstream, Self.head + "Transfer-Encoding: chunked\r\n\r\n" + Self.chunk)
            #expect(try await client.bytes(Self.chunk.utf8.count) == Array(Self.chunk.utf8))
            clock.advance(seconds: 2000)
            let end = await client.closed()
            #expect(end.rest.isEmpty)
            #expect(await server.closed().rest.isEmpty)
            let line = try #require(await gateway.log.lines(of: "request", count: 1).first?.metadata)
            #expect(line["end"] == "expired")
            #expect(line["code"] == "expired")
            #expect(line["cut"] == "true")
            #expect(line["status"] == "200")
            let why = try #require(gateway.log.lines.first { $0.message == "answer ended with its token" })
            #expect(why.metadata["reason"] == "expired")
            #expect(why.metadata["request_id"] == line["request_id"])
        }
    }

    @Test("a token that expires ends a WebSocket with a Close 1008, of which both ends are told")
    func tunnel() async throws {
        try await Self.run { gateway, upstream, clock in
            let (client, server) = try await Self.begin(
                gateway, upstream, TestWebSocket.answer(),
                request: TestWebSocket.request("/x/chat", token: try TestTokens.token()))
            clock.advance(seconds: 2000)
            #expect(try await client.bytes(4) == TestWebSocket.close(1008))
            #expect(await client.closed().rest.isEmpty)
            #expect(TestWebSocket.closeCode(try await server.bytes(8)) == 1008)
            // A server that does not close has two seconds.
            server.post(bytes: TestWebSocket.frame([1, 2, 3]))
            #expect(await server.closed().rest.isEmpty)
            let line = try #require(await gateway.log.lines(of: "request", count: 1).first?.metadata)
            #expect(line["end"] == "expired")
        }
    }

    @Test("a body that ends with the connection ends with a reset where its token ends")
    func untilClose() async throws {
        try await Self.run { gateway, upstream, clock in
            let token = try TestTokens.token()
            let (client, _) = try await Self.begin(
                gateway, upstream, Self.head + "\r\nhello",
                request: "GET /x/events HTTP/1.0\r\nAuthorization: Bearer \(token)\r\n\r\n")
            #expect(try await client.bytes(5) == Array("hello".utf8))
            clock.advance(seconds: 2000)
            #expect(await client.closed().error != nil)
        }
    }

    @Test("over HTTP/2 the stream is reset, and the others go on")
    func http2() async throws {
        let certificates = try await TestCertificates()
        try await Self.run(variables: certificates.variables) { gateway, upstream, clock in
            let client = try await RawHTTP2.connect(
                port: gateway.port, tls: try certificates.client(protocols: ["h2"]))
            client.headers(1, RawHTTP2.fields("GET", "/x/events", token: try TestTokens.token()))
            let server = try await upstream.accept()
            _ = try await server.head()
            server.post(Self.head + "Transfer-Encoding: chunked\r\n\r\n" + Self.chunk)
            while client.seen(1).body.isEmpty { try await client.step() }
            clock.advance(seconds: 2000)
            let answer = try await client.answer(1)
            #expect(answer.reset != nil)
            #expect(!answer.isEnded)
            #expect(answer.text == "data: 1")
            #expect(try await client.get(3, "/health").status == ":status=200")
        }
    }

    @Test(
        "a download with a length goes on, and so does a stream of a route that keeps; a route that closes cuts both",
        arguments: [
            ("", "Content-Length: 14\r\n\r\n", true), (", on_token_end: keep", "\r\n", true),
            (", on_token_end: close", "Content-Length: 14\r\n\r\n", false),
        ])
    func policy(_ members: String, _ framing: String, _ goesOn: Bool) async throws {
        try await Self.run(members) { gateway, upstream, clock in
            let (client, server) = try await Self.begin(gateway, upstream, Self.head + framing + "1234567")
            #expect(try await Self.sweeps(gateway, upstream, past: clock))
            guard goesOn else {
                #expect(!(await client.closed().rest).contains("tail"))
                return
            }
            server.post("tail567")
            server.closeOutput()
            var rest = ""
            while !rest.contains("tail567") { rest += String(decoding: try await client.bytes(1), as: UTF8.self) }
        }
    }

    /// Whether the gateway has looked: a WebSocket that was open before has got its Close.
    private static func sweeps(
        _ gateway: TestGateway, _ upstream: RawUpstream, past clock: MovableClock
    ) async throws -> Bool {
        let (client, _) = try await begin(
            gateway, upstream, TestWebSocket.answer(),
            request: TestWebSocket.request("/swept/chat", token: try TestTokens.token()))
        clock.advance(seconds: 2000)
        return try await client.bytes(4) == TestWebSocket.close(1008)
    }

    /// Answers questions of the revocation feed.
    private static func answer(_ feed: RawClient, _ page: RevocationPage) throws {
        let body = String(decoding: try JSONEncoder().encode(page), as: UTF8.self)
        feed.post(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    @Test(
        "a revocation that arrives by the feed ends them: a WebSocket, an event stream, and nobody else's",
        arguments: [true, false])
    func revoked(_ isSession: Bool) async throws {
        try await RawUpstream.with { portal in
            try await Self.run(portal: portal.url) { gateway, upstream, clock in
                let feed = try await portal.accept()
                #expect(try await feed.head().hasPrefix("GET /internal/v1/revocations?wait=0 "))
                try Self.answer(feed, RevocationPage(events: [], next: "c0", more: false))
                let (tunnel, tunnelServer) = try await Self.begin(
                    gateway, upstream, TestWebSocket.answer(),
                    request: TestWebSocket.request("/x/chat", token: try TestTokens.token()))
                let chunked = Self.head + "Transfer-Encoding: chunked\r\n\r\n"
                let (events, _) = try await Self.begin(gateway, upstream, chunked)
                // The session is everybody's in these tests; the subject is not.
                let (others, othersServer) = try await Self.begin(
                    gateway, upstream, chunked,
                    request: TestGateway.request(
                        "GET", "/x/events", token: try TestTokens.token(subject: "user-2")))
                let subject: Revocation.Subject =
                    isSession ? .session(id: "session-1", user: "user-1") : .user("user-1")
                let event = RevocationToken(internalToken: SecretBytes(utf8: TestGateway.internalToken)).issue(
                    Revocation(
                        id: "e1", issuer: "lockstep-platform", event: .sessionRevoked, subject: subject,
                        occurredAt: WallClock.system.now()))
                _ = try await feed.head()
                try Self.answer(
                    feed,
                    RevocationPage(
                        events: [RevocationPage.Event(cursor: "c1", set: event)], next: "c1", more: false))
                #expect(try await tunnel.bytes(4) == TestWebSocket.close(1008))
                #expect(TestWebSocket.closeCode(try await tunnelServer.bytes(8)) == 1008)
                #expect(await events.closed().rest.isEmpty)
                if !isSession {
                    othersServer.post(Self.chunk)
                    #expect(try await others.bytes(Self.chunk.utf8.count) == Array(Self.chunk.utf8))
                }
                for line in await gateway.log.lines(of: "request", count: 2) {
                    #expect(line.metadata["end"] == "revoked")
                    #expect(line.metadata["code"] == "revoked")
                }
            }
        }
    }
}
