import HTTP1
import Testing

@testable import Gateway

@Suite("What of a response goes to the client")
struct ClientResponseTests {
    private struct Written {
        var body: ClientResponse.Body?
        var lines: WrittenLines
    }

    private static func write(
        _ lines: [String], start: String = "HTTP/1.1 200 OK", request: String = "GET / HTTP/1.1", keepAlive: Bool = true
    ) throws -> Written {
        let request = try Received.request(start: request)
        let response = try Received.response(lines, start: start, toHEAD: request.head.method == .head)
        var body: ClientResponse.Body?
        let written = WrittenLines {
            body = ClientResponse.write(
                response, to: request.head, keepAlive: keepAlive, requestID: "request-1", into: &$0)
        }
        return Written(body: body, lines: written)
    }

    @Test("identity headers of an upstream do not leak out, hop-by-hop ones end here")
    func dropped() throws {
        let written = try Self.write([
            "X-User-Id: 1", "x_customer_id: 2", "X-Gateway-Assertion: 3", "X-Request-Id: other", "Connection: X-Secret",
            "X-Secret: s", "Keep-Alive: timeout=5", "Content-Length: 2", "ETag: \"1\"", "Set-Cookie: a=1",
            "Set-Cookie: b=2", "Via: 1.1 inner",
        ]).lines
        #expect(written.lines.first == "HTTP/1.1 200 OK")
        #expect(written["x-request-id"] == ["request-1"])
        #expect(written["set-cookie"] == ["a=1", "b=2"])
        #expect(written["via"] == ["1.1 inner, 1.1 lockstep-gateway"])
        #expect(written["content-length"] == ["2"])
        for name in ["x-user-id", "x_customer_id", "x-gateway-assertion", "x-secret", "keep-alive", "connection"] {
            #expect(written[name].isEmpty, "\(name)")
        }
    }

    @Test("chunks go on as chunks to HTTP/1.1, and their data ends with the connection of HTTP/1.0")
    func framing() throws {
        let modern = try Self.write(["Transfer-Encoding: chunked"])
        #expect(modern.lines["transfer-encoding"] == ["chunked"])
        #expect(modern.body == .asIs)
        let old = try Self.write(["Transfer-Encoding: chunked"], request: "GET / HTTP/1.0")
        #expect(old.lines["transfer-encoding"].isEmpty)
        #expect(old.lines["connection"] == ["close"])
        #expect(old.body == .untilClose)
        let kept = try Self.write(["Content-Length: 1"], request: "GET / HTTP/1.0")
        #expect(kept.lines["connection"] == ["keep-alive"])
        #expect(kept.body == .asIs)
    }

    @Test("a body that ends with the upstream's connection becomes chunks, or ends with the client's")
    func untilClose() throws {
        let modern = try Self.write([])
        #expect(modern.lines["transfer-encoding"] == ["chunked"])
        #expect(modern.body == .chunked)
        #expect(try Self.write([], request: "GET / HTTP/1.0").body == .untilClose)
    }

    @Test("HEAD, 204 and 304 have no body, whatever their fields say")
    func bodiless() throws {
        let head = try Self.write(["Content-Length: 500"], request: "HEAD / HTTP/1.1")
        #expect(head.lines["content-length"] == ["500"])
        let streamed = try Self.write(["Transfer-Encoding: chunked"], request: "HEAD / HTTP/1.1")
        #expect(streamed.lines["transfer-encoding"].isEmpty)
        let empty = try Self.write(["Content-Length: 0"], start: "HTTP/1.1 204 No Content")
        #expect(empty.lines["content-length"].isEmpty)
        let unchanged = try Self.write(["ETag: x", "Content-Length: 9"], start: "HTTP/1.1 304 Not Modified")
        #expect(unchanged.lines["content-length"] == ["9"])
        #expect(unchanged.lines["transfer-encoding"].isEmpty)
    }

    @Test("a 101 that nobody asked for is none")
    func refused() throws {
        let upgrade = try Self.write(
            ["Upgrade: websocket", "Connection: upgrade"], start: "HTTP/1.1 101 Switching Protocols")
        #expect(upgrade.body == nil)
        #expect(upgrade.lines.lines.isEmpty)
    }

    @Test("a status line has its space, with a reason and without", arguments: ["HTTP/1.1 200", "HTTP/1.0 200 "])
    func reason(_ start: String) throws {
        #expect(try Self.write(["Content-Length: 0"], start: start).lines.lines.first == "HTTP/1.1 200 ")
    }

    @Test("a client whose connection ends is told")
    func close() throws {
        #expect(try Self.write(["Content-Length: 1"], keepAlive: false).lines["connection"] == ["close"])
    }
}
