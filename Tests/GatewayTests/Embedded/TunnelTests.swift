import Contracts
import HTTPKit
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import Gateway

@Suite("A tunnel, byte by byte and second by second")
struct TunnelTests {
    private static let now: Int64 = 1_800_000_000

    /// A tunnel that stands.
    private final class Stand {
        let gateway: EmbeddedGateway
        let client: EmbeddedGateway.Side
        let server: EmbeddedGateway.Side

        init(_ members: String = "") throws {
            gateway = try EmbeddedGateway(
                routes: "- {prefix: /ws/, upstream: plant, websocket: true\(members)}")
            client = try gateway.client()
            try client.receive(TestWebSocket.request(token: try TestTokens.token(now: TunnelTests.now)))
            server = try #require(gateway.upstreams.first)
            try server.receive(TestWebSocket.answer())
            #expect(String(decoding: try client.writtenBytes(), as: UTF8.self).hasPrefix("HTTP/1.1 101 "))
            _ = try server.writtenBytes()
        }

        /// The line of the access log.
        var end: String? { gateway.log.lines.last { $0.message == "request" }?.metadata["end"] }

        func revoke() {
            let revocation = Revocation(
                id: "e", issuer: "lockstep-platform", event: .sessionRevoked,
                subject: .session(id: "session-1", user: "user-1"), occurredAt: TunnelTests.now)
            gateway.loop.revoke(.revoked(revocation, expiresAt: TunnelTests.now + 900))
        }

        func tick() { gateway.eventLoop.advanceTime(by: .milliseconds(100)) }
    }

    @Test("with its token it ends: a Close 1008 to both ends, masked to the server's", arguments: [true, false])
    func tokenEnds(_ isRevoked: Bool) throws {
        let stand = try Stand()
        if isRevoked {
            stand.revoke()
        } else {
            stand.gateway.clock.advance(seconds: 959)
            stand.tick()
            #expect(stand.client.isOpen)
            stand.gateway.clock.advance(seconds: 1)
        }
        stand.tick()
        #expect(try stand.client.writtenBytes() == TestWebSocket.close(1008))
        #expect(!stand.client.isOpen)
        #expect(TestWebSocket.closeCode(try stand.server.writtenBytes()) == 1008)
        #expect(stand.end == (isRevoked ? "revoked" : "expired"))
    }

    @Test("the upstream has two seconds to close, and what it says until then goes nowhere", arguments: [true, false])
    func farewell(_ closes: Bool) throws {
        let stand = try Stand()
        let others = stand.gateway.loop.deadlines.count
        stand.revoke()
        stand.tick()
        #expect(stand.server.isOpen)
        #expect(stand.gateway.loop.deadlines.count == others)
        let reads = stand.server.readCount
        try stand.server.receive(bytes: TestWebSocket.frame([1, 2, 3]) + TestWebSocket.close(1008))
        #expect(stand.server.readCount == reads + 1)
        #expect(try stand.client.writtenBytes() == TestWebSocket.close(1008))
        if closes {
            try stand.server.channel.close().wait()
        } else {
            stand.gateway.eventLoop.advanceTime(by: .milliseconds(1800))
            #expect(stand.server.isOpen)
            stand.gateway.eventLoop.advanceTime(by: .milliseconds(300))
        }
        #expect(!stand.server.isOpen)
        #expect(stand.gateway.loop.deadlines.count == others - 1)
    }

    @Test(
        "no Close is put into a frame of the client's, behind its own Close, or where nothing is taken",
        arguments: [
            ([0x81, 0x85, 1, 2, 3, 4, 5], true), ([0x81], true), ([0x88, 0x80, 1, 2, 3, 4], true),
            ([0x81, 0x81, 1, 2, 3, 4, 5], false),
        ] as [([UInt8], Bool)])
    func notBetween(_ sent: [UInt8], _ isWritable: Bool) throws {
        let stand = try Stand()
        try stand.client.receive(bytes: sent)
        stand.server.setWritable(isWritable)
        stand.revoke()
        stand.tick()
        #expect(try stand.client.writtenBytes() == TestWebSocket.close(1008))
        #expect(try stand.server.writtenBytes() == sent)
        #expect(!stand.server.isOpen)
    }

