import NIOCore
import TestSupport
import Testing

@testable import Gateway

@Suite("Attacks: bodies that drip", .timeLimit(.minutes(10)))
struct SlowBodyTests {
    /// A request whose body has begun, and its upstream.
    private final class Stand {
        let gateway: EmbeddedGateway
        let client: EmbeddedGateway.Side
        let upstream: EmbeddedGateway.Side

        init(_ framing: String, rate: Int = 64, members: String? = nil) throws {
            let routes = members.map { "- {prefix: /api/, upstream: plant\($0)}" }
            gateway = try EmbeddedGateway(routes: routes, minimumBodyRate: rate)
            client = try gateway.client()
            try client.receive(try gateway.request("POST", [framing]))
            upstream = try #require(gateway.upstreams.first)
        }

        /// - Parameter interval: seconds between two pieces.
        /// - Returns: the seconds until it was closed; nil where it was not within the bound.
        func drip(_ piece: String, interval: Int64, bound: Int64) throws -> Int64? {
            var seconds: Int64 = 0
            while seconds < bound {
                gateway.advance(seconds: interval)
                seconds += interval
                guard client.isOpen else { return seconds }
                try client.receive(piece)
            }
            return nil
        }

        var line: [String: String] {
            gateway.log.lines.last { $0.message == "request" }?.metadata ?? [:]
        }
    }

    private static let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    @Test(
        "one that drips is 408 after its ten seconds, says why, and takes its upstream request with it",
        arguments: [("Content-Length: 100000", "x"), ("Transfer-Encoding: chunked", "1\r\nx\r\n")],
        [Int64(1), 5])
    func dripped(_ body: (framing: String, piece: String), _ interval: Int64) throws {
        let stand = try Stand(body.framing)
        let seconds = try #require(try stand.drip(body.piece, interval: interval, bound: 60))
        #expect((10...15).contains(seconds))
        let answer = try stand.client.written()
        #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
        #expect(answer.contains("\r\nConnection: close\r\n"))
        #expect(answer.contains(#""code":"request_timeout""#))
        #expect(!stand.upstream.isOpen)
        #expect(stand.line["code"] == "request_timeout")
        let refusal = stand.gateway.log.lines.first { $0.message == "request refused" }
        #expect(refusal?.metadata["cause"]?.contains("GW_MIN_BODY_RATE") == true)
    }

    @Test("one that stops coming is 408 as well, and a short rest of it is not waited for")
    func stopped() throws {
        let stand = try Stand("Content-Length: 10")
        try stand.client.receive("he")
        stand.gateway.advance(seconds: 9)
        #expect(stand.client.isOpen)
        stand.gateway.advance(seconds: 2)
        #expect(try stand.client.written().hasPrefix("HTTP/1.1 408 "))
        #expect(!stand.client.isOpen)
        #expect(!stand.upstream.isOpen)
    }

    @Test("an honest slow one passes, as long as it takes", arguments: [(64, Int64(1)), (640, 9), (2000, 30)])
    func slow(_ bytes: Int, _ interval: Int64) throws {
        let pieces = 300 / Int(interval)
        let stand = try Stand("Content-Length: \(bytes * (pieces + 1))")
        let piece = String(repeating: "x", count: bytes)
        try stand.client.receive(piece)
        #expect(try stand.drip(piece, interval: interval, bound: 300) == nil)
        try stand.upstream.receive(Self.answer)
        #expect(try stand.client.written().hasSuffix("\r\n\r\nok"))
    }

    @Test("who begins fast has saved up no more than a minute")
    func fastBegin() throws {
        let stand = try Stand("Content-Length: 1000000")
        try stand.client.receive(String(repeating: "x", count: 500_000))
        let seconds = try #require(try stand.drip("x", interval: 5, bound: 200))
        #expect((60...65).contains(seconds))
    }

    @Test("what the upstream holds back is not the client's time")
    func heldBack() throws {
        let stand = try Stand("Content-Length: 1000")
        stand.gateway.advance(seconds: 5)
        for _ in 0..<5 {
            stand.upstream.setWritable(false)
            stand.gateway.advance(seconds: 50)
            #expect(stand.client.isOpen)
            stand.upstream.setWritable(true)
        }
        // Of its ten seconds five are left.
        stand.gateway.advance(seconds: 4)
        #expect(stand.client.isOpen)
        stand.gateway.advance(seconds: 2)
        #expect(try stand.client.written().hasPrefix("HTTP/1.1 408 "))
    }

