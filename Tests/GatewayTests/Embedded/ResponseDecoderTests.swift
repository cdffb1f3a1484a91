import HTTP1
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Gateway

@Suite("What an upstream may say, and when")
struct ResponseDecoderTests {
    /// A connection to an upstream without the encoder: what is heard of it, in order.
    private struct Wire {
        let channel = EmbeddedChannel()
        private let heard = Heard()

        init() throws {
            try channel.pipeline.syncOperations.addHandler(ResponseDecoder(limits: HeadLimits()))
            try channel.pipeline.syncOperations.addHandler(heard)
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        }

        var events: [String] { heard.events }

        func ask(_ method: HTTPMethod = .GET) throws {
            let head = HTTPRequestHead(version: .http1_1, method: method, uri: "/")
            try channel.writeOutbound(HTTPClientRequestPart.head(head))
        }

        func say(_ text: String) { channel.pipeline.fireChannelRead(ByteBuffer(string: text)) }
    }

    private final class Heard: ChannelInboundHandler {
        typealias InboundIn = HTTPClientResponsePart
        private(set) var events: [String] = []

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): events.append("\(head.status.code)")
            case .body(let bytes): events.append(String(buffer: bytes))
            case .end: events.append("end")
            }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event is UpstreamOverrun { events.append("overrun") }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { events.append("fault: \(error)") }
        func channelInactive(context: ChannelHandlerContext) { events.append("closed") }
    }

    private static let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"

    @Test("an answer is an answer however its bytes arrive", arguments: [1, 3, 1_000])
    func pieces(size: Int) throws {
        let wire = try Wire()
        try wire.ask()
        let bytes = Array(Self.answer.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            wire.say(String(decoding: bytes[start..<min(start + size, bytes.count)], as: UTF8.self))
        }
        #expect(wire.events.first == "200" && wire.events.last == "end")
        #expect(wire.events.dropFirst().dropLast().joined() == "hi")
    }

    @Test("what comes before a request is no answer to the next one")
    func unsolicited() throws {
        let wire = try Wire()
        wire.say(Self.answer)
        try wire.ask()
        wire.say(Self.answer)
        #expect(wire.events == ["fault: it spoke before it was asked"])
    }

    @Test("what comes behind an answer is told of before its end, and is no answer to the next request")
    func overrun() throws {
        let wire = try Wire()
        try wire.ask()
        wire.say(Self.answer + Self.answer)
        #expect(wire.events == ["200", "hi", "overrun", "end", "fault: it spoke before it was asked"])
        try wire.ask()
        wire.say(Self.answer)
        #expect(wire.events.count == 5)
    }

    @Test("a HEAD's answer has no body, whatever it announces; the next one has its own")
    func toHEAD() throws {
        let wire = try Wire()
        try wire.ask(.HEAD)
        wire.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
        try wire.ask(.GET)
        wire.say(Self.answer)
        #expect(wire.events == ["200", "end", "200", "hi", "end"])
    }

    @Test("interim answers are dropped, and not without end")
    func interims() throws {
        let wire = try Wire()
        try wire.ask()
        wire.say("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + Self.answer)
        #expect(wire.events == ["200", "hi", "end"])
        let flood = try Wire()
        try flood.ask()
        flood.say(String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 17))
        #expect(flood.events == ["fault: too many interim responses"])
    }

    @Test("a body that lasts until the connection closes ends with it, and does not where the connection broke")
    func untilClose() throws {
        for isBroken in [false, true] {
            let wire = try Wire()
            try wire.ask()
            wire.say("HTTP/1.1 200 OK\r\n\r\nall of it")
            if isBroken { wire.channel.pipeline.fireErrorCaught(ChannelError.inputClosed) }
            wire.channel.pipeline.fireChannelInactive()
            #expect(wire.events.contains("end") != isBroken)
        }
    }

    @Test(
        "what two readers could read in two ways is a fault",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n", "HTTP/1.1 200 OK\nX: a\n\n", "HTTP/1.1 2000 OK\r\n\r\n",
            "ICY 200 OK\r\n\r\n", "\u{16}\u{3}\u{1}\r\n\r\n",
        ])
    func ambiguous(text: String) throws {
        let wire = try Wire()
        try wire.ask()
        wire.say(text)
        #expect(wire.events.count == 1)
        #expect(wire.events.first?.hasPrefix("fault: ") == true, "\(wire.events)")
    }
}
