import HTTP1
import NIOCore
import Testing

@Suite("An upstream's response heads")
struct ResponseHeadTests {
    private static func response(_ text: String, toHEAD: Bool = false) throws(HeadFault) -> ResponseHead? {
        var parser = ResponseHeadParser(names: Heads.names)
        return try parser.parse(ByteBuffer(string: text), toHEAD: toHEAD) ? parser.head : nil
    }

    @Test("a status line's parts are found where they lie")
    func parts() throws {
        let text = "HTTP/1.1 404 Not  Found \u{E9}\r\nContent-Length: 3\r\nX-User-Id: a\r\n\r\nabc"
        let head = try #require(try Self.response(text))
        #expect(head.status == 404)
        #expect(Heads.text(head.reasonRange, of: text) == "Not  Found \u{E9}")
        #expect(head.minorVersion == 1)
        #expect(head.framing == .length(3))
        #expect(head.keepAlive)
        #expect(head.length == text.utf8.count - 3)
        #expect(head.fields.last?.marks == .managed)
    }

    @Test("a reason may be empty, with or without the space before it", arguments: ["HTTP/1.1 200 ", "HTTP/1.1 200"])
    func noReason(line: String) throws {
        let head = try #require(try Self.response(line + "\r\nContent-Length: 0\r\n\r\n"))
        #expect(head.status == 200)
        #expect(head.reasonRange.isEmpty)
    }

    @Test(
        "a malformed status line is refused",
        arguments: [
            ("HTTP/1.1", HeadFault.badStatusLine), ("HTTP/1.1 20", .badStatusLine), ("HTTP/1.1 2000", .badStatusLine),
            ("HTTP/1.1  200 OK", .badStatusLine), ("HTTP/1.1 20x OK", .badStatusLine),
            ("HTTP/1.1 099 A", .badStatusLine),
            ("HTTP/1.1 600 A", .badStatusLine), ("HTTP/1.1\t200 OK", .badStatusLine),
            ("HTTP/1.1 200\tOK", .badStatusLine),
            ("HTTP/1.1 -12 OK", .badStatusLine), ("", .badStatusLine), ("HTTP/2.0 200 OK", .unsupportedVersion),
            ("http/1.1 200 OK", .badVersion), ("ICY 200 OKAY", .badVersion), ("SMTP/1.1 220 a", .badVersion),
            ("HTTP/1.1 200 O\u{0}K", .controlByte), ("HTTP/1.1 200 O\nK", .bareLineFeed),
            ("HTTP/1.1 200 O\rK", .bareCarriageReturn),
        ])
    func refusedLines(line: String, fault: HeadFault) {
        #expect(throws: fault) { try Self.response(line + "\r\nContent-Length: 0\r\n\r\n") }
    }

    @Test(
        "fields are held to the same rules as a request's",
        arguments: [
            ("Content-Length: 1\r\nContent-Length: 1", HeadFault.repeatedContentLength),
            ("Content-Length: 1\r\nTransfer-Encoding: chunked", .lengthAndEncoding),
            ("Transfer-Encoding: gzip", .badTransferEncoding),
            ("Transfer-Encoding: gzip, chunked", .unsupportedTransferCoding),
            ("Content-Length: 1, 1", .badContentLength), ("A: b\r\n c", .foldedLine), ("A : b", .whitespaceBeforeColon),
            ("A: b\nc", .bareLineFeed), ("Content_Length: 1", .disguisedFraming),
        ])
    func refusedFields(lines: String, fault: HeadFault) {
        for status in [200, 204, 304, 101] {
            #expect(throws: fault) { try Self.response("HTTP/1.1 \(status) A\r\n\(lines)\r\n\r\n") }
        }
    }

    @Test(
        "where the body ends",
        arguments: [
            (200, "Content-Length: 5", false, BodyFraming.length(5)),
            (200, "Transfer-Encoding: chunked", false, .chunked),
            (200, "A: b", false, .untilClose), (500, "A: b", false, .untilClose),
            (200, "Content-Length: 5", true, .none),
            (200, "Transfer-Encoding: chunked", true, .none), (200, "A: b", true, .none),
            (204, "Content-Length: 5", false, .none),
            (304, "Content-Length: 5", false, .none), (304, "Transfer-Encoding: chunked", false, .none),
            (100, "A: b", false, .none),
            (103, "Link: </a>", false, .none), (101, "Connection: upgrade\r\nUpgrade: websocket", false, .none),
            (205, "Content-Length: 0", false, .length(0)),
        ])
    func framing(status: Int, line: String, toHEAD: Bool, expected: BodyFraming) throws {
        let head = try #require(try Self.response("HTTP/1.1 \(status) A\r\n\(line)\r\n\r\n", toHEAD: toHEAD))
        #expect(head.framing == expected)
        #expect(head.isInterim == (status == 100 || status == 103))
        #expect(head.keepAlive == (expected != .untilClose))
    }

    @Test("an HTTP/1.0 answer closes unless it says otherwise, and never has an encoding")
    func old() throws {
        #expect(try Self.response("HTTP/1.0 200 A\r\nContent-Length: 0\r\n\r\n")?.keepAlive == false)
        #expect(
            try Self.response("HTTP/1.0 200 A\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n")?.keepAlive
                == true)
        #expect(throws: HeadFault.encodingInOldVersion) {
            try Self.response("HTTP/1.0 200 A\r\nTransfer-Encoding: chunked\r\n\r\n")
        }
    }

    @Test("an empty line before a response is refused, not passed over")
    func leadingLine() {
        #expect(throws: HeadFault.badStatusLine) { try Self.response("\r\nHTTP/1.1 200 A\r\n\r\n") }
    }

    @Test("a switch of protocols says that it is one, and to what, or is refused")
    func upgrade() throws {
        #expect(
            try Self.response("HTTP/1.1 101 A\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")?.hasUpgrade == true
        )
        for lines in ["Upgrade: websocket", "Connection: upgrade", "Connection: close\r\nUpgrade: websocket", "A: b"] {
            #expect(throws: HeadFault.switchWithoutUpgrade) { try Self.response("HTTP/1.1 101 A\r\n\(lines)\r\n\r\n") }
        }
    }

    @Test("an interim response does not end the connection", arguments: [100, 102, 103])
    func closingInterim(status: Int) {
        #expect(throws: HeadFault.interimThatCloses) {
            try Self.response("HTTP/1.1 \(status) A\r\nConnection: close\r\n\r\n")
        }
    }

    @Test("HTTP/1.0 knows no interim responses", arguments: [100, 101, 103, 199])
    func oldInterim(status: Int) {
        #expect(throws: HeadFault.interimInOldVersion) {
            try Self.response("HTTP/1.0 \(status) A\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")
        }
    }

    @Test("byte by byte, and behind an interim head, it is the same")
    func dripped() throws {
        let text =
            "HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n"
        var parser = ResponseHeadParser(names: Heads.names)
        var buffer = ByteBuffer()
        var statuses: [Int] = []
        for byte in text.utf8 {
            buffer.writeInteger(byte)
            if try parser.parse(buffer, toHEAD: false) {
                statuses.append(parser.head.status)
                buffer.moveReaderIndex(forwardBy: parser.head.length)
                if parser.head.isInterim { parser.reset() }
            }
        }
        #expect(statuses == [103, 200])
        #expect(parser.head.framing == .length(5))
        #expect(!parser.head.keepAlive)
    }
}
