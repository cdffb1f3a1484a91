import NIOCore
import TestSupport
import Testing

@Suite("Attacks: slowloris", .timeLimit(.minutes(10)))
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
        #expect(try client.written().hasPrefix("HTTP/1.1 408 "))
        let line = try #require(gateway.log.lines.last { $0.message == "request" }?.metadata)
        #expect(line["code"] == "request_timeout")
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
        #expect(gateway.cutCause?.hasPrefix("the client took nothing more") == true)
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

    @Test(
        "slowloris read: who takes no answer is asked for no request, however many it sends, and is cut after a minute")
    func unreadAnswers() throws {
        let gateway = try EmbeddedGateway()
        let client = try gateway.client()
        client.setWritable(false)
        let reads = client.readCount
        try client.receive(String(repeating: TestGateway.request("GET", "/health"), count: 100))
        #expect(try client.written() == "")
        #expect(client.readCount == reads)
        gateway.advance(seconds: 59)
        #expect(client.isOpen)
        gateway.advance(seconds: 2)
        #expect(!client.isOpen)
        #expect(try client.written() == "")
    }

    @Test("slowloris read: who stops taking answers in the middle of its requests is served on when it takes more")
    func answersTakenLate() throws {
        let gateway = try EmbeddedGateway()
        let client = try gateway.client()
        try client.receive(TestGateway.request("GET", "/health"))
        let one = try client.written().utf8.count
        client.setWritable(false)
        try client.receive(TestGateway.request("GET", "/health") + "GET /hea")
        #expect(try client.written().utf8.count == one)
        gateway.advance(seconds: 50)
        let reads = client.readCount
        client.setWritable(true)
        #expect(try client.written().utf8.count == 2 * one)
        #expect(client.readCount == reads + 1)
        try client.receive("lth HTTP/1.1\r\nHost: gateway.test\r\n\r\n")
        #expect(try client.written().utf8.count == 3 * one)
        gateway.advance(seconds: 74)
        #expect(client.isOpen)
    }

    @Test("a head that is whole when answers are not taken is read when they are, and has no more time for it")
    func headInBetween() throws {
        for isTaken in [true, false] {
            let gateway = try EmbeddedGateway()
            let client = try gateway.client()
            try client.receive("GET /hea")
            client.setWritable(false)
            try client.receive("lth HTTP/1.1\r\nHost: gateway.test\r\n\r\n")
            #expect(try client.written() == "")
            gateway.advance(seconds: 9)
            if isTaken {
                client.setWritable(true)
                #expect(try client.written().hasPrefix("HTTP/1.1 200 "))
            } else {
                gateway.advance(seconds: 2)
                #expect(!client.isOpen)
            }
        }
    }
}
