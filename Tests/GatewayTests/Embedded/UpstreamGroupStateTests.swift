import NIOEmbedded
import TestSupport
import Testing

@testable import Gateway

/// With a clock that the test moves.
@Suite("Groups of servers as time passes")
struct UpstreamGroupStateTests {
    private static func gateway(_ members: String) throws -> EmbeddedGateway {
        let text = """
            version: 1
            upstreams: {u: {targets: ["http://a", "http://b"], \(members)}}
            routes: [{prefix: /api/, upstream: u, auth: public}]
            """
        return try EmbeddedGateway(routes: text)
    }

    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

    /// What a connection's server was asked for last.
    private static func isFor(_ host: String, _ side: EmbeddedGateway.Side) throws -> Bool {
        try side.written().contains("Host: \(host)\r\n")
    }

    @Test("a server that says nothing is 504, and out after as many of these in a row as the rule says")
    func timeouts() throws {
        let gateway = try Self.gateway("outlier: {failures: 1, eject_for: 40s}")
        let silent = try gateway.client()
        try silent.receive(try gateway.request("GET"))
        let asked = try #require(gateway.upstreams.last)
        #expect(try Self.isFor("a", asked))
        gateway.advance(seconds: 31)
        #expect(try silent.written().contains(" 504 "))
        // For 40 seconds nobody but the other is asked.
        for _ in 0..<3 {
            let client = try gateway.client()
            try client.receive(try gateway.request("GET"))
            let side = try #require(gateway.upstreams.last { $0.isOpen })
            #expect(try Self.isFor("b", side))
            try side.receive(Self.ok)
            #expect(try client.written().contains(" 200 "))
        }
        #expect(gateway.log.contains("upstream target ejected"))
        gateway.advance(seconds: 41)
        #expect(gateway.log.contains("upstream target is back"))
        var hosts: Set<String> = []
        for _ in 0..<2 {
            let client = try gateway.client()
            try client.receive(try gateway.request("GET"))
            let side = try #require(gateway.upstreams.last { $0.isOpen })
            hosts.insert(try Self.isFor("a", side) ? "a" : "b")
        }
        #expect(hosts == ["a", "b"])
    }

    @Test("a health check that is not answered in time has failed, and each server is asked in its own interval")
    func healthCheck() throws {
        let gateway = try Self.gateway("health: {path: /up, interval: 10s, timeout: 5s, unhealthy_after: 2}")
        gateway.advance(seconds: 2)
        #expect(gateway.upstreams.count == 2)
        for side in gateway.upstreams {
            #expect(try side.written().hasPrefix("GET /up HTTP/1.1\r\nHost: "))
            try side.receive("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            #expect(!side.isOpen)
        }
        #expect(gateway.log.messages.filter { $0 == "upstream target is healthy" }.count == 2)
        // Two questions each that are left without an answer.
        gateway.advance(seconds: 34)
        #expect(gateway.log.messages.filter { $0 == "upstream target is unhealthy" }.count == 2)
        let client = try gateway.client()
        try client.receive(try gateway.request("GET"))
        #expect(try client.written().contains(" 503 "))
    }

    @Test("a client that goes away says nothing of the server")
    func clientGone() throws {
        let gateway = try Self.gateway("outlier: {failures: 1, eject_for: 1h}")
        for _ in 0..<4 {
            let client = try gateway.client()
            try client.receive(try gateway.request("GET"))
            _ = try client.channel.finish(acceptAlreadyClosed: true)
        }
        #expect(!gateway.log.contains("upstream target ejected"))
    }

    @Test("other routes: a group that did not change keeps its connections, and exchanges of one that did end in order")
    func reload() throws {
        let gateway = try Self.gateway("outlier: {failures: 1, eject_for: 1h}")
        let before = try #require(gateway.loop.upstreams["u"])
        let client = try gateway.client()
        try client.receive(try gateway.request("GET"))
        let side = try #require(gateway.upstreams.last)
        gateway.loop.upstreams.replace(with: ["u": before.group])
        #expect(gateway.loop.upstreams["u"] === before)
        let changed = UpstreamGroup(name: "u", targets: before.group.targets)
        gateway.loop.upstreams.replace(with: ["u": changed])
        let after = try #require(gateway.loop.upstreams["u"])
        #expect(after !== before)
        #expect(side.isOpen)
        try side.receive(Self.ok)
        #expect(try client.written().contains(" 200 "))
        #expect(!side.isOpen)
        gateway.loop.upstreams.replace(with: [:])
        #expect(gateway.loop.upstreams["u"] != nil, "somebody may be on the way there")
        gateway.advance(seconds: 601)
        #expect(gateway.loop.upstreams["u"] == nil)
        let late = try gateway.client()
        try late.receive(try gateway.request("GET"))
        #expect(try late.written().contains(" 404 "))
    }
}
