import NIOEmbedded
import Testing

@testable import Gateway

@Suite("Stopping without losing an answer")
struct DrainTests {
    @Test("idle connections are closed at once, busy ones after their answer, which says so")
    func drain() throws {
        let gateway = try EmbeddedGateway()
        let idle = try gateway.client()
        try idle.receive(TestGateway.request("GET", "/health"))
        let busy = try gateway.client()
        try busy.receive(try gateway.request("GET"))
        var isDone = false
        gateway.loop.drain { isDone = true }
        #expect(!idle.isOpen)
        #expect(busy.isOpen)
        #expect(!isDone)
        let upstream = try #require(gateway.upstreams.first)
        try upstream.receive("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        let answer = try busy.written()
        #expect(answer.contains("Connection: close\r\n"))
        #expect(answer.hasSuffix("ok"))
        gateway.advance(seconds: 3)
        #expect(!busy.isOpen)
        #expect(isDone)
    }

    @Test("what is not done at the deadline is cut")
    func deadline() throws {
        let gateway = try EmbeddedGateway()
        let busy = try gateway.client()
        try busy.receive(try gateway.request("GET"))
        var isDone = false
        gateway.loop.drain { isDone = true }
        gateway.loop.closeAll()
        #expect(!busy.isOpen)
        gateway.eventLoop.run()
        #expect(isDone)
    }
}
