import NIOCore
import NIOHPACK
import Testing

@testable import Gateway

@Suite("An HTTP/2 request as HTTP/1.1")
struct RequestTranslationTests {
    static let get: [(String, String)] = [
        (":method", "GET"), (":scheme", "https"), (":path", "/a?b=c"), (":authority", "gateway.test"),
    ]
    private static let post: [(String, String)] = [
        (":method", "POST"), (":scheme", "https"), (":path", "/a"), (":authority", "gateway.test"),
    ]

    private enum Frame {
        case headers([(String, String)], end: Bool = false)
        case data(String, end: Bool = false)
    }

    /// What the HTTP/1.1 side reads up to the first fault, and that fault.
    private static func translate(_ frames: [Frame]) -> (text: String, fault: StreamFault?) {
        var translation = RequestTranslation()
        var text = ""
        for frame in frames {
            do throws(StreamFault) {
                let bytes =
                    switch frame {
                    case .headers(let fields, let end): try translation.headers(HPACKHeaders(fields), endsStream: end)
                    case .data(let data, let end):
                        try translation.data(ByteBuffer(string: data), endsStream: end)
                    }
                text += bytes.map { String(buffer: $0) } ?? ""
            } catch {
                return (text, error)
            }
        }
        return (text, nil)
    }

