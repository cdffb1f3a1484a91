import HTTP1
import NIOCore
import Testing

@Suite("Bodies of other framings")
struct BodyParserTests {
    @Test("a body of a length takes its bytes and leaves what is behind it")
    func length() throws {
        var parser = try BodyParser(.length(5), output: .chunks, names: Heads.names)
        var buffer = ByteBuffer(string: "abc")
        #expect(try parser.read(from: &buffer) == BodyParser.Part(bytes: ByteBuffer(string: "abc"), isEnd: false))
        #expect(try parser.read(from: &buffer) == nil)
        #expect(!parser.isEnded)
        buffer.writeString("deGET /")
        #expect(try parser.read(from: &buffer) == BodyParser.Part(bytes: ByteBuffer(string: "de"), isEnd: true))
        #expect(parser.isEnded)
        #expect(try parser.read(from: &buffer) == nil)
        #expect(String(buffer: buffer) == "GET /")
    }

    @Test("no body, or one of no bytes, has ended before it begins", arguments: [BodyFraming.none, .length(0)])
    func none(framing: BodyFraming) throws {
        var parser = try BodyParser(framing, output: .chunks, names: Heads.names)
        var buffer = ByteBuffer(string: "GET /")
        #expect(parser.isEnded)
        #expect(try parser.read(from: &buffer) == nil)
        #expect(buffer.readableBytes == 5)
    }

    @Test("a body that lasts until the connection closes takes all, and says that closing is its end")
    func untilClose() throws {
        var parser = try BodyParser(.untilClose, output: .data, names: Heads.names, limits: BodyLimits(bodyBytes: 5))
        #expect(parser.endsWithConnection)
        var buffer = ByteBuffer(string: "abcde")
        #expect(try parser.read(from: &buffer) == BodyParser.Part(bytes: ByteBuffer(string: "abcde"), isEnd: false))
        #expect(!parser.isEnded)
        buffer.writeString("f")
        #expect(throws: BodyFault.bodyTooLong) { try parser.read(from: &buffer) }
    }

    @Test("a length beyond the limit is refused before a byte of it is read")
    func limit() throws {
        let limits = BodyLimits(bodyBytes: 5)
        #expect(throws: BodyFault.bodyTooLong) {
            try BodyParser(.length(6), output: .data, names: Heads.names, limits: limits)
        }
        #expect(try !BodyParser(.length(5), output: .data, names: Heads.names, limits: limits).isEnded)
    }
}
