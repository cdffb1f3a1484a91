import NIOCore
import Testing

@Suite("Attacks: slowloris", .timeLimit(.minutes(1)))
struct SlowlorisTests {
    @Test("a connection that says nothing is hung up on after ten seconds")
    func silent() throws {
        let gateway = try EmbeddedGateway()
        let client = try gateway.client()
        gateway.advance(seconds: 9)
        #expect(client.isOpen)
        gateway.advance(seconds: 2)
        #expect(!client.isOpen)
    }

    @Test("slowloris head: one that drips a byte a second has ten seconds all the same")
    func drippedHead() throws {
        let gateway = try EmbeddedGateway()
        let client = try gateway.client()
        var seconds = 0
        for byte in "GET /api/v1/slow HTTP/1.1\r\n" where client.isOpen {
            try client.receive(String(byte))
            gateway.advance(seconds: 1)
            seconds += 1
        }
        #expect(!client.isOpen)
        #expect((9...11).contains(seconds))
    }

    @Test("slowloris body: one that stops coming takes its upstream request with it")
    func stoppedBody() throws {
        let gateway = try EmbeddedGateway()
        let client = try gateway.client()
        try client.receive(try gateway.request("POST", ["Content-Length: 10"]) + "he")
        let upstream = try #require(gateway.upstreams.first)
        gateway.advance(seconds: 59)
        #expect(client.isOpen)
        gateway.advance(seconds: 2)
        #expect(!client.isOpen)
        #expect(!upstream.isOpen)
    }

    @Test("slowloris body: one that drips a byte now and then ends with the exchange's own deadline")
    func drippedBody() throws {
        let gateway = try EmbeddedGateway()
        let client = try gateway.client()
        try client.receive(try gateway.request("POST", ["Content-Length: 1000"]))
        let upstream = try #require(gateway.upstreams.first)
        for _ in 0..<19 {
            gateway.advance(seconds: 30)
            try client.receive("x")
        }
        #expect(client.isOpen)
        gateway.advance(seconds: 31)
        #expect(!client.isOpen)
        #expect(!upstream.isOpen)
    }

    @Test("slowloris body: chunks that drip end with the exchange's own deadline")
    func drippedChunks() throws {
        let gateway = try EmbeddedGateway()
        let client = try gateway.client()
        try client.receive(try gateway.request("POST", ["Transfer-Encoding: chunked"]))
        let upstream = try #require(gateway.upstreams.first)
        for _ in 0..<19 {
            gateway.advance(seconds: 30)
            try client.receive("1\r\nx\r\n")
        }
        #expect(client.isOpen)
        gateway.advance(seconds: 31)
        #expect(!client.isOpen)
        #expect(!upstream.isOpen)
    }

    @Test("slowloris read: a client that stops reading is cut, and its upstream with it")
    func stoppedReading() throws {
        let gateway = try EmbeddedGateway()
        let client = try gateway.client()
        try client.receive(try gateway.request("GET"))
        let upstream = try #require(gateway.upstreams.last)
        try upstream.receive("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        client.setWritable(false)
        gateway.advance(seconds: 59)
        #expect(client.isOpen)
        gateway.advance(seconds: 2)
        #expect(!client.isOpen)
        #expect(!upstream.isOpen)
    }

    @Test("slowloris read: one that takes a little now and then is cut by the exchange's own deadline")
    func drippedReading() throws {
        let gateway = try EmbeddedGateway()
        let client = try gateway.client()
        try client.receive(try gateway.request("GET"))
        let upstream = try #require(gateway.upstreams.last)
        try upstream.receive("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in 0..<19 {
            client.setWritable(false)
            gateway.advance(seconds: 30)
            client.setWritable(true)
            try upstream.receive("x")
        }
        #expect(client.isOpen)
        client.setWritable(false)
        gateway.advance(seconds: 31)
        #expect(!client.isOpen)
        #expect(!upstream.isOpen)
    }
}
