import Testing

@Suite("Nothing lasts forever")
struct DeadlineTests {
    @Test("on a kept-alive connection the next head has ten seconds from its first byte, and may begin within 75")
    func keptAlive() throws {
        let gateway = try EmbeddedGateway()
        let patient = try gateway.client()
        try patient.receive(TestGateway.request("GET", "/health"))
        gateway.advance(seconds: 74)
        #expect(patient.isOpen)
        try patient.receive("GET /hea")
        gateway.advance(seconds: 2)
        #expect(!patient.isOpen)
        let dripping = try gateway.client()
        try dripping.receive(TestGateway.request("GET", "/health"))
        gateway.advance(seconds: 1)
        try dripping.receive("GET /hea")
        gateway.advance(seconds: 9)
        #expect(dripping.isOpen)
        gateway.advance(seconds: 2)
        #expect(!dripping.isOpen)
    }

    @Test("a next head that began behind the present request has ten seconds from the answer on")
    func begunBehind() throws {
        let gateway = try EmbeddedGateway()
        let client = try gateway.client()
        try client.receive(try gateway.request("GET"))
        let upstream = try #require(gateway.upstreams.first)
        try client.receive("GET /hea")
        gateway.advance(seconds: 15)
        #expect(client.isOpen)
        try upstream.receive("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        gateway.advance(seconds: 9)
        #expect(client.isOpen)
        gateway.advance(seconds: 2)
        #expect(!client.isOpen)
    }

    @Test("an upstream that says nothing is 504 after thirty seconds, and the connection to it is not used again")
    func silentUpstream() throws {
        let gateway = try EmbeddedGateway()
        let client = try gateway.client()
        try client.receive(try gateway.request("GET"))
        let upstream = try #require(gateway.upstreams.first)
        gateway.advance(seconds: 29)
        #expect(try client.written() == "")
        gateway.advance(seconds: 2)
        #expect(try client.written().hasPrefix("HTTP/1.1 504 "))
        #expect(client.isOpen)
        #expect(!upstream.isOpen)
    }

    @Test("an upstream that stops in the middle of its response is cut, and so is its client")
    func stalledUpstream() throws {
        let gateway = try EmbeddedGateway()
        let client = try gateway.client()
        try client.receive(try gateway.request("GET"))
        let upstream = try #require(gateway.upstreams.last)
        try upstream.receive("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        gateway.advance(seconds: 59)
        #expect(client.isOpen)
        gateway.advance(seconds: 2)
        #expect(!client.isOpen)
        #expect(!upstream.isOpen)
        #expect(gateway.cutCause?.hasPrefix("the upstream sent nothing more") == true)
    }

    @Test("a response that trickles on and on ends with the exchange's own deadline")
    func total() throws {
        let gateway = try EmbeddedGateway()
        let client = try gateway.client()
        try client.receive(try gateway.request("GET"))
        let upstream = try #require(gateway.upstreams.first)
        try upstream.receive("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in 0..<19 {
            gateway.advance(seconds: 30)
            try upstream.receive("x")
        }
        #expect(client.isOpen)
        gateway.advance(seconds: 31)
        #expect(!client.isOpen)
        #expect(gateway.cutCause?.contains("timeouts.total") == true)
    }

    @Test("a kept-alive upstream connection that nobody uses is closed after fifteen seconds")
    func idleUpstream() throws {
        let gateway = try EmbeddedGateway()
        let client = try gateway.client()
        try client.receive(try gateway.request("GET"))
        let upstream = try #require(gateway.upstreams.first)
        try upstream.receive("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        gateway.advance(seconds: 14)
        #expect(upstream.isOpen)
        gateway.advance(seconds: 2)
        #expect(!upstream.isOpen)
    }
}
