import Foundation
import Gateway
import NIOCore
import NIOSSL
import ServiceKit
import TestSupport
import Testing

@Suite("TLS in front", .serialized, .timeLimit(.minutes(10)))
struct TLSTests {
    private static let quiet = ["GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": "false"]

    /// A gateway that serves TLS.
    private static func run(
        _ certificates: TestCertificates, _ variables: [String: String] = [:],
        _ body: @Sendable (TestGateway, UpstreamServer) async throws -> Void
    ) async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            let all = quiet.merging(certificates.variables) { $1 }.merging(variables) { $1 }
            try await TestGateway.run(plant: plant, all) { gateway in try await body(gateway, plant) }
        }
    }

    private static func get(_ client: RawClient) async throws -> RawClient.Response {
        try await client.request(TestGateway.request("GET", "/api/v1/x", token: try TestTokens.token()))
    }

    @Test("HTTP/1.1 is served over TLS, and the upstream hears https", arguments: [[], ["http/1.1"], ["spdy/1"]])
    func overTLS(_ protocols: [String]) async throws {
        let certificates = try await TestCertificates()
        try await Self.run(certificates) { gateway, plant in
            let client = try await RawClient.connect(
                port: gateway.port, tls: try certificates.client(protocols: protocols))
            for _ in 0..<3 { #expect(try await Self.get(client).status == 200) }
            let request = try #require(plant.requests.first)
            #expect(request.values("x-forwarded-proto") == ["https"])
            #expect(request.values("forwarded").first?.contains("proto=https") == true)
            #expect(plant.requests.count == 3)
        }
    }

    @Test(
        "TLS 1.1 is refused, 1.2 and 1.3 are served",
        arguments: [(TLSVersion.tlsv11, false), (.tlsv12, true), (.tlsv13, true)])
    func versions(_ version: TLSVersion, _ isServed: Bool) async throws {
        let certificates = try await TestCertificates()
        try await Self.run(certificates) { gateway, plant in
            let tls = try certificates.client {
                $0.minimumTLSVersion = version
                $0.maximumTLSVersion = version
            }
            let client = try await RawClient.connect(port: gateway.port, tls: tls)
            if isServed {
                #expect(try await Self.get(client).status == 200)
            } else {
                client.post(TestGateway.request("GET", "/api/v1/x", token: try TestTokens.token()))
                #expect(await client.closed().rest.isEmpty)
                #expect(plant.requests.isEmpty)
            }
        }
    }

    @Test("clear text on the TLS port is hung up on")
    func clearText() async throws {
        let certificates = try await TestCertificates()
        try await Self.run(certificates) { gateway, plant in
            let client = try await gateway.connect()
            client.post(TestGateway.request("GET", "/health"))
            #expect(!(await client.closed().rest.contains("HTTP/1.1 200")))
            #expect(plant.requests.isEmpty)
        }
    }

    @Test("a handshake that does not come to an end is hung up on")
    func slowHandshake() async throws {
        let certificates = try await TestCertificates()
        try await Self.run(certificates, ["GW_HEAD_TIMEOUT_MS": "100"]) { gateway, _ in
            let client = try await gateway.connect()
            // The beginning of a ClientHello's record.
            client.post(bytes: [0x16, 0x03, 0x01])
            _ = await client.closed()
            #expect(gateway.log.text.contains("no handshake in time"))
        }
    }

    @Test("a new pair serves new connections, and those that stand go on")
    func reload() async throws {
        let certificates = try await TestCertificates()
        try await certificates.make("second")
        let first = try certificates.client()
        try await Self.run(certificates) { gateway, _ in
            let old = try await RawClient.connect(port: gateway.port, tls: first)
            #expect(try await Self.get(old).status == 200)
            try certificates.serve(certificate: "second", key: "second")
            try #require(gateway.certificates).look()
            let second = try await RawClient.connect(
                port: gateway.port, tls: try certificates.client(trusting: "second"))
            #expect(try await Self.get(second).status == 200)
            #expect(try await Self.get(old).status == 200)
            // Who trusts the first alone is not served by it any more.
            let stranger = try await RawClient.connect(port: gateway.port, tls: first)
            #expect(await stranger.closed().rest.isEmpty)
            #expect(gateway.log.text.contains("TLS certificate reloaded"))
        }
    }

    @Test("a pair that does not work never replaces one that does, and the log says why")
    func brokenPair() async throws {
        let certificates = try await TestCertificates()
        try await certificates.make("second")
        let first = try certificates.client()
        try await Self.run(certificates) { gateway, _ in
            let served = try #require(gateway.certificates)
            try certificates.serve(certificate: "second", key: "served")
            served.look()
            #expect(gateway.log.text.contains("is not the key of the certificate"))
            try certificates.folder.write("nothing", to: "served.pem")
            served.look()
            #expect(gateway.log.text.contains("holds no certificate in PEM"))
            try FileManager.default.removeItem(atPath: certificates.folder.path("served.key"))
            served.look()
            for _ in 0..<2 {
                let client = try await RawClient.connect(port: gateway.port, tls: first)
                #expect(try await Self.get(client).status == 200)
            }
            try certificates.serve(certificate: "second", key: "second")
            served.look()
            let client = try await RawClient.connect(
                port: gateway.port, tls: try certificates.client(trusting: "second"))
            #expect(try await Self.get(client).status == 200)
        }
    }

    @Test("with an authority for clients, one without its certificate is refused in the handshake")
    func clientCertificates() async throws {
        let certificates = try await TestCertificates()
        try await certificates.make("partner")
        try await certificates.make("stranger")
        let variables = ["GW_TLS_CLIENT_CA_FILE": certificates.folder.path("partner.pem")]
        try await Self.run(certificates, variables) { gateway, plant in
            for own in [nil, "stranger"] {
                let client = try await RawClient.connect(port: gateway.port, tls: try certificates.client(own: own))
                client.post(TestGateway.request("GET", "/api/v1/x", token: try TestTokens.token()))
                #expect(await client.closed().rest.isEmpty)
            }
            #expect(plant.requests.isEmpty)
            let client = try await RawClient.connect(port: gateway.port, tls: try certificates.client(own: "partner"))
            #expect(try await Self.get(client).status == 200)
        }
    }

    @Test(
        "files that can't be served stop the start and name their variable",
        arguments: [
            ("GW_TLS_CERT_FILE", "/nowhere.pem"), ("GW_TLS_KEY_FILE", "/nowhere.key"),
            ("GW_TLS_CERT_FILE", "/etc/passwd"), ("GW_TLS_KEY_FILE", "/etc/passwd"), ("GW_TLS_KEY_FILE", "/tmp"),
        ])
    func faults(_ name: String, _ path: String) async throws {
        let certificates = try await TestCertificates()
        let error = await #expect(throws: SettingsError.self) {
            try await Self.run(certificates, [name: path]) { _, _ in }
        }
        #expect(error?.faults.map(\.variable) == [name])
    }

    @Test("a key that everybody on the machine can read is warned of")
    func openKey() async throws {
        let certificates = try await TestCertificates()
        #expect(chmod(certificates.folder.path("served.key"), 0o644) == 0)
        try await Self.run(certificates) { gateway, _ in
            #expect(gateway.log.text.contains("can be read by everybody"))
        }
        #expect(chmod(certificates.folder.path("served.key"), 0o600) == 0)
        try await Self.run(certificates) { gateway, _ in
            #expect(!gateway.log.text.contains("can be read by everybody"))
        }
    }

    @Test("a response that is cut ends without TLS's word that all is well")
    func truncation() async throws {
        let certificates = try await TestCertificates()
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
        try await UpstreamServer.with({ _ in .raw(answer, thenClose: true) }) { plant in
            let all = Self.quiet.merging(certificates.variables) { $1 }
            try await TestGateway.run(plant: plant, all) { gateway in
                let client = try await RawClient.connect(port: gateway.port, tls: try certificates.client())
                client.post(TestGateway.request("GET", "/api/v1/x", token: try TestTokens.token()))
                let end = await client.closed()
                #expect(end.error != nil, "the end of the response seems to be one")
            }
        }
    }

    @Test(
        "a connection that is idle for too long, or brings no head, is closed with TLS's goodbye",
        arguments: [true, false])
    func idleGoodbye(_ isUsed: Bool) async throws {
        let certificates = try await TestCertificates()
        let name = isUsed ? "GW_KEEPALIVE_TIMEOUT_MS" : "GW_HEAD_TIMEOUT_MS"
        try await Self.run(certificates, [name: "1000"]) { gateway, _ in
            let client = try await RawClient.connect(port: gateway.port, tls: try certificates.client())
            if isUsed { #expect(try await Self.get(client).status == 200) }
            let end = await client.closed()
            #expect(end.rest.isEmpty)
            #expect(end.error == nil)
        }
    }

    @Test("one connection too many over TLS is told so, or hung up on, and the others are served on")
    func overload() async throws {
        let certificates = try await TestCertificates()
        try await Self.run(certificates, ["GW_MAX_CONNECTIONS": "2"]) { gateway, _ in
            let tls = try certificates.client()
            let first = try await RawClient.connect(port: gateway.port, tls: tls)
            let second = try await RawClient.connect(port: gateway.port, tls: tls)
            for client in [first, second] { #expect(try await Self.get(client).status == 200) }
            let third = try await RawClient.connect(port: gateway.port, tls: tls)
            third.post(TestGateway.request("GET", "/health"))
            #expect(!(await third.closed().rest.contains("HTTP/1.1 200")))
            #expect(try await Self.get(first).status == 200)
        }
    }
}
