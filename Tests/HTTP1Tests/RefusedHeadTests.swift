import HTTP1
import NIOCore
import Testing

@Suite("Request heads that are refused")
struct RefusedHeadTests {
    /// A head, and what is wrong with it.
    struct Attack: Sendable, CustomTestStringConvertible {
        var fault: HeadFault
        var head: String

        init(_ fault: HeadFault, _ head: String) {
            self.fault = fault
            self.head = head
        }

        var testDescription: String { "\(fault.rawValue): \(head.debugDescription.prefix(90))" }
    }

    static let lines: [Attack] = [
        Attack(.bareLineFeed, "GET / HTTP/1.1\nHost: a\r\n\r\n"),
        Attack(.bareLineFeed, "GET / HTTP/1.1\r\nHost: a\n\r\n"),
        Attack(.bareLineFeed, "GET / HTTP/1.1\r\nHost: a\r\n\n"),
        Attack(.bareLineFeed, "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.bareLineFeed, Heads.with("A: b\nTransfer-Encoding: chunked")),
        Attack(.bareCarriageReturn, "GET / HTTP/1.1\rHost: a\r\n\r\n"),
        Attack(.bareCarriageReturn, Heads.with("A: b\rc")),
        Attack(.bareCarriageReturn, Heads.with("A: b\r")),
        Attack(.bareCarriageReturn, Heads.with("A: b\r\rc")),
        Attack(.foldedLine, Heads.with("A: b", " c")),
        Attack(.foldedLine, Heads.with("A: b", "\tTransfer-Encoding: chunked")),
        Attack(.foldedLine, Heads.with("A: b", " ")),
        Attack(.whitespaceBeforeFields, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
        Attack(.whitespaceBeforeFields, "GET / HTTP/1.1\r\n\tHost: a\r\n\r\n"),
        Attack(.badRequestLine, "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.controlByte, "GET /\u{0} HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.controlByte, "\u{16}\u{3}\u{1}"),
        Attack(.controlByte, Heads.with("A: b\u{0}c")),
        Attack(.controlByte, Heads.with("A\u{0}: b")),
        Attack(.controlByte, Heads.with("A: \u{B}b")),
        Attack(.controlByte, Heads.with("A: b\u{C}")),
        Attack(.controlByte, Heads.with("A: \u{1B}[0m")),
        Attack(.controlByte, Heads.with("A: b\u{7F}")),
        Attack(.controlByte, Heads.with("A: \u{8}")),
    ]

    static let requestLines: [Attack] = [
        Attack(.badRequestLine, "GET /\r\nHost: a\r\n\r\n"),
        Attack(.badRequestLine, "GET\r\nHost: a\r\n\r\n"),
        Attack(.badRequestLine, " GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.badRequestLine, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.badVersion, "GET /  HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.badVersion, "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"),
        Attack(.badVersion, "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.badVersion, "GET / http/1.1\r\nHost: a\r\n\r\n"),
        Attack(.badVersion, "GET / HTTP/1.10\r\nHost: a\r\n\r\n"),
        Attack(.badVersion, "GET / HTTP/1\r\nHost: a\r\n\r\n"),
        Attack(.badVersion, "GET / HTTP/1,1\r\nHost: a\r\n\r\n"),
        Attack(.badVersion, "GET / HTTP/x.1\r\nHost: a\r\n\r\n"),
        Attack(.badVersion, "GET / ICAP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.badVersion, "GET / \r\nHost: a\r\n\r\n"),
        Attack(.unsupportedVersion, "GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
        Attack(.unsupportedVersion, "GET / HTTP/1.2\r\nHost: a\r\n\r\n"),
        Attack(.unsupportedVersion, "GET / HTTP/0.9\r\n\r\n"),
        Attack(.unsupportedVersion, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        Attack(.badMethod, "G\tT / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.badMethod, "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.badMethod, "G:T / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.badMethod, "\u{E9} / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.badMethod, String(repeating: "A", count: 33) + " / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.connectNotServed, "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"),
        Attack(.connectNotServed, "CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.asteriskTarget, "GET * HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.badTarget, "OPTIONS ** HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.badTarget, "OPTIONS *?a HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.badTarget, "GET a:443 HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.badTarget, "GET a HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.badTarget, "GET ?a HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.badTarget, "GET \\a HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.badTarget, "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.badTarget, "GET /aaaaaaaaaaaaaaa\u{E9} HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.badTarget, "GET /\t HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.badTarget, "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.badTarget, "GET http:/a HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.badTarget, "GET http:///a HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.badTarget, "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.badTarget, "GET http://a:b/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.badTarget, "GET http://a\\b/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.authorityMismatch, "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.authorityMismatch, "GET http://a:80/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attack(.authorityMismatch, "GET http://a/ HTTP/1.1\r\nHost: a.b\r\n\r\n"),
    ]

    static let fields: [Attack] = [
        Attack(.emptyName, Heads.with(": b")),
        Attack(.emptyName, Heads.with(":")),
        Attack(.missingColon, Heads.with("A")),
        Attack(.whitespaceBeforeColon, Heads.with("GET / HTTP/1.1")),
        Attack(.missingColon, Heads.with("Aaaaaaaaaaaaaaaaaaaaaaaaaaa")),
        Attack(.whitespaceBeforeColon, Heads.with("A : b")),
        Attack(.whitespaceBeforeColon, Heads.with("A\t: b")),
        Attack(.whitespaceBeforeColon, Heads.with("Content-Length : 5")),
        Attack(.whitespaceBeforeColon, Heads.with("Transfer-Encoding : chunked")),
        Attack(.whitespaceBeforeColon, Heads.with("Sp ace: b")),
        Attack(.badName, Heads.with("(A): b")),
        Attack(.badName, Heads.with("A\u{E9}: b")),
        Attack(.badName, Heads.with("A@b: c")),
        Attack(.badName, Heads.with("A[0]: b")),
        Attack(.badName, Heads.with("Transfer-Encoding\u{E9}: chunked")),
        Attack(.badName, Heads.with("\"A\": b")),
        Attack(.badName, Heads.with("A/b: c")),
        Attack(.badConnectionOption, Heads.with("Connection: a b")),
        Attack(.badConnectionOption, Heads.with("Connection: keep-alive\t")),
        Attack(.badConnectionOption, Heads.with("Connection: \"close\"")),
        Attack(.badConnectionOption, Heads.with("Connection: close;a")),
        Attack(.tooManyConnectionOptions, Heads.with("Connection: " + String(repeating: "a,", count: 33))),
        Attack(.unknownExpectation, Heads.with("Expect: 200-ok")),
        Attack(.unknownExpectation, Heads.with("Expect: 100-continue, 100-continue")),
        Attack(.unknownExpectation, Heads.with("Expect: 100-continue", "Expect: other")),
    ]

    static let framing: [Attack] = [
        Attack(.lengthAndEncoding, Heads.with("Content-Length: 5", "Transfer-Encoding: chunked")),
        Attack(.lengthAndEncoding, Heads.with("Transfer-Encoding: chunked", "Content-Length: 0")),
        Attack(.repeatedContentLength, Heads.with("Content-Length: 5", "Content-Length: 6")),
        Attack(.repeatedContentLength, Heads.with("Content-Length: 5", "content-length: 5")),
        Attack(.badContentLength, Heads.with("Content-Length:")),
        Attack(.badContentLength, Heads.with("Content-Length: +5")),
        Attack(.badContentLength, Heads.with("Content-Length: 5\t")),
        Attack(.badContentLength, Heads.with("Content-Length:\t5")),
        Attack(.badContentLength, Heads.with("Content-Length: -0")),
        Attack(.badContentLength, Heads.with("Content-Length: 0x5")),
        Attack(.badContentLength, Heads.with("Content-Length: 5, 5")),
        Attack(.badContentLength, Heads.with("Content-Length: 5 5")),
        Attack(.badContentLength, Heads.with("Content-Length: 5.0")),
        Attack(.badContentLength, Heads.with("Content-Length: 1e3")),
        Attack(.badContentLength, Heads.with("Content-Length: \u{664}")),
        Attack(.badContentLength, Heads.with("Content-Length: 9223372036854775808")),
        Attack(.badContentLength, Heads.with("Content-Length: 99999999999999999999999")),
        Attack(.badTransferEncoding, Heads.with("Transfer-Encoding:")),
        Attack(.badTransferEncoding, Heads.with("Transfer-Encoding: identity")),
        Attack(.badTransferEncoding, Heads.with("Transfer-Encoding: chunked\t")),
        Attack(.badTransferEncoding, Heads.with("Transfer-Encoding:\tchunked")),
        Attack(.badTransferEncoding, Heads.with("Transfer-Encoding: gzip")),
        Attack(.badTransferEncoding, Heads.with("Transfer-Encoding: chunked, gzip")),
        Attack(.badTransferEncoding, Heads.with("Transfer-Encoding: chunked, chunked")),
        Attack(.badTransferEncoding, Heads.with("Transfer-Encoding: xchunked")),
        Attack(.badTransferEncoding, Heads.with("Transfer-Encoding: chunkedx")),
        Attack(.badTransferEncoding, Heads.with("Transfer-Encoding: \"chunked\"")),
        Attack(.badTransferEncoding, Heads.with("Transfer-Encoding: chunked;q=1")),
        Attack(.badTransferEncoding, Heads.with("Transfer-Encoding: chunked\u{E9}")),
        Attack(.badTransferEncoding, Heads.with("Transfer-Encoding: chun ked")),
        Attack(.unsupportedTransferCoding, Heads.with("Transfer-Encoding: gzip, chunked")),
        Attack(.unsupportedTransferCoding, Heads.with("Transfer-Encoding: identity, chunked")),
        Attack(.unsupportedTransferCoding, Heads.with("Transfer-Encoding: , chunked")),
        Attack(.repeatedTransferEncoding, Heads.with("Transfer-Encoding: chunked", "Transfer-Encoding: chunked")),
        Attack(.encodingInOldVersion, "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"),
        Attack(.disguisedFraming, Heads.with("Content_Length: 5")),
        Attack(.disguisedFraming, Heads.with("content.length: 5")),
        Attack(.disguisedFraming, Heads.with("TRANSFER_ENCODING: chunked")),
        Attack(.disguisedFraming, Heads.with("Transfer.Encoding: chunked")),
    ]

    static let hosts: [Attack] =
        [
            Attack(.missingHost, "GET / HTTP/1.1\r\n\r\n"),
            Attack(.missingHost, "GET http://a/ HTTP/1.1\r\nHosts: a\r\n\r\n"),
            Attack(.repeatedHost, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
            Attack(.repeatedHost, "GET / HTTP/1.1\r\nHost: a\r\nHOST: b\r\n\r\n"),
            Attack(.repeatedHost, "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"),
        ]
        + [
            "", "a b", "u@a", "u:p@a", "a/b", "a?b", "a#b", "a,b", "a:", ":80", "a:b", "a:80:80", "a:123456", "a\tb",
            "[::1",
            "::1", "[]", "[::1]a", "[::1]:", "[g]", "a%2eb", "\u{E9}", "a;b", "a\\b", "http://a", "\"a\"", "*", "(a)",
            String(repeating: "a", count: 262),
        ].map { Attack(.badHost, "GET / HTTP/1.1\r\nHost: \($0)\r\n\r\n") }

    @Test(
        "each attack is refused for what it is",
        arguments: [lines, requestLines, fields, framing, hosts].joined().map { $0 })
    func refuses(attack: Attack) {
        #expect(Heads.fault(attack.head) == attack.fault)
    }

    @Test(
        "however it is cut, an attack is refused for the same reason",
        arguments: [lines, requestLines, fields, framing, hosts].joined().map { $0 })
    func refusesInPieces(attack: Attack) {
        let bytes = Array(attack.head.utf8)
        let whole = OwnReader.read(bytes)
        #expect(whole.fault == attack.fault.rawValue)
        #expect(OwnReader.read(bytes, sizes: repeatElement(1, count: bytes.count)) == whole)
        for cut in bytes.indices { #expect(OwnReader.read(bytes, sizes: [cut]) == whole) }
    }

    @Test("a refused parser refuses again until it is reset")
    func staysRefused() throws {
        var parser = RequestHeadParser(names: Heads.names)
        let right = Heads.with("A: b")
        #expect(throws: HeadFault.emptyName) { try parser.parse(.init(string: Heads.with(": b"))) }
        #expect(throws: HeadFault.emptyName) { try parser.parse(.init(string: right)) }
        parser.reset()
        #expect(try parser.parse(.init(string: right)))
    }

    @Test("each fault has a text of its own and one of the statuses that RFC 9110 has for it")
    func texts() {
        #expect(Set(HeadFault.allCases.map(\.text)).count == HeadFault.allCases.count)
        for fault in HeadFault.allCases { #expect([400, 414, 417, 431, 501, 505].contains(fault.status)) }
        #expect(HeadFault.targetTooLong.status == 414)
        #expect(HeadFault.headTooLarge.status == 431)
        #expect(HeadFault.tooManyFields.status == 431)
        #expect(HeadFault.unsupportedTransferCoding.status == 501)
        #expect(HeadFault.unsupportedVersion.status == 505)
        #expect(HeadFault.lengthAndEncoding.status == 400)
    }
}