    @Test("a request without a body is a head")
    func noBody() {
        let fields = Self.get + [("accept", "*/*"), ("x-empty", ""), ("te", "trailers")]
        #expect(
            Self.translate([.headers(fields, end: true)])
                == (
                    "GET /a?b=c HTTP/1.1\r\nhost: gateway.test\r\naccept: */*\r\nx-empty: \r\nte: trailers\r\n\r\n", nil
                ))
        #expect(
            Self.translate([.headers(Self.post, end: true)])
                == ("POST /a HTTP/1.1\r\nhost: gateway.test\r\ncontent-length: 0\r\n\r\n", nil))
    }

    @Test("a body whose length is told is counted, and passed on as it is")
    func counted() {
        let head = Self.post + [("content-length", "5")]
        let text = "POST /a HTTP/1.1\r\nhost: gateway.test\r\ncontent-length: 5\r\n\r\nhello"
        #expect(Self.translate([.headers(head), .data("hel"), .data("lo", end: true)]) == (text, nil))
        #expect(Self.translate([.headers(head), .data("hello"), .data("", end: true)]) == (text, nil))
        #expect(Self.translate([.headers(head), .data("hello"), .headers([("x-sum", "1")], end: true)]) == (text, nil))
    }

    @Test("a body without a length goes in chunks made here; an empty frame is no last chunk")
    func chunked() {
        let frames: [Frame] = [
            .headers(Self.post), .data(""), .data("0\r\n\r\n"), .data(""), .data("0123456789abcdef"),
            .headers([("x-sum", "1")], end: true),
        ]
        #expect(
            Self.translate(frames)
                == (
                    """
                    POST /a HTTP/1.1\r\nhost: gateway.test\r\ntransfer-encoding: chunked\r\n\r\n\
                    5\r\n0\r\n\r\n\r\n10\r\n0123456789abcdef\r\n0\r\nx-sum: 1\r\n\r\n
                    """, nil
                ))
        #expect(Self.translate([.headers(Self.post), .data("a", end: true)]).text.hasSuffix("1\r\na\r\n0\r\n\r\n"))
    }

    @Test("cookie crumbs are one field again")
    func cookies() {
        let fields = Self.get + [("cookie", "a=1"), ("x", "y"), ("cookie", "b=2")]
        #expect(
            Self.translate([.headers(fields, end: true)]).text.hasSuffix("x: y\r\ncookie: a=1; b=2\r\n\r\n"))
    }

    @Test("host alone is the authority, and both are if they agree")
    func authority() {
        let fields: [(String, String)] = [(":method", "GET"), (":scheme", "https"), (":path", "/"), ("host", "a.test")]
        #expect(Self.translate([.headers(fields, end: true)]).text == "GET / HTTP/1.1\r\nhost: a.test\r\n\r\n")
        #expect(Self.translate([.headers(Self.get + [("host", "Gateway.Test")], end: true)]).fault == nil)
    }

    struct Malformed: Sendable, CustomTestStringConvertible {
        let name: String
        let fields: [(String, String)]
        let fault: StreamFault
        var testDescription: String { name }

        init(_ name: String, _ fields: [(String, String)], _ fault: StreamFault) {
            self.name = name
            self.fields = fields
            self.fault = fault
        }

        /// A GET with one of its pseudo-header fields changed.
        init(_ name: String, _ field: String, _ value: String?, _ fault: StreamFault) {
            let fields = RequestTranslationTests.get.compactMap { pair in
                pair.0 == field ? value.map { (field, $0) } : pair
            }
            self.init(name, fields, fault)
        }
    }

    static let malformed = [
        Malformed("a pseudo field behind a field", [("a", "b")] + get, .misplacedPseudoField),
        Malformed("an unknown pseudo field", get + [(":protocol", "websocket")], .unknownPseudoField),
        Malformed("a response's pseudo field", get + [(":status", "200")], .unknownPseudoField),
        Malformed("an upper-case pseudo field", get + [(":Path", "/b")], .unknownPseudoField),
        Malformed("two methods", get + [(":method", "POST")], .repeatedPseudoField),
        Malformed("two paths", get + [(":path", "/b")], .repeatedPseudoField),
        Malformed("two authorities", get + [(":authority", "b")], .repeatedPseudoField),
        Malformed("no method", ":method", nil, .missingPseudoField),
        Malformed("no path", ":path", nil, .missingPseudoField),
        Malformed("no scheme", ":scheme", nil, .missingPseudoField),
        Malformed("no authority", ":authority", nil, .missingPseudoField),
        Malformed("an empty authority", ":authority", "", .badAuthority),
        Malformed("an authority with a user", ":authority", "evil@gateway.test", .badAuthority),
        Malformed("an authority with a path", ":authority", "gateway.test/x", .badAuthority),
        Malformed("an authority with a line", ":authority", "a\r\nx: y", .badValue),
        Malformed("another host", get + [("host", "other.test")], .authorityMismatch),
        Malformed("two hosts", get + [("host", "gateway.test"), ("host", "gateway.test")], .authorityMismatch),
        Malformed("clear text's scheme", ":scheme", "http", .badScheme),
        Malformed("a scheme with a request in it", ":scheme", "https://x/ HTTP/1.1\r\n", .badValue),
        Malformed("an empty path", ":path", "", .badPath),
        Malformed("a path without its slash", ":path", "a", .badPath),
        Malformed("an absolute path", ":path", "https://other.test/", .badPath),
        Malformed("an asterisk for a GET", ":path", "*", .badPath),
        Malformed("a path with a space", ":path", "/a HTTP/1.1", .badPath),
        Malformed("a path with a line", ":path", "/a HTTP/1.1\r\nx: y", .badValue),
        Malformed("a path with a tab", ":path", "/a\tb", .badPath),
        Malformed("a path with a fragment", ":path", "/a#b", .badPath),
        Malformed("a path beyond ASCII", ":path", "/\u{E9}", .badPath),
        Malformed("a method with a space", ":method", "GET /x", .badMethod),
        Malformed("an empty method", ":method", "", .badMethod),
        Malformed("a long method", ":method", String(repeating: "A", count: 33), .badMethod),
        Malformed("an upper-case name", get + [("X-User-Id", "1")], .badName),
        Malformed("an empty name", get + [("", "1")], .badName),
        Malformed("a name with a space", get + [("a b", "1")], .badName),
        Malformed("a name with a colon", get + [("a:b", "1")], .badName),
        Malformed("a name with a line", get + [("a\r\nb", "1")], .badName),
        Malformed("a value with a line", get + [("a", "b\r\nx-user-id: 1")], .badValue),
        Malformed("a value with a line feed", get + [("a", "b\nc")], .badValue),
        Malformed("a value with a carriage return", get + [("a", "b\rc")], .badValue),
        Malformed("a value with a NUL", get + [("a", "b\u{0}c")], .badValue),
        Malformed("a value that begins with a space", get + [("a", " b")], .badValue),
        Malformed("a value that ends with a tab", get + [("a", "b\t")], .badValue),
        Malformed("Connection", get + [("connection", "x-user-id")], .connectionSpecific),
        Malformed("Keep-Alive", get + [("keep-alive", "timeout=5")], .connectionSpecific),
        Malformed("Proxy-Connection", get + [("proxy-connection", "close")], .connectionSpecific),
        Malformed("Transfer-Encoding", get + [("transfer-encoding", "chunked")], .connectionSpecific),
        Malformed("Upgrade", get + [("upgrade", "h2c")], .connectionSpecific),
        Malformed("TE with a coding", get + [("te", "gzip, trailers")], .connectionSpecific),
        Malformed("two lengths", get + [("content-length", "0"), ("content-length", "0")], .badContentLength),
        Malformed("a signed length", get + [("content-length", "+0")], .badContentLength),
        Malformed("a list of lengths", get + [("content-length", "0, 0")], .badContentLength),
        Malformed("a length out of range", get + [("content-length", "9999999999999999999")], .badContentLength),
        Malformed("a length without a body", get + [("content-length", "1")], .lengthMismatch),
    ]

    @Test("what RFC 9113 calls malformed is refused, and nothing of it is passed on", arguments: malformed)
    func refused(_ request: Malformed) {
        #expect(Self.translate([.headers(request.fields, end: true)]) == ("", request.fault))
    }

    @Test("a body that is not as long as it says never seems whole")
    func mismatch() {
        let head = Self.post + [("content-length", "5")]
        let smuggled = "GET /smuggled HTTP/1.1\r\n\r\n"
        for frames: [Frame] in [
            [.headers(head), .data("hello" + smuggled, end: true)],
            [.headers(head), .data("hello"), .data(smuggled)],
            [.headers(head), .data("hell", end: true)], [.headers(head), .data("hell"), .headers([], end: true)],
            [.headers(Self.post + [("content-length", "0")]), .data(smuggled)],
        ] {
            let (text, fault) = Self.translate(frames)
            #expect(fault == .lengthMismatch)
            #expect(!text.contains("smuggled"))
        }
    }

    @Test("trailers end the request, and have no pseudo fields")
    func trailers() {
        #expect(Self.translate([.headers(Self.post), .headers([("a", "b")])]).fault == .misplacedFrame)
        #expect(Self.translate([.headers(Self.post), .headers(Self.post, end: true)]).fault == .misplacedPseudoField)
        #expect(
            Self.translate([.headers(Self.post), .headers([("a", "b\r\n\r\nGET / HTTP/1.1")], end: true)]).fault
                == .badValue)
        #expect(
            Self.translate([.headers(Self.post), .headers([("connection", "a")], end: true)]).fault
                == .connectionSpecific)
        #expect(Self.translate([.headers(Self.get, end: true), .data("x", end: true)]).fault == .misplacedFrame)
        #expect(Self.translate([.headers(Self.get, end: true), .headers([], end: true)]).fault == .misplacedFrame)
    }

    @Test("CONNECT is left to be refused, and what follows it is dropped")
    func connect() {
        let fields = [(":method", "CONNECT"), (":authority", "other.test:443")]
        let (text, fault) = Self.translate([.headers(fields), .data("GET / HTTP/1.1\r\n\r\n", end: true)])
        #expect(text == "CONNECT other.test:443 HTTP/1.1\r\nhost: other.test:443\r\n\r\n")
        #expect(fault == nil)
    }
}
