import TestSupport
import Testing

@Suite("Answers that come before the end of the request", .timeLimit(.minutes(10)))
struct EarlyAnswerTests {
    /// Everything below /x/ is the raw upstream's.
    private static func run(
        _ body: @Sendable (TestGateway, RawUpstream) async throws -> Void
    ) async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await RawUpstream.with { upstream in
                let file = try TemporaryFile(#"- {prefix: /x/, upstream: "\#(upstream.url)"}"#)
                try await TestGateway.run(plant: plant, ["GW_ROUTES_FILE": file.path]) { gateway in
                    try await body(gateway, upstream)
                    withExtendedLifetime(file) {}
                }
            }
        }
    }

    private static let sent = 100_000

    /// A request whose body has come to the upstream in part, on a connection that served another before.
    private static func begin(
        _ gateway: TestGateway, _ upstream: RawUpstream, _ method: String
    ) async throws -> (client: RawClient, server: RawClient) {
        let client = try await gateway.connect()
        let token = try TestTokens.token()
        client.post(TestGateway.request("GET", "/x/first", token: token))
        let server = try await upstream.accept()
        _ = try await server.head()
        server.post("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        #expect(try await client.response().status == 200)
        client.post(TestGateway.request(method, "/x/body", ["Content-Length: 10000000"], token: token))
        client.post(String(repeating: "x", count: sent))
        #expect(try await server.head().hasPrefix("\(method) /x/body "))
        _ = try await server.bytes(sent)
        return (client, server)
    }

    /// Whatever comes to the upstream next is another request.
    private static func expectNoSecondTry(_ gateway: TestGateway, _ upstream: RawUpstream) async throws {
        let next = try await gateway.connect()
        next.post(TestGateway.request("GET", "/x/next", token: try TestTokens.token()))
        #expect(try await upstream.accept().head().hasPrefix("GET /x/next "))
    }

    private static let tooLarge = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 8\r\n\r\ntoo long"

    @Test(
        "an upstream that answers and resets is heard, and the request is sent no second time",
        arguments: ["POST", "PUT"])
    func reset(_ method: String) async throws {
        try await Self.run { gateway, upstream in
            let (client, server) = try await Self.begin(gateway, upstream, method)
            server.post(Self.tooLarge)
            server.reset()
            // It goes on sending, as it has not heard yet.
            client.post(String(repeating: "y", count: Self.sent))
            let answer = try await client.response()
            #expect(answer.status == 413)
            #expect(answer.text == "too long")
            let end = await client.closed()
            #expect(end.rest.isEmpty)
            #expect(end.error == nil)
            try await Self.expectNoSecondTry(gateway, upstream)
        }
    }

    @Test(
        "without a whole head there is no answer: 502, and no second try, whatever the method",
        arguments: ["POST", "PUT"], ["", "HTTP/1.1 413 Content Too Large\r\nContent-Le"])
    func noHead(_ method: String, _ begun: String) async throws {
        try await Self.run { gateway, upstream in
            let (client, server) = try await Self.begin(gateway, upstream, method)
            if !begun.isEmpty { server.post(begun) }
            server.reset()
            client.post(String(repeating: "y", count: Self.sent))
            let answer = try await client.response()
            #expect(answer.status == 502)
            #expect(answer.code == "bad_gateway")
            #expect(answer.values("connection") == ["close"])
            #expect(await client.closed().error == nil)
            try await Self.expectNoSecondTry(gateway, upstream)
        }
    }

    @Test("a whole head with half a body behind it arrives as it came, and does not seem whole")
    func halfABody() async throws {
        try await Self.run { gateway, upstream in
            let (client, server) = try await Self.begin(gateway, upstream, "POST")
            server.post(String(Self.tooLarge.dropLast(4)))
            server.reset()
            #expect(try await client.responseHead().status == 413)
            let end = await client.closed()
            #expect("too ".hasPrefix(end.rest))
            let line = try #require(
                await gateway.log.lines(of: "request", count: 2).last { $0.metadata["path"] == "/x/body" }?.metadata)
            #expect(line["cut"] == "true")
            #expect(line["status"] == "413")
        }
    }

    @Test("an upstream that answers and takes no more of the body does not keep its client waiting")
    func stopsReading() async throws {
        try await Self.run { gateway, upstream in
            let (client, server) = try await Self.begin(gateway, upstream, "POST")
            server.setReading(false)
            client.post(String(repeating: "y", count: 9_000_000))
            server.post(Self.tooLarge)
            #expect(try await client.response().status == 413)
            #expect(await client.closed().error == nil)
        }
    }

    @Test("a client that goes on sending gets the answer whole, and no reset before it")
    func stillSending() async throws {
        try await Self.run { gateway, _ in
            let client = try await gateway.connect()
            client.post(TestGateway.request("POST", "/x/body", ["Content-Length: 30000000"]))
            client.post(String(repeating: "x", count: 30_000_000))
            let answer = try await client.response()
            #expect(answer.status == 401)
            #expect(answer.code == "missing_token")
            let end = await client.closed()
            #expect(end.rest.isEmpty)
            #expect(end.error == nil)
        }
    }

    @Test("a client that never stops sending is hung up on all the same")
    func neverStops() async throws {
        try await Self.run { gateway, _ in
            let client = try await gateway.connect()
            client.post(TestGateway.request("POST", "/x/body", ["Transfer-Encoding: chunked"]))
            #expect(try await client.response().status == 401)
            await #expect(throws: (any Error).self) {
                while true { try await client.send("1000\r\n" + String(repeating: "x", count: 4096) + "\r\n") }
            }
        }
    }
}
