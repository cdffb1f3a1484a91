import NIOCore
import NIOHPACK
import NIOHTTP2
import Testing

@testable import Gateway

@Suite("An HTTP/1.1 response as HTTP/2")
struct ResponseTranslationTests {
    /// Frames as text: `H` headers, `D` data, `!` the end.
    private static func translate(_ parts: [String], toHEAD: Bool = false, closes: Bool = false) throws -> [String] {
        var translation = ResponseTranslation()
        var frames: [String] = []
        for part in parts {
            frames += try translation.take(ByteBuffer(string: part), toHEAD: toHEAD).map(describe)
        }
        if closes, let last = translation.close() { frames.append(describe(last)) }
        return frames
    }

    private static func describe(_ payload: HTTP2Frame.FramePayload) -> String {
        switch payload {
        case .headers(let headers):
            let fields = headers.headers.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
            return "H(\(fields))\(headers.endStream ? "!" : "")"
        case .data(let data):
            guard case .byteBuffer(let bytes) = data.data else { return "?" }
            return "D(\(String(buffer: bytes)))\(data.endStream ? "!" : "")"
        default: return "?"
        }
    }

    @Test("fields go in lower case, those of the connection do not go")
    func fields() throws {
        let head = """
            HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\n\
            Content-Length: 2\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n
            """
        #expect(
            try Self.translate([head + "ok"])
                == ["H(:status=200,content-type=a/b,content-length=2,set-cookie=a=1,set-cookie=b=2)", "D(ok)!"])
    }

    @Test(
        "a response without a body ends with its head",
        arguments: [
            ("HTTP/1.1 204 No Content\r\n\r\n", false),
            ("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", false),
            ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", true),
        ])
    func noBody(_ head: String, _ toHEAD: Bool) throws {
        let frames = try Self.translate([head], toHEAD: toHEAD)
        #expect(frames.count == 1)
        #expect(frames.first?.hasSuffix(")!") == true)
    }

    @Test("chunks are taken apart, trailers get a frame of their own, however it is cut into pieces")
    func chunked() throws {
        let text = """
            HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\
            X-Sum: 1 \r\nConnection: x\r\n\r\n
            """
        let whole = ["H(:status=200)", "D(hello)", "D( world)", "H(x-sum=1)!"]
        #expect(try Self.translate([text]) == whole)
        let drip = try Self.translate(text.utf8.map { String(decoding: [$0], as: UTF8.self) })
        #expect(drip.first == whole.first)
        #expect(drip.last == whole.last)
        #expect(drip.filter { $0.hasPrefix("D") }.map { $0.dropFirst(2).dropLast() }.joined() == "hello world")
        #expect(
            try Self.translate(["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\na\r\n0\r\n\r\n"])
                == ["H(:status=200)", "D(a)", "D()!"])
    }

    @Test("interim heads go before, 101 never")
    func interim() throws {
        let parts = ["HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"]
        #expect(try Self.translate(parts) == ["H(:status=100)", "H(:status=200,content-length=1)", "D(a)!"])
        #expect(throws: ResponseTranslation.Fault.self) {
            try Self.translate(["HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"])
        }
    }

    @Test("a body that lasts until the connection ends, ends with it; any other is cut short")
    func untilClose() throws {
        #expect(
            try Self.translate(["HTTP/1.1 200 OK\r\n\r\nabc"], closes: true) == ["H(:status=200)", "D(abc)", "D()!"])
        #expect(
            try Self.translate(["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc"], closes: true)
                == ["H(:status=200,content-length=5)", "D(abc)"])
        #expect(try Self.translate(["HTTP/1.1 2"], closes: true) == [])
    }

    @Test(
        "what this gateway never writes is a fault",
        arguments: [
            "garbage\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nno colon\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 20_000) + "\r\n\r\n",
        ])
    func faults(_ text: String) { #expect(throws: ResponseTranslation.Fault.self) { try Self.translate([text]) } }
}
