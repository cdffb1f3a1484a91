import NIOCore
import TestSupport
import Testing

@testable import Gateway

@Suite("Connections of one client", .timeLimit(.minutes(10)))
struct ConnectionLimitTests {
    private static func run(
        _ variables: [String: String], _ body: @Sendable (TestGateway) async throws -> Void
    ) async throws {
        let all = ["GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": "false", "GW_MAX_CONNECTIONS_PER_CLIENT": "2"]
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant, all.merging(variables) { $1 }, body)
        }
    }

    private static let health = TestGateway.request("GET", "/health")

    /// Until the gateway has heard that a connection was closed, its place is taken.
    private static func connected(_ gateway: TestGateway, first: String = "") async throws -> RawClient {
        while true {
            let client = try await gateway.connect()
            client.post(first + health)
            if let response = try? await client.response(), response.status == 200 { return client }
            client.close()
        }
    }

    @Test("one too many is told so at once, the others go on, and who leaves makes room", arguments: ["1", "3"])
    func bound(_ threads: String) async throws {
        try await Self.run(["GW_THREADS": threads]) { gateway in
            let first = try await Self.connected(gateway), second = try await Self.connected(gateway)
            let third = try await gateway.connect()
            let response = try await third.response()
            #expect(response.status == 503)
            #expect(response.code == "unavailable")
            #expect(response.values("retry-after") == ["2"])
            for client in [first, second] { #expect(try await client.request(Self.health).status == 200) }
            second.close()
            let again = try await Self.connected(gateway)
            #expect(try await again.request(Self.health).status == 200)
            #expect(gateway.log.contains("connection refused: one client has too many"))
        }
    }

    @Test("behind a PROXY header it is the address in the header that counts, an IPv6 network as one")
    func proxyProtocol() async throws {
        let variables = ["GW_PROXY_PROTOCOL": "true", "TRUSTED_PROXIES": "127.0.0.1"]
        try await Self.run(variables) { gateway in
            func line(_ address: String) -> String {
                address.contains(":")
                    ? "PROXY TCP6 \(address) 2001:db8::1 56324 443\r\n" : "PROXY TCP4 \(address) 10.0.0.1 56324 443\r\n"
            }
            func status(_ address: String) async throws -> (RawClient, Int) {
                let client = try await gateway.connect()
                client.post(line(address) + Self.health)
                return (client, try await client.response().status)
            }
            var kept: [RawClient] = []
            for (address, expected) in [
                ("203.0.113.9", 200), ("203.0.113.9", 200), ("203.0.113.9", 503), ("203.0.113.10", 200),
                ("2001:db8:1:2::1", 200), ("2001:db8:1:2:ffff::1", 200), ("2001:db8:1:2::3", 503),
                ("2001:db8:1:3::1", 200),
            ] {
                let (client, status) = try await status(address)
                #expect(status == expected, "\(address)")
                kept.append(client)
            }
            for client in kept { client.close() }
        }
    }

    @Test("a trusted proxy carries the connections of many")
    func trustedProxy() async throws {
        try await Self.run(["TRUSTED_PROXIES": "127.0.0.1"]) { gateway in
            var clients: [RawClient] = []
            for _ in 0..<5 { clients.append(try await gateway.connect()) }
            for client in clients { #expect(try await client.request(Self.health).status == 200) }
        }
    }

    @Test("with TLS, where no answer could be read before the handshake, it is closed")
    func tls() async throws {
        let certificates = try await TestCertificates()
        try await Self.run(certificates.variables) { gateway in
            let tls = try certificates.client()
            var clients: [RawClient] = []
            for _ in 0..<2 { clients.append(try await RawClient.connect(port: gateway.port, tls: tls)) }
            for client in clients { #expect(try await client.request(Self.health).status == 200) }
            let third = try await gateway.connect()
            #expect(await third.closed().rest.isEmpty)
            #expect(try await clients[0].request(Self.health).status == 200)
        }
    }

    @Test("the streams of one HTTP/2 connection are one connection")
    func streams() async throws {
        let certificates = try await TestCertificates()
        let variables = certificates.variables.merging(["GW_MAX_CONNECTIONS_PER_CLIENT": "1"]) { $1 }
        try await Self.run(variables) { gateway in
            let tls = try certificates.client(protocols: ["h2"])
            let client = try await RawHTTP2.connect(port: gateway.port, tls: tls)
            let token = try TestTokens.token()
            for stream in [1, 3, 5, 7] { client.headers(stream, RawHTTP2.fields("GET", "/api/x", token: token)) }
            for stream in [1, 3, 5, 7] { #expect(try await client.answer(stream).status == ":status=200") }
            let second = try await gateway.connect()
            #expect(await second.closed().rest.isEmpty)
        }
    }

    @Test("counts come back to nothing, and other clients are others")
    func counting() {
        let clients = ClientConnections(maximum: 1)
        #expect(clients.enter("10.0.0.1"))
        #expect(!clients.enter("10.0.0.1"))
        #expect(clients.enter("10.0.0.2"))
        #expect(clients.enter("2001:db8::1"))
        #expect(!clients.enter("2001:db8::2"))
        #expect(clients.count == 3)
        for address in ["10.0.0.1", "10.0.0.2", "2001:db8::2", "10.0.0.1"] { clients.leave(address) }
        #expect(clients.count == 0)
        #expect(clients.enter("10.0.0.1"))
    }
}

@Suite("Warnings that come with each request")
struct BoundedWarningTests {
    @Test("the first one is let through, then one in ten seconds with the number of those in between")
    func bounded() {
        var warning = BoundedWarning()
        let begin = NIODeadline.uptimeNanoseconds(1_000_000_000)
        #expect(warning.due(now: begin) == 0)
        for second in 1...9 { #expect(warning.due(now: begin + .seconds(Int64(second))) == nil) }
        #expect(warning.due(now: begin + .seconds(10)) == 9)
        #expect(warning.due(now: begin + .seconds(11)) == nil)
        #expect(warning.due(now: begin + .seconds(100)) == 1)
        #expect(warning.due(now: begin + .seconds(200)) == 0)
    }

    @Test("while the circuit is open, a thousand requests make one warning")
    func circuitOpen() async throws {
        try await UpstreamServer.with({ _ in .json("{}", status: 500) }) { plant in
            try await TestGateway.run(plant: plant, ["GW_ENRICHMENT_BREAKER_FAILURES": "1"]) { gateway in
                let client = try await gateway.connect()
                let request = TestGateway.request("GET", "/api/v1/x", token: try TestTokens.token())
                for _ in 0..<1000 { #expect(try await client.request(request).status == 503) }
                let warnings = gateway.log.lines.filter { $0.message == "customer enrichment unavailable" }
                // One in ten seconds, on a machine that may be slow.
                #expect((1...6).contains(warnings.count))
            }
        }
    }
}
