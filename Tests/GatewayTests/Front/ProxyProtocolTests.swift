import Foundation
import TestSupport
import Testing

@testable import Gateway

@Suite("The PROXY protocol in front", .serialized, .timeLimit(.minutes(10)))
struct ProxyProtocolTests {
    private static let settings = [
        "GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": "false", "GW_PROXY_PROTOCOL": "true", "TRUSTED_PROXIES": "127.0.0.1",
    ]

    private static func run(
        _ variables: [String: String] = [:],
        _ body: @Sendable (TestGateway, UpstreamServer) async throws -> Void
    ) async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant, settings.merging(variables) { $1 }) { gateway in
                try await body(gateway, plant)
            }
        }
    }

    private static let line = "PROXY TCP4 203.0.113.9 10.0.0.1 56324 443\r\n"

    private static func request(_ fields: [String] = []) throws -> String {
        TestGateway.request("GET", "/api/v1/x", fields, token: try TestTokens.token())
    }

    @Test(
        "the address that it names is the client's",
        arguments: [Array(line.utf8), ProxyHeaderTests.binary(0x21, 0x11, ProxyHeaderTests.inet)])
    func client(_ header: [UInt8]) async throws {
        try await Self.run { gateway, plant in
            let client = try await gateway.connect()
            client.post(bytes: header + Array(try Self.request(["X-Forwarded-For: 6.6.6.6"]).utf8))
            #expect(try await client.response().status == 200)
            let request = try #require(plant.requests.first)
            // The client itself is no proxy that is believed.
            #expect(request.values("x-forwarded-for") == ["203.0.113.9"])
            #expect(request.values("x-forwarded-proto") == ["http"])
            // It stands before the connection's first request alone.
            #expect(try await client.request(try Self.request()).status == 200)
        }
    }

    @Test("a header that drips in is put together, requests behind it wait")
    func drip() async throws {
        try await Self.run { gateway, plant in
            let client = try await gateway.connect()
            for byte in Self.line.utf8 { try await client.send(bytes: [byte]) }
            #expect(try await client.request(try Self.request()).status == 200)
            #expect(plant.requests.first?.values("x-forwarded-for") == ["203.0.113.9"])
        }
    }

    @Test(
        "a connection without one, or with a bad one, is closed unheard",
        arguments: [
            Array(TestGateway.request("GET", "/health").utf8), Array("PROXY TCP4 evil\r\n".utf8),
            ProxyHeaderTests.binary(0x21, 0x12, ProxyHeaderTests.inet), [UInt8](repeating: 0, count: 64),
        ])
    func refused(_ bytes: [UInt8]) async throws {
        try await Self.run { gateway, plant in
            let client = try await gateway.connect()
            client.post(bytes: bytes + Array(try Self.request().utf8))
            #expect(await client.closed().rest.isEmpty)
            #expect(plant.requests.isEmpty)
            #expect(gateway.log.text.contains("no PROXY header"))
        }
    }

    @Test("nobody but TRUSTED_PROXIES is believed, or heard")
    func untrusted() async throws {
        try await Self.run(["TRUSTED_PROXIES": "10.0.0.0/8"]) { gateway, plant in
            let client = try await gateway.connect()
            client.post(Self.line + (try Self.request()))
            #expect(await client.closed().rest.isEmpty)
            #expect(plant.requests.isEmpty)
            #expect(gateway.log.text.contains("it needs a PROXY header"))
        }
    }

    @Test("one that does not come is waited for as long as for a head")
    func silent() async throws {
        try await Self.run(["GW_HEAD_TIMEOUT_MS": "100"]) { gateway, _ in
            let client = try await gateway.connect()
            client.post("PROXY ")
            #expect(await client.closed().rest.isEmpty)
        }
    }

    @Test(
        "a client that is unknown is nobody's proxy, LOCAL is the proxy itself",
        arguments: [
            (Array("PROXY UNKNOWN\r\n".utf8), "unknown"), (ProxyHeaderTests.binary(0x21, 0x00, []), "unknown"),
            (ProxyHeaderTests.binary(0x21, 0x31, [UInt8](repeating: 0x61, count: 216)), "unknown"),
            (ProxyHeaderTests.binary(0x20, 0x00, []), "6.6.6.6, 127.0.0.1"),
        ])
    func unknown(_ header: [UInt8], _ forwardedFor: String) async throws {
        try await Self.run { gateway, plant in
            let client = try await gateway.connect()
            client.post(bytes: header + Array(try Self.request(["X-Forwarded-For: 6.6.6.6"]).utf8))
            #expect(try await client.response().status == 200)
            #expect(plant.requests.first?.values("x-forwarded-for") == [forwardedFor])
        }
    }

    @Test("it comes before TLS", arguments: [false, true])
    func beforeTLS(_ isBinary: Bool) async throws {
        let certificates = try await TestCertificates()
        try await Self.run(certificates.variables) { gateway, plant in
            let first = isBinary ? ProxyHeaderTests.binary(0x21, 0x11, ProxyHeaderTests.inet) : Array(Self.line.utf8)
            let client = try await RawClient.connect(
                port: gateway.port, tls: try certificates.client(), first: first)
            #expect(try await client.request(try Self.request()).status == 200)
            let request = try #require(plant.requests.first)
            #expect(request.values("x-forwarded-for") == ["203.0.113.9"])
            #expect(request.values("x-forwarded-proto") == ["https"])
        }
    }

    @Test("a proxy that says that TLS ended with it is believed: the upstream hears https")
    func tlsAtTheProxy() async throws {
        try await Self.run { gateway, plant in
            let header = ProxyHeaderTests.binary(
                0x21, 0x11, ProxyHeaderTests.inet + [0x20, 0, 5, 1, 0, 0, 0, 0])
            let client = try await gateway.connect()
            client.post(bytes: header + Array(try Self.request().utf8))
            #expect(try await client.response().status == 200)
            #expect(plant.requests.first?.values("x-forwarded-proto") == ["https"])
        }
    }

    @Test(
        "HAProxy in front is understood", .enabled(if: Tool.path("haproxy") != nil, "haproxy is not installed"),
        arguments: ["send-proxy", "send-proxy-v2", "send-proxy-v2 proxy-v2-options crc32c,unique-id"])
    func haproxy(_ option: String) async throws {
        try await Self.run { gateway, plant in
            let folder = try TemporaryFolder()
            let socket = folder.path("in.sock")
            try folder.write(
                """
                defaults
                    mode tcp
                    timeout connect 5s
                    timeout client 30s
                    timeout server 30s
                listen front
                    bind unix@\(socket) accept-proxy
                    server gateway 127.0.0.1:\(gateway.port) \(option)

                """, to: "haproxy.cfg")
            let process = try Tool.start("haproxy", ["-db", "-f", folder.path("haproxy.cfg")])
            try await Tool.until { FileManager.default.fileExists(atPath: socket) }
            // What HAProxy hears of its client it passes on.
            let client = try await RawClient.connect(port: 0, unixPath: socket, first: Array(Self.line.utf8))
            #expect(try await client.request(try Self.request()).status == 200)
            #expect(plant.requests.first?.values("x-forwarded-for") == ["203.0.113.9"])
            client.close()
            try await process.stop()
        }
    }
}
