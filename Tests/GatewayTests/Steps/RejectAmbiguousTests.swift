import Gateway
import HTTPKit
import HTTPTypes
import NIOHTTP1
import Testing

@Suite("Step 1: nothing ambiguous gets in")
struct RejectAmbiguousTests {
    private static func head(
        _ headers: [(String, String)], method: HTTPMethod = .POST, version: HTTPVersion = .http1_1
    ) -> HTTPRequestHead {
        HTTPRequestHead(version: version, method: method, uri: "/api/x", headers: HTTPHeaders(headers))
    }
    private static let host = ("Host", "gateway.test")

    @Test(
        "what two servers could read in two ways is malformed_request",
        arguments: [
            [], [("Host", "a"), ("Host", "a")], [("Host", "a"), ("host", "b")], [("Host", "")], [("Host", "a b")],
            [("Host", "a/b")], [("Host", "a@b")], [("Host", "a,b")], [("Host", "é")],
            [host, ("Content-Length", "5"), ("Transfer-Encoding", "chunked")],
            [host, ("transfer-encoding", "chunked"), ("content-length", "0")],
            [host, ("Content-Length", "5"), ("Content-Length", "5")],
            [host, ("Content-Length", "5"), ("content-length", "6")],
            [host, ("Content-Length", "5, 5")], [host, ("Content-Length", "+5")], [host, ("Content-Length", "-5")],
            [host, ("Content-Length", " 5")], [host, ("Content-Length", "0x5")], [host, ("Content-Length", "")],
            [host, ("Content-Length", "9999999999999999999")],
            [host, ("Content_Length", "5")], [host, ("Content.Length", "5")],
            [host, ("Transfer_Encoding", "chunked")], [host, ("transfer.encoding", "chunked")],
            [host, ("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "chunked")],
            [host, ("Transfer-Encoding", "chunked, chunked")], [host, ("Transfer-Encoding", "gzip, chunked")],
            [host, ("Transfer-Encoding", "identity")], [host, ("Transfer-Encoding", "xchunked")],
            [host, ("Transfer-Encoding", "chunked;q=1")], [host, ("Transfer-Encoding", "")],
            [host, ("Transfer-Encoding", "\u{0B}chunked")],
            [host, ("Authorization", "Bearer a"), ("Authorization", "Bearer a")],
            [host, ("Authorization", "Bearer a"), ("authorization", "Bearer b")],
            [host, ("X-A", "b\r\nX-User-Id: 1")], [host, ("X-A", "b\nc")], [host, ("X-A", "b\u{0}c")],
            [host, ("X-A", "b\u{7F}")], [host, ("Expect", "200-ok")], [host, ("Expect", "100-continue, x")],
        ])
    func malformed(_ headers: [(String, String)]) {
        let error = #expect(throws: Refusal.self) { try RejectAmbiguous.check(Self.head(headers)) }
        #expect(error?.code == .malformedRequest)
        #expect(error?.code.status.code == 400)
    }

    @Test("a chunked body in HTTP/1.0 is refused, and so are CONNECT and TRACE")
    func versionsAndMethods() {
        let chunked = [Self.host, ("Transfer-Encoding", "chunked")]
        #expect(throws: Refusal.self) { try RejectAmbiguous.check(Self.head(chunked, version: .http1_0)) }
        #expect(throws: Refusal.self) { try RejectAmbiguous.check(Self.head([Self.host], method: .CONNECT)) }
        let trace = #expect(throws: Refusal.self) { try RejectAmbiguous.check(Self.head([Self.host], method: .TRACE)) }
        #expect(trace?.code == .methodNotAllowed)
    }

    @Test("HTTP/1.0 may come without Host, but not with two")
    func oldHost() throws {
        #expect(try RejectAmbiguous.check(Self.head([], method: .GET, version: .http1_0)) == .none)
        #expect(throws: Refusal.self) {
            try RejectAmbiguous.check(Self.head([Self.host, Self.host], method: .GET, version: .http1_0))
        }
    }

    @Test("plain framing is understood")
    func framing() throws {
        #expect(try RejectAmbiguous.check(Self.head([Self.host], method: .GET)) == .none)
        #expect(try RejectAmbiguous.check(Self.head([Self.host, ("Content-Length", "0")], method: .GET)) == .none)
        #expect(try RejectAmbiguous.check(Self.head([Self.host, ("Content-Length", "0")])) == .length(0))
        #expect(try RejectAmbiguous.check(Self.head([Self.host, ("content-LENGTH", "42")])) == .length(42))
        #expect(try RejectAmbiguous.check(Self.head([Self.host, ("Transfer-Encoding", "Chunked")])) == .chunked)
        #expect(try RejectAmbiguous.check(Self.head([("Host", "[::1]:8000"), ("Expect", "100-Continue")])) == .none)
    }
}
