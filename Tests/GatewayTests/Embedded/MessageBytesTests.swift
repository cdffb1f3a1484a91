import NIOCore
import Testing

@testable import Gateway

@Suite("Messages, byte by byte")
struct MessageBytesTests {
    /// What follows the head.
    private static func body(_ text: String) -> String? {
        text.firstRange(of: "\r\n\r\n").map { String(text[$0.upperBound...]) }
    }

    @Test("chunks go to the upstream as chunks; extensions, and trailers that only the gateway may say, do not")
    func chunkedUpload() throws {
        let gateway = try EmbeddedGateway()
        let client = try gateway.client()
        let head = try gateway.request("POST", ["Transfer-Encoding: chunked", "Trailer: X-Sum"])
        let body = "2;a=b\r\nab\r\n1\r\nc\r\n0\r\nX-User-Id: root\r\nx_user_id: root\r\nX-Sum: 9\r\n\r\n"
        for byte in (head + body).utf8 { try client.receive(String(decoding: [byte], as: UTF8.self)) }
        let sent = try #require(gateway.upstreams.first).written()
        #expect(sent.contains("\r\nTransfer-Encoding: chunked\r\n\r\n"))
        #expect(Self.body(sent) == "2\r\nab\r\n1\r\nc\r\n0\r\nX-Sum: 9\r\n\r\n")
    }

    @Test("chunks of an upstream, and its trailers, go to the client as they are")
    func chunkedAnswer() throws {
        let gateway = try EmbeddedGateway()
        let client = try gateway.client()
        try client.receive(try gateway.request("GET"))
        let chunks = "2\r\nab\r\n1\r\nc\r\n0\r\nX-Sum: 9\r\n\r\n"
        try #require(gateway.upstreams.first).receive("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
        let received = try client.written()
        #expect(received.contains("\r\nTransfer-Encoding: chunked\r\n"))
        #expect(Self.body(received) == chunks)
        try client.receive(try gateway.request("GET"))
        #expect(gateway.upstreams.count == 1, "both connections go on")
    }

    @Test("a body that ends with the upstream's connection is framed for the client, and ends where it ended")
    func untilClose() throws {
        let gateway = try EmbeddedGateway()
        let client = try gateway.client()
        try client.receive(try gateway.request("GET"))
        let upstream = try #require(gateway.upstreams.first)
        try upstream.receive("HTTP/1.1 200 OK\r\n\r\n0123456789")
        try upstream.receive("abcdefg")
        #expect(Self.body(try client.written()) == "a\r\n0123456789\r\n7\r\nabcdefg\r\n")
        try upstream.channel.close().wait()
        #expect(Self.body(try client.written())?.hasSuffix("7\r\nabcdefg\r\n0\r\n\r\n") == true)
        #expect(client.isOpen)
    }

    @Test("the absolute form of this host is its path, and of another host none")
    func absoluteForm() throws {
        let gateway = try EmbeddedGateway()
        let request = try gateway.request("GET")
        let client = try gateway.client()
        try client.receive(
            request.replacing("GET /api/v1/x ", with: "GET http://gateway.test/api/v1/x?a=b "))
        #expect(try #require(gateway.upstreams.first).written().hasPrefix("GET /api/v1/x?a=b HTTP/1.1\r\n"))
        let other = try gateway.client()
        try other.receive(request.replacing("GET /api/v1/x ", with: "GET http://other.test/api/v1/x "))
        #expect(try other.written().hasPrefix("HTTP/1.1 400 "))
        #expect(gateway.upstreams.count == 1)
    }

    @Test("the gateway's word is said again for some seconds with the same token, and never with another")
    func assertions() throws {
        let gateway = try EmbeddedGateway()
        var words: [String] = []
        let (one, other) = (try gateway.request("GET"), try gateway.request("GET", subject: "user-2"))
        for request in [one, one, other] {
            let client = try gateway.client()
            try client.receive(request)
            let upstream = try #require(gateway.upstreams.last)
            let sent = try upstream.written()
            words.append(
                try #require(
                    sent.split(separator: "\r\n").last { $0.hasPrefix("X-Gateway-Assertion: ") }.map(String.init)))
            try upstream.receive("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
        #expect(words[0] == words[1])
        #expect(words[0] != words[2])
    }

    @Test("digits are those of the number", arguments: [0, 1, 9, 10, 15, 16, 0xDEAD_BEEF_0123_4567, .max])
    func hexadecimal(_ value: UInt64) {
        var buffer = HeadBuffer()
        buffer.writeHexadecimal(value)
        let digits = String(value, radix: 16)
        #expect(
            String(decoding: buffer.bytes, as: UTF8.self) == String(repeating: "0", count: 16 - digits.count) + digits)
    }
}