    @Test("between two frames of the client's it is put, whatever they carried and however they came")
    func between() throws {
        let stand = try Stand()
        let sent: [UInt8] = [0x01, 0x82, 1, 2, 3, 4, 0x88, 0x88] + [0x89, 0x80, 1, 2, 3, 4]
        for byte in sent { try stand.client.receive(bytes: [byte]) }
        stand.revoke()
        stand.tick()
        let written = try stand.server.writtenBytes()
        #expect(written.prefix(sent.count) == sent[...])
        #expect(TestWebSocket.closeCode(Array(written.dropFirst(sent.count))) == 1008)
    }

    @Test("masks differ from Close to Close")
    func masks() throws {
        let closes = try (0..<3).map { _ in
            let stand = try Stand()
            stand.revoke()
            stand.tick()
            return try stand.server.writtenBytes()
        }
        #expect(Set(closes).count == closes.count)
    }

    @Test("its connection is none of the pool's any more, which has room for as many requests as before")
    func pool() throws {
        let stand = try Stand()
        let pool = try #require(stand.gateway.loop.pools[.plant])
        #expect(pool.openConnections == 0)
        #expect(stand.server.isOpen)
        try stand.server.channel.close().wait()
        #expect(pool.openConnections == 0)
        #expect(stand.end == "upstream")
    }

    @Test("on_token_end: keep lets it live")
    func kept() throws {
        let stand = try Stand(", on_token_end: keep")
        stand.revoke()
        stand.gateway.clock.advance(seconds: 2000)
        stand.tick()
        #expect(stand.client.isOpen)
        #expect(try stand.client.writtenBytes().isEmpty)
    }

    @Test("a key that leaves the ring takes its tunnels with it")
    func keyGone() throws {
        let stand = try Stand()
        stand.gateway.loop.replace(ring: TestTokens.ring("another-secret-of-the-tests-that-is-long-enough-0"))
        stand.tick()
        #expect(try stand.client.writtenBytes() == TestWebSocket.close(1008))
        #expect(stand.end == "revoked")
    }

    @Test("a Close waits for the frame that is on its way, and nothing passes behind it")
    func atABoundary() throws {
        let stand = try Stand()
        let frame = TestWebSocket.frame(Array(repeating: 7, count: 300))
        try stand.server.receive(bytes: Array(frame[..<100]))
        stand.revoke()
        stand.tick()
        #expect(stand.client.isOpen)
        #expect(try stand.client.writtenBytes() == Array(frame[..<100]))
        // The client is not heard any more.
        try stand.client.receive("still here")
        #expect(try stand.server.writtenBytes().isEmpty)
        try stand.server.receive(bytes: Array(frame[100...]) + TestWebSocket.frame([1, 2, 3]))
        #expect(try stand.client.writtenBytes() == Array(frame[100...]) + TestWebSocket.close(1008))
        #expect(!stand.client.isOpen)
        #expect(stand.end == "revoked")
    }

    @Test(
        "a frame that does not come to its end is waited for two seconds, a long one not at all",
        arguments: [300, 100_000])
    func noBoundary(_ size: Int) throws {
        let stand = try Stand()
        let begun = Array(TestWebSocket.frame(Array(repeating: 7, count: size))[..<100])
        try stand.server.receive(bytes: begun)
        stand.revoke()
        stand.tick()
        #expect(stand.client.isOpen == (size == 300))
        stand.gateway.advance(seconds: 3)
        #expect(!stand.client.isOpen)
        #expect(try stand.client.writtenBytes() == begun)
        #expect(stand.end == "revoked")
    }

