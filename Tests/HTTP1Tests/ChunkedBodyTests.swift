import HTTP1
import NIOCore
import Testing

@Suite("Chunked bodies")
struct ChunkedBodyTests {
    struct Result: Equatable {
        var bytes: String
        var isEnd = false
        var fault: BodyFault?
        var rest = ""
    }

    static func read(
        _ text: String, output: ChunkedBodyParser.Output, limits: BodyLimits = BodyLimits(), step: Int = .max
    ) -> Result {
        var kept: [UInt8] = []
        var result = Result(bytes: "")
        var buffer = ByteBuffer()
        do throws(BodyFault) {
            var parser = try BodyParser(.chunked, output: output, names: Heads.names, limits: limits)
            var input = Array(text.utf8)[...]
            repeat {
                buffer.writeBytes(input.prefix(step))
                input = input.dropFirst(step)
                while let part = try parser.read(from: &buffer) {
                    kept += Array(part.bytes.readableBytesView)
                    result.isEnd = part.isEnd
                }
            } while !input.isEmpty
        } catch {
            result.fault = error
        }
        result.bytes = String(decoding: kept, as: UTF8.self)
        if result.isEnd { result.rest = String(buffer: buffer) }
        return result
    }

    @Test(
        "a body is passed on as it came, or its data alone; extensions and marked trailers are dropped",
        arguments: [
            ("0\r\n\r\n", "0\r\n\r\n", ""),
            ("5\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", "hello"),
            (
                "05\r\nhello\r\nA\r\n0123456789\r\n000\r\n\r\n", "05\r\nhello\r\nA\r\n0123456789\r\n000\r\n\r\n",
                "hello0123456789"
            ),
            ("1;a\r\nx\r\n1;b=c;d=\"e;f\"\r\ny\r\n0;z\r\n\r\n", "1\r\nx\r\n1\r\ny\r\n0\r\n\r\n", "xy"),
            ("2\r\n\r\n\r\n0\r\n\r\n", "2\r\n\r\n\r\n0\r\n\r\n", "\r\n"),
            ("1\r\nx\r\n0\r\nDigest: a\r\n\r\n", "1\r\nx\r\n0\r\nDigest: a\r\n\r\n", "x"),
            ("1\r\nx\r\n0\r\nX_User-Id: a\r\nDigest: b\r\n\r\n", "1\r\nx\r\n0\r\nDigest: b\r\n\r\n", "x"),
            (
                "1\r\nx\r\n0\r\nDigest: b\r\nX-User-Id: a\r\nX-Gateway: a\r\n\r\n", "1\r\nx\r\n0\r\nDigest: b\r\n\r\n",
                "x"
            ),
        ])
    func reads(text: String, chunks: String, data: String) {
        for step in [Int.max, 1, 2, 3, 7] {
            let whole = Self.read(text + "GET /next", output: .chunks, step: step)
            #expect(whole.bytes == chunks)
            #expect(whole.isEnd)
            let plain = Self.read(text + "GET /next", output: .data, step: step)
            #expect(plain.bytes == data)
            #expect(plain.isEnd)
        }
        #expect(Self.read(text + "GET /next", output: .chunks).rest == "GET /next")
        #expect(Self.read(text + "GET /next", output: .data).rest == "GET /next")
    }

    @Test(
        "what two readers could see two bodies in is refused, however it arrives",
        arguments: [
            ("\r\n", BodyFault.badChunkSize), ("x\r\n", .badChunkSize), ("-1\r\n", .badChunkSize),
            ("+1\r\n", .badChunkSize),
            ("0x1\r\n", .badChunkSize), (" 1\r\n", .badChunkSize), ("1 \r\n", .badChunkSize),
            ("1\t\r\n", .badChunkSize),
            ("1 ;a\r\n", .badChunkSize), ("1g\r\n", .badChunkSize), ("1,2\r\n", .badChunkSize),
            ("1_0\r\n", .badChunkSize),
            ("8000000000000000\r\n", .badChunkSize), ("FFFFFFFFFFFFFFFF\r\n", .badChunkSize),
            ("00000000000000001\r\n", .badChunkSize), ("10000000000000000\r\n", .badChunkSize),
            ("1;\r\n", .badExtension), ("1; a\r\n", .badExtension), ("1;a \r\n", .badExtension),
            ("1;a=\r\n", .badExtension),
            ("1;a=\"b\r\n", .badExtension), ("1;a=\"\\\"\"\r\n", .badExtension), ("1;=a\r\n", .badExtension),
            ("1;a\"b\"\r\n", .badExtension), ("1;a=\"b\"c\r\n", .badExtension), ("1;\u{E9}\r\n", .badExtension),
            ("1\n", .line(.bareLineFeed)), ("1;a\n", .line(.bareLineFeed)), ("1;a=\"\n\"\r\n", .line(.bareLineFeed)),
            ("1\rx", .line(.bareCarriageReturn)), ("1;\u{0}\r\n", .line(.controlByte)),
            ("1\r\nxy", .missingChunkEnd), ("1\r\nx\n", .missingChunkEnd), ("1\r\nx\r\r", .missingChunkEnd),
            ("1\r\nx0\r\n\r\n", .missingChunkEnd), ("0\r\n\n", .line(.bareLineFeed)),
            ("0\r\nA\r\n\r\n", .line(.missingColon)),
            ("0\r\n A: b\r\n\r\n", .line(.whitespaceBeforeFields)), ("0\r\nA: b\r\n c\r\n\r\n", .line(.foldedLine)),
            ("0\r\nA : b\r\n\r\n", .line(.whitespaceBeforeColon)), ("0\r\nA: \u{0}\r\n\r\n", .line(.controlByte)),
            ("0\r\nTransfer_Encoding: chunked\r\n\r\n", .line(.disguisedFraming)),
        ])
    func refuses(text: String, fault: BodyFault) {
        for output in [ChunkedBodyParser.Output.chunks, .data] {
            for prefix in ["", "3;a\r\nabc\r\n"] {
                for step in [Int.max, 1, 2] {
                    let result = Self.read(prefix + text, output: output, step: step)
                    #expect(result.fault == fault)
                    #expect(!result.isEnd)
                }
            }
        }
    }