    @Test("an upstream that takes nothing for a minute is 504, whatever the client has left")
    func upstreamStopped() throws {
        let stand = try Stand("Content-Length: 1000")
        stand.upstream.setWritable(false)
        stand.gateway.advance(seconds: 61)
        #expect(try stand.client.written().hasPrefix("HTTP/1.1 504 "))
    }

    @Test("where the answer has begun it is cut, and the log says why")
    func answered() throws {
        let stand = try Stand("Content-Length: 100000")
        try stand.upstream.receive("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        var seconds = 0
        while stand.client.isOpen, seconds < 60 {
            stand.gateway.advance(seconds: 1)
            seconds += 1
            guard stand.client.isOpen else { break }
            try stand.client.receive("x")
            try stand.upstream.receive("y")
        }
        #expect((10...11).contains(seconds))
        #expect(!stand.upstream.isOpen)
        #expect(stand.line["code"] == "request_timeout")
        #expect(stand.line["cut"] == "true")
    }

    @Test("an answer that begins early takes no time from a body that comes as it should")
    func early() throws {
        let stand = try Stand("Content-Length: 100000")
        try stand.upstream.receive("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in 0..<50 {
            stand.gateway.advance(seconds: 1)
            try stand.client.receive(String(repeating: "x", count: 100))
            try stand.upstream.receive("y")
        }
        #expect(stand.client.isOpen)
        // And a body that is whole is held to nothing.
        try stand.client.receive(String(repeating: "x", count: 95_000))
        for _ in 0..<4 {
            stand.gateway.advance(seconds: 50)
            try stand.upstream.receive("y")
        }
        #expect(stand.client.isOpen)
    }

    @Test("what is none of a body is held to nothing: an event stream whose client is silent")
    func eventStream() throws {
        let gateway = try EmbeddedGateway()
        let client = try gateway.client()
        try client.receive(try gateway.request("GET"))
        let upstream = try #require(gateway.upstreams.first)
        try upstream.receive("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in 0..<10 {
            gateway.advance(seconds: 50)
            try upstream.receive("1\r\nx\r\n")
        }
        #expect(client.isOpen)
    }

    @Test(
        "without a rate it may drip until the exchange's own deadline, and stop for a minute",
        arguments: [(0, ""), (64, ", min_body_rate: 0")])
    func unbounded(_ rate: Int, _ members: String) throws {
        let stand = try Stand("Content-Length: 100000", rate: rate, members: members)
        let seconds = try #require(try stand.drip("x", interval: 30, bound: 1000))
        #expect((600...630).contains(seconds))
        #expect(!stand.upstream.isOpen)
        let stopped = try Stand("Content-Length: 100000", rate: rate, members: members)
        stopped.gateway.advance(seconds: 59)
        #expect(stopped.client.isOpen)
        stopped.gateway.advance(seconds: 2)
        #expect(try stopped.client.written().hasPrefix("HTTP/1.1 408 "))
    }

    @Test("min_body_rate: a route's own")
    func ofARoute() throws {
        let stand = try Stand("Content-Length: 100000", members: ", min_body_rate: 1000")
        let seconds = try #require(
            try stand.drip(String(repeating: "x", count: 500), interval: 1, bound: 300))
        #expect((19...21).contains(seconds))
    }

    @Test("time is earned by bytes, kept within its bounds, and used up only while the client is waited for")
    func arithmetic() {
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        var pace = BodyPace(rate: 100, grace: .seconds(10), most: .seconds(60))
        #expect(pace.deadline == .distantFuture)
        pace.isWaiting(true, now: start)
        #expect(pace.deadline == start + .seconds(10))
        pace.received(200, now: start + .seconds(3))
        #expect(pace.deadline == start + .seconds(12))
        pace.isWaiting(false, now: start + .seconds(4))
        #expect(!pace.isOver(start + .hours(1)))
        pace.received(100, now: start + .hours(1))
        pace.isWaiting(true, now: start + .hours(1))
        #expect(pace.deadline == start + .hours(1) + .seconds(9))
        pace.received(.max, now: start + .hours(1))
        #expect(pace.deadline == start + .hours(1) + .seconds(60))
        #expect(!pace.isOver(start + .hours(1) + .seconds(59)))
        #expect(pace.isOver(start + .hours(1) + .seconds(60)))
        // A route that waits for less than the grace takes none of it away.
        var short = BodyPace(rate: 1_000_000, grace: .seconds(10), most: .seconds(1))
        short.isWaiting(true, now: start)
        short.received(1, now: start + .seconds(10))
        #expect(short.deadline == start + .seconds(10) + .microseconds(1))
    }
}
