import Foundation
import HTTP1
import NIOCore
import NIOEmbedded
import NIOHTTP1
import TestSupport
import Testing

@testable import Gateway

@Suite("Attacks: the CL/TE smuggling corpus, through the gateway", .timeLimit(.minutes(10)))
struct SmugglingCorpusTests {
    static let attempts = SmugglingAttempt.all(
        in: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("HTTP1Tests/Corpus").path)

    @Test("is whole, and some of it is good enough to go on")
    func isWhole() throws {
        #expect(Self.attempts.count >= 45)
        var passed = 0
        for attempt in Self.attempts { passed += try Self.send(attempt, piece: .max).messages.count }
        #expect(passed >= 10)
    }

    @Test(
        "the upstream reads nothing but the requests that there are, whole, in order, and nothing behind a refused one",
        arguments: attempts, [Int.max, 1])
    func holds(attempt: SmugglingAttempt, piece: Int) throws {
        let (messages, answers, isOpen) = try Self.send(attempt, piece: piece)
        guard attempt.fault == nil else {
            #expect(messages.count <= attempt.requests)
            #expect(!isOpen)
            return
        }
        // Some are refused for their path or method; what goes on is what is left, in its order.
        var expected = attempt.read[...]
        for message in messages {
            while let next = expected.first, next.method != message.method || next.body != message.body {
                expected.removeFirst()
            }
            #expect(expected.popFirst() != nil, "\(message)")
        }
        #expect(answers <= attempt.read.count)
    }

    /// What one upstream read, how many answers the client got, and whether its connection is still open.
    private static func send(
        _ attempt: SmugglingAttempt, piece: Int
    ) throws -> (messages: [UpstreamReading.Message], answers: Int, isOpen: Bool) {
        let gateway = try EmbeddedGateway(routes: #"[{"prefix": "/", "upstream": "plant", "auth": "public"}]"#)
        let client = try gateway.client()
        var readings: [UpstreamReading] = []
        var rest = attempt.bytes[...]
        while !rest.isEmpty, client.isOpen {
            try client.receive(bytes: Array(rest.prefix(piece)))
            rest = rest.dropFirst(piece)
            var isAnswered = true
            while isAnswered {
                while readings.count < gateway.upstreams.count {
                    readings.append(UpstreamReading(gateway.upstreams[readings.count]))
                }
                isAnswered = try readings.map { try $0.answer() }.contains(true)
            }
        }
        gateway.advance(seconds: 3)
        let answers = try client.written().split(separator: "HTTP/1.1 ", omittingEmptySubsequences: true).count
        return (readings.flatMap(\.messages), answers, client.isOpen)
    }
}

/// An upstream that reads with SwiftNIO's decoder, and answers each whole request.
final class UpstreamReading {
    struct Message {
        var method: String
        var target: String
        var body: [UInt8] = []
    }

    private let side: EmbeddedGateway.Side
    private let decoder = EmbeddedChannel(
        handler: ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
    private var begun: Message?
    private(set) var messages: [Message] = []

    init(_ side: EmbeddedGateway.Side) { self.side = side }

    /// - Returns: whether there was anything to answer.
    /// - Throws: what the decoder refuses: the gateway must not write it.
    func answer() throws -> Bool {
        while let bytes = try side.channel.readOutbound(as: ByteBuffer.self) { try decoder.writeInbound(bytes) }
        var isAnswered = false
        while let part = try decoder.readInbound(as: HTTPServerRequestPart.self) {
            switch part {
            case .head(let head): begun = Message(method: head.method.rawValue, target: head.uri)
            case .body(let bytes): begun?.body += Array(bytes.readableBytesView)
            case .end:
                if let begun { messages.append(begun) }
                begun = nil
                isAnswered = true
                guard side.isOpen else { continue }
                try side.receive("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            }
        }
        return isAnswered
    }
}
