import NIOCore
import NIOEmbedded
import Testing

@testable import Gateway

@Suite("The last two seconds of a client's connection")
struct LingerTests {
    /// A client that was refused in the middle of a long body, and whose connection ends behind the answer.
    private final class Stand {
        let gateway: EmbeddedGateway
        let client: EmbeddedGateway.Side

        init() throws {
            gateway = try EmbeddedGateway()
            client = try gateway.client()
            client.staysHalfOpen()
            try client.receive(TestGateway.request("POST", "/api/v1/x", ["Content-Length: 1000000"]) + "begun")
            #expect(try client.written().hasPrefix("HTTP/1.1 401 "))
            #expect(client.isOutputClosing)
        }

        func advance(milliseconds: Int64) { gateway.eventLoop.advanceTime(by: .milliseconds(milliseconds)) }
    }

    @Test("what still comes is read and thrown away, and gains the client no time")
    func thrownAway() throws {
        let stand = try Stand()
        let answer = try stand.client.written()
        stand.client.takeGoodbye()
        let block = String(repeating: "x", count: 65_536)
        // Long beyond the body, whose end would be the beginning of another request.
        for index in 0..<18 {
            let reads = stand.client.readCount
            try stand.client.receive(index < 16 ? block : TestGateway.request("GET", "/health"))
            #expect(stand.client.readCount == reads + 1)
            stand.advance(milliseconds: 100)
            #expect(stand.client.isOpen)
        }
        stand.advance(milliseconds: 300)
        #expect(!stand.client.isOpen)
        #expect(try stand.client.written() == answer)
        #expect(stand.gateway.upstreams.isEmpty)
        #expect(stand.gateway.loop.deadlines.count == 0)
    }

    @Test("a client that closes too ends them at once")
    func closed() throws {
        let stand = try Stand()
        stand.client.takeGoodbye()
        stand.client.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        stand.gateway.eventLoop.run()
        #expect(!stand.client.isOpen)
        #expect(stand.gateway.loop.deadlines.count == 0)
    }

    @Test("they begin when the answer has left: until then its client has as long as for any part of an answer")
    func slowReader() throws {
        let stand = try Stand()
        stand.advance(milliseconds: 50_000)
        #expect(stand.client.isOpen)
        stand.client.takeGoodbye()
        stand.advance(milliseconds: 1_900)
        #expect(stand.client.isOpen)
        stand.advance(milliseconds: 300)
        #expect(!stand.client.isOpen)
        let other = try Stand()
        other.advance(milliseconds: 60_100)
        #expect(!other.client.isOpen)
    }

    @Test("who takes an answer slowly gets all that there is of one that breaks off, and no reset")
    func brokenOff() throws {
        let gateway = try EmbeddedGateway()
        let client = try gateway.client()
        client.staysHalfOpen()
        try client.receive(try gateway.request("GET"))
        let upstream = try #require(gateway.upstreams.first)
        try upstream.receive("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun")
        try upstream.channel.close().wait()
        #expect(try client.written().hasSuffix("begun"))
        #expect(client.isOutputClosing)
        // Of what is queued nothing has left in all this time; then it does.
        gateway.eventLoop.advanceTime(by: .seconds(50))
        #expect(client.isOpen)
        client.takeGoodbye()
        gateway.eventLoop.advanceTime(by: .milliseconds(1_900))
        #expect(client.isOpen)
        gateway.eventLoop.advanceTime(by: .milliseconds(300))
        #expect(!client.isOpen)
        #expect(gateway.loop.deadlines.count == 0)
    }
}
