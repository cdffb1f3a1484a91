import NIOCore
import Testing

@Suite("Neither side is read faster than the other takes it")
struct BackpressureTests {
    @Test("a client that does not keep up stops the upstream, until it does")
    func slowClient() throws {
        let gateway = try EmbeddedGateway()
        let client = try gateway.client()
        try client.receive(try gateway.request("GET"))
        let upstream = try #require(gateway.upstreams.first)
        #expect(try upstream.written().hasPrefix("GET /api/v1/x HTTP/1.1\r\n"))
        var before = upstream.readCount
        try upstream.receive("HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n0123456789")
        #expect(upstream.readCount == before + 1)
        client.setWritable(false)
        before = upstream.readCount
        try upstream.receive("0123456789")
        #expect(upstream.readCount == before)
        client.setWritable(true)
        #expect(upstream.readCount == before + 1)
        try upstream.receive("0123456789")
        #expect(try client.written().hasSuffix("\r\n\r\n" + String(repeating: "0123456789", count: 3)))
    }

    @Test("an upstream that does not keep up stops the client, until it does")
    func slowUpstream() throws {
        let gateway = try EmbeddedGateway()
        let client = try gateway.client()
        try client.receive(try gateway.request("POST", ["Content-Length: 30"]) + "0123456789")
        let upstream = try #require(gateway.upstreams.first)
        upstream.setWritable(false)
        var before = client.readCount
        try client.receive("0123456789")
        #expect(client.readCount == before)
        upstream.setWritable(true)
        #expect(client.readCount == before + 1)
        before = client.readCount
        try client.receive("0123456789")
        // The request is whole: one read stays asked for, and serves the next request too.
        #expect(client.readCount == before + 1)
        #expect(try upstream.written().hasSuffix(String(repeating: "0123456789", count: 3)))
        try upstream.receive("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        #expect(client.readCount == before + 1)
    }

    @Test("a client held back by an upstream that then dies is read again, and its next request is served")
    func upstreamGone() throws {
        let gateway = try EmbeddedGateway()
        let client = try gateway.client()
        try client.receive(try gateway.request("POST", ["Content-Length: 10"]))
        let upstream = try #require(gateway.upstreams.first)
        upstream.setWritable(false)
        try client.receive("01234")
        let before = client.readCount
        try upstream.channel.close().wait()
        #expect(try client.written().hasPrefix("HTTP/1.1 502"))
        #expect(client.readCount == before + 1)
        try client.receive("56789" + gateway.request("GET"))
        let next = try #require(gateway.upstreams.last)
        #expect(try next.written().hasPrefix("GET "))
        try next.receive("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        #expect(try client.written().contains("HTTP/1.1 200"))
    }

    @Test("behind a request one read is taken, and no second before it is answered")
    func oneReadAhead() throws {
        let gateway = try EmbeddedGateway()
        let client = try gateway.client()
        let one = try gateway.request("GET")
        try client.receive(one)
        let upstream = try #require(gateway.upstreams.first)
        let before = client.readCount
        try client.receive(one)
        #expect(client.readCount == before)
        #expect(try upstream.written().components("GET ").count == 2)
        try upstream.receive("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na")
        #expect(try upstream.written().components("GET ").count == 3)
        #expect(client.readCount == before + 1)
    }

    @Test("requests that came with the present one wait, and nothing is read behind them")
    func pipelined() throws {
        let gateway = try EmbeddedGateway()
        let client = try gateway.client()
        let one = try gateway.request("GET")
        let before = client.readCount
        try client.receive(one + one)
        #expect(client.readCount == before)
        let upstream = try #require(gateway.upstreams.first)
        #expect(try upstream.written().components("GET ").count == 2)
        try upstream.receive("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na")
        #expect(gateway.upstreams.count == 1)
        #expect(try upstream.written().components("GET ").count == 3)
        try upstream.receive("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb")
        #expect(client.readCount == before + 1)
    }
}

extension String {
    fileprivate func components(_ separator: String) -> [Substring] {
        split(separator: separator, omittingEmptySubsequences: false)
    }
}