    @Test("behind a Close of the upstream's own the gateway adds none")
    func closed() throws {
        let stand = try Stand()
        try stand.server.receive(bytes: TestWebSocket.close(1000))
        stand.revoke()
        stand.tick()
        #expect(try stand.client.writtenBytes() == TestWebSocket.close(1000))
        #expect(!stand.client.isOpen)
    }

    @Test("a client that does not keep up stops the upstream, and an upstream the client")
    func backpressure() throws {
        let stand = try Stand()
        for (slow, fast) in [(stand.client, stand.server), (stand.server, stand.client)] {
            var before = fast.readCount
            try fast.receive("one")
            #expect(fast.readCount == before + 1)
            slow.setWritable(false)
            before = fast.readCount
            try fast.receive("two")
            #expect(fast.readCount == before)
            slow.setWritable(true)
            #expect(fast.readCount == before + 1)
            #expect(try slow.writtenBytes() == Array("onetwo".utf8))
        }
    }

    @Test("who takes nothing for a minute loses it, however much comes from there", arguments: [true, false])
    func stalled(_ isClient: Bool) throws {
        let stand = try Stand()
        let (slow, other) = isClient ? (stand.client, stand.server) : (stand.server, stand.client)
        slow.setWritable(false)
        try other.receive("to whom it may concern")
        for _ in 0..<5 {
            stand.gateway.advance(seconds: 11)
            try slow.receive(bytes: TestWebSocket.frame([1]))
        }
        #expect(stand.client.isOpen)
        stand.gateway.advance(seconds: 6)
        #expect(!stand.client.isOpen)
        #expect(!stand.server.isOpen)
        #expect(stand.end == "stalled")
    }

    @Test("silence ends it after five minutes, a byte either way begins them anew")
    func idle() throws {
        let stand = try Stand()
        for side in [stand.client, stand.server, stand.client] {
            stand.gateway.advance(seconds: 290)
            try side.receive(bytes: TestWebSocket.frame([1]))
        }
        #expect(stand.client.isOpen)
        _ = try stand.client.writtenBytes()
        stand.gateway.advance(seconds: 301)
        #expect(try stand.client.writtenBytes() == TestWebSocket.close(1001))
        #expect(stand.end == "idle")
    }

    @Test("the gateway's total time is not a tunnel's, the route's own is")
    func total() throws {
        for members in ["", ", timeouts: {total: 20m}"] {
            let stand = try Stand(members)
            for _ in 0..<13 {
                stand.gateway.advance(seconds: 100)
                try? stand.server.receive(bytes: TestWebSocket.frame([1]))
            }
            #expect(stand.client.isOpen == members.isEmpty)
            if !members.isEmpty { #expect(stand.end == "total") }
        }
    }

    @Test(
        "frames are told apart, whatever their length and however they are cut",
        arguments: [0, 1, 125, 126, 65_535, 65_536])
    func frames(_ size: Int) {
        let frame = TestWebSocket.frame(Array(repeating: 0x88, count: size))
        for step in [1, 2, 3, 7, 4096, frame.count] {
            var frames = WebSocketFrames()
            var rest = frame[...]
            while !rest.isEmpty {
                #expect(frames.isAtBoundary == (rest.count == frame.count))
                let piece = Array(rest.prefix(step))
                #expect(frames.pass(ByteBuffer(bytes: piece)) == piece.count)
                rest = rest.dropFirst(step)
            }
            #expect(frames.isAtBoundary)
            #expect(!frames.hasClosed)
            // A masked one, as a client's: four bytes more.
            #expect(frames.pass(ByteBuffer(bytes: [0x82, 0x81, 1, 2, 3, 4])) == 6)
            #expect(!frames.isAtBoundary)
            #expect(frames.pass(ByteBuffer(bytes: [9, 0x88, 0]), stopsAtBoundary: true) == 1)
            #expect(frames.isAtBoundary)
        }
    }
}
