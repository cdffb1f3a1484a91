import Gateway
import NIOHTTP1
import Testing

@Suite("What of a response goes to the client")
struct ClientResponseTests {
    private static func plan(
        _ status: HTTPResponseStatus, _ headers: HTTPHeaders, method: HTTPMethod = .GET,
        version: HTTPVersion = .http1_1, keepAlive: Bool = true
    ) -> ClientResponse.Plan? {
        ClientResponse.plan(
            HTTPResponseHead(version: .http1_1, status: status, headers: headers), method: method, version: version,
            keepAlive: keepAlive, requestID: "request-1")
    }

    @Test("identity headers of an upstream do not leak out, hop-by-hop ones end here")
    func dropped() throws {
        let plan = try #require(
            Self.plan(
                .ok,
                [
                    "X-User-Id": "1", "x_customer_id": "2", "X-Gateway-Assertion": "3", "X-Request-Id": "other",
                    "Connection": "X-Secret", "X-Secret": "s", "Keep-Alive": "timeout=5", "Content-Length": "2",
                    "ETag": "\"1\"", "Set-Cookie": "a=1", "Set-Cookie": "b=2", "Via": "1.1 inner",
                ]))
        #expect(plan.head.headers["x-request-id"] == ["request-1"])
        #expect(plan.head.headers["set-cookie"] == ["a=1", "b=2"])
        #expect(plan.head.headers["via"] == ["1.1 inner, 1.1 lockstep-gateway"])
        #expect(plan.head.headers["content-length"] == ["2"])
        for name in ["x-user-id", "x_customer_id", "x-gateway-assertion", "x-secret", "keep-alive", "connection"] {
            #expect(plan.head.headers[name].isEmpty, "\(name)")
        }
    }

    @Test("a body without a length is chunked for HTTP/1.1 and ends with the connection for HTTP/1.0")
    func framing() throws {
        let modern = try #require(Self.plan(.ok, ["Transfer-Encoding": "chunked"]))
        #expect(modern.head.headers["transfer-encoding"] == ["chunked"])
        #expect(!modern.endsWithConnection)
        let old = try #require(Self.plan(.ok, ["Transfer-Encoding": "chunked"], version: .http1_0))
        #expect(old.head.headers["transfer-encoding"].isEmpty)
        #expect(old.head.headers["connection"] == ["close"])
        #expect(old.endsWithConnection)
        let kept = try #require(Self.plan(.ok, ["Content-Length": "1"], version: .http1_0))
        #expect(kept.head.headers["connection"] == ["keep-alive"])
    }

    @Test("HEAD, 204 and 304 have no body, whatever their fields say")
    func bodiless() throws {
        let head = try #require(Self.plan(.ok, ["Content-Length": "500"], method: .HEAD))
        #expect(head.head.headers["content-length"] == ["500"])
        let streamed = try #require(Self.plan(.ok, ["Transfer-Encoding": "chunked"], method: .HEAD))
        #expect(streamed.head.headers["transfer-encoding"].isEmpty)
        let empty = try #require(Self.plan(.noContent, ["Content-Length": "0"]))
        #expect(empty.head.headers["content-length"].isEmpty)
        let unchanged = try #require(Self.plan(.notModified, ["ETag": "x", "Content-Length": "9"]))
        #expect(unchanged.head.headers["content-length"] == ["9"])
        #expect(unchanged.head.headers["transfer-encoding"].isEmpty)
    }

    @Test("a response that nobody asked for, or with two ends, is none")
    func refused() {
        #expect(Self.plan(.switchingProtocols, ["Upgrade": "websocket", "Connection": "upgrade"]) == nil)
        #expect(Self.plan(.continue, [:]) == nil)
        #expect(Self.plan(.ok, ["Content-Length": "1", "Transfer-Encoding": "chunked"]) == nil)
        #expect(Self.plan(.ok, ["Content-Length": "1", "Content-Length": "2"]) == nil)
        #expect(Self.plan(.ok, ["Content-Length": "x"]) == nil)
        #expect(Self.plan(.ok, ["Transfer-Encoding": "gzip"]) == nil)
    }

    @Test("a client whose connection ends is told")
    func close() throws {
        let plan = try #require(Self.plan(.ok, ["Content-Length": "1"], keepAlive: false))
        #expect(plan.head.headers["connection"] == ["close"])
    }
}