    @Test(
        "a trailer can't bring in late what belongs in the head",
        arguments: [
            "Content-Length: 5", "Transfer-Encoding: chunked", "Host: a", "Authorization: Bearer a",
            "Connection: close", "Cookie: a",
            "X-Forwarded-For: a", "TE: trailers", "Trailer: a", "Content-Type: a", "Proxy-Authorization: a",
            "Expect: 100-continue",
        ])
    func forbidden(line: String) {
        #expect(Self.read("0\r\n\(line)\r\n\r\n", output: .chunks).fault == .forbiddenTrailer)
        #expect(Self.read("0\r\n\(line)\r\n\r\n", output: .data).fault == .forbiddenTrailer)
    }

    @Test(
        "no part of a line is passed on before the line is whole and right", arguments: ["5", "5;a", "5;a=b\r", "5\r"])
    func wholeLines(start: String) {
        #expect(Self.read(start, output: .chunks, step: 1).bytes.isEmpty)
        #expect(Self.read("0\r\nX-A: b", output: .chunks, step: 1).bytes == "0\r\n")
    }

    @Test("data, extensions and trailers are bounded; the data by what is announced")
    func limits() {
        let limits = BodyLimits(bodyBytes: 10, extensionBytes: 10, trailerBytes: 20, trailerFields: 3)
        func fault(_ text: String) -> BodyFault? { Self.read(text, output: .chunks, limits: limits).fault }
        #expect(fault("A\r\n0123456789\r\n0\r\n\r\n") == nil)
        #expect(fault("B\r\n") == .bodyTooLong)
        #expect(fault("5\r\n01234\r\n6\r\n") == .bodyTooLong)
        #expect(fault("5\r\n01234\r\n7FFFFFFFFFFFFFFF\r\n") == .bodyTooLong)
        #expect(fault("0;aaaaaaaaa\r\n\r\n") == nil)
        #expect(fault("0;aaaaaaaaaa\r\n") == .extensionsTooLong)
        #expect(fault("1;aaaa\r\nx\r\n1;aaaaa\r\n") == .extensionsTooLong)
        #expect(fault("1;" + String(repeating: "a", count: 100)) == .extensionsTooLong)
        #expect(fault("0\r\nA: b\r\nA: b\r\nA: b\r\n\r\n") == nil)
        #expect(fault("0\r\nA: \(String(repeating: "a", count: 15))\r\n\r\n") == nil)
        #expect(fault("0\r\nA: \(String(repeating: "a", count: 16))\r\n") == .line(.headTooLarge))
        #expect(fault("0\r\nA: " + String(repeating: "a", count: 40)) == .line(.headTooLarge))
        #expect(fault("0\r\nA:\r\nA:\r\nA:\r\nA:\r\n") == .line(.tooManyFields))
        #expect(BodyFault.bodyTooLong.status == 413)
        #expect(BodyFault.line(.headTooLarge).status == 431)
        #expect(BodyFault.badChunkSize.status == 400)
    }

    @Test("a body that was refused is not ended, and is refused again")
    func staysRefused() throws {
        var parser = try BodyParser(.chunked, output: .data, names: Heads.names)
        var buffer = ByteBuffer(string: "1\r\nxyz")
        #expect(try parser.read(from: &buffer)?.bytes == ByteBuffer(string: "x"))
        #expect(throws: BodyFault.missingChunkEnd) { try parser.read(from: &buffer) }
        #expect(!parser.isEnded)
        var more = ByteBuffer(string: "\r\n0\r\n\r\n")
        #expect(throws: BodyFault.missingChunkEnd) { try parser.read(from: &more) }
    }
}
