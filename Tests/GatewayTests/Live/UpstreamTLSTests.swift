import NIOCore
import NIOSSL
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

@Suite("TLS to upstreams", .serialized, .timeLimit(.minutes(10)))
struct UpstreamTLSTests {
    private static let quiet = ["GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": "false"]

    /// An upstream that serves TLS with the pair `served`, for `gateway.test` and 127.0.0.1.
    /// - Parameter clients: whose certificates it demands; nil: nobody's.
    private static func with(
        _ certificates: TestCertificates, clients: String? = nil, _ body: (UpstreamServer, Int) async throws -> Void
    ) async throws {
        let folder = certificates.folder
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(folder.path("served.pem")).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: folder.path("served.key"), format: .pem)))
        if let clients {
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(folder.path("\(clients).pem")))
            configuration.certificateVerification = .noHostnameVerification
        }
        let context = try NIOSSLContext(configuration: configuration)
        try await UpstreamServer.with(
            prepare: { try $0.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context)) },
            TestPlant.friendly
        ) { server in try await body(server, server.port) }
    }

    private static func run(
        _ group: String, _ variables: [String: String] = [:], _ body: @Sendable (TestGateway) async throws -> Void
    ) async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await UpstreamGroupTests.run(plant: plant, group: group, variables, body)
        }
    }

    @Test("an upstream that demands a client certificate gets the one of its group")
    func clientCertificate() async throws {
        let certificates = try await TestCertificates()
        try await certificates.make("gateway")
        try await certificates.make("stranger")
        let folder = certificates.folder
        let ca = folder.path("served.pem")
        try await Self.with(certificates, clients: "gateway") { server, port in
            let target = "targets: [\"https://127.0.0.1:\(port)\"]"
            func own(_ name: String) -> String {
                "certificate: \(folder.path("\(name).pem")), key: \(folder.path("\(name).key"))"
            }
            for tls in ["ca: \(ca)", "ca: \(ca), \(own("stranger"))"] {
                try await Self.run("{\(target), tls: {\(tls)}}") { gateway in
                    let status = try await gateway.get("/r/x").status
                    #expect(status == 502)
                }
            }
            #expect(server.requests.isEmpty)
            try await Self.run("{\(target), tls: {ca: \(ca), \(own("gateway"))}}") { gateway in
                for _ in 0..<3 {
                    let status = try await gateway.get("/r/x").status
                    #expect(status == 200)
                }
            }
            #expect(server.requests.count == 3)
        }
    }

    @Test("client certificate by settings: GW_UPSTREAM_TLS_* are for every https upstream that says nothing itself")
    func settings() async throws {
        let certificates = try await TestCertificates()
        try await certificates.make("gateway")
        let folder = certificates.folder
        try await Self.with(certificates, clients: "gateway") { server, port in
            let variables = [
                "PLANT_BACKEND_URL": "https://127.0.0.1:\(port)", "GW_UPSTREAM_TLS_CA_FILE": folder.path("served.pem"),
                "GW_UPSTREAM_TLS_CERT_FILE": folder.path("gateway.pem"),
                "GW_UPSTREAM_TLS_KEY_FILE": folder.path("gateway.key"),
            ]
            try await TestGateway.run(plant: server, variables) { gateway in
                // Enrichment too goes that way.
                let status = try await gateway.get("/api/v1/x", token: try TestTokens.token()).status
                #expect(status == 200)
                #expect(server.requests(to: TestPlant.validatePath).count == 1)
            }
        }
    }

    @Test("an upstream whose certificate nobody vouches for, or that is for another name, hears nothing")
    func verification() async throws {
        let certificates = try await TestCertificates()
        try await certificates.make("other")
        let folder = certificates.folder
        try await Self.with(certificates) { server, port in
            for (host, tls) in [
                // The system does not know who signed it.
                ("127.0.0.1", "server_name: gateway.test"),
                ("127.0.0.1", "ca: \(folder.path("other.pem"))"),
                // Signed by the right one, and for gateway.test and 127.0.0.1.
                ("localhost", "ca: \(folder.path("served.pem"))"),
                ("127.0.0.1", "ca: \(folder.path("served.pem")), server_name: elsewhere.test"),
            ] {
                try await Self.run("{targets: [\"https://\(host):\(port)\"], tls: {\(tls)}}") { gateway in
                    let answer = try await gateway.get("/r/x")
                    #expect(answer.status == 502, "\(host) \(tls)")
                    #expect(gateway.log.text.contains("TLS: "))
                }
            }
            #expect(server.requests.isEmpty)
            for (host, name) in [("127.0.0.1", ""), ("localhost", ", server_name: gateway.test")] {
                let tls = "ca: \(folder.path("served.pem"))\(name)"
                try await Self.run("{targets: [\"https://\(host):\(port)\"], tls: {\(tls)}}") { gateway in
                    let status = try await gateway.get("/r/x").status
                    #expect(status == 200)
                }
            }
        }
    }

    @Test("a TLS handshake that fails is a connection that did not come about: another server gets the request")
    func goesOn() async throws {
        let certificates = try await TestCertificates()
        try await Self.with(certificates) { server, port in
            try await UpstreamServer.with(TestPlant.friendly) { plain in
                // Trusted is the system alone, so the first can't be believed.
                let group = "{targets: [\"https://127.0.0.1:\(port)\", \"\(plain.url)\"]}"
                try await Self.run(group) { gateway in
                    let client = try await gateway.connect()
                    for _ in 0..<4 {
                        let post = TestGateway.request("POST", "/r/x", body: "once")
                        #expect(try await client.request(post).status == 200)
                    }
                }
                #expect(plain.requests.count == 4)
                #expect(server.requests.isEmpty)
            }
        }
    }

    @Test("a new pair of files is shown to the next connection, and one that does not work never")
    func reload() async throws {
        let certificates = try await TestCertificates()
        try await certificates.make("gateway")
        try await certificates.make("old")
        let folder = certificates.folder
        for end in ["pem", "key"] { try folder.write(folder.read("old.\(end)"), to: "own.\(end)") }
        try await Self.with(certificates, clients: "gateway") { server, port in
            let tls =
                "ca: \(folder.path("served.pem")), certificate: \(folder.path("own.pem")), "
                + "key: \(folder.path("own.key"))"
            try await Self.run("{targets: [\"https://127.0.0.1:\(port)\"], tls: {\(tls)}}") { gateway in
                #expect(try await gateway.get("/r/x").status == 502)
                try folder.write(folder.read("gateway.pem"), to: "own.pem")
                gateway.upstreamCertificates.look()
                #expect(gateway.log.text.contains("TLS files for upstreams not reloaded"))
                try folder.write(folder.read("gateway.key"), to: "own.key")
                gateway.upstreamCertificates.look()
                #expect(gateway.log.text.contains("TLS files for upstreams reloaded"))
                #expect(try await gateway.get("/r/x").status == 200)
                try folder.write("nothing", to: "own.pem")
                gateway.upstreamCertificates.look()
                server.closeConnections()
                #expect(try await gateway.get("/r/x").status == 200)
            }
        }
    }

    @Test("files that can't be used stop the start")
    func faults() async throws {
        let group = "{targets: [\"https://u\"], tls: {ca: /nowhere.pem}}"
        let file = await #expect(throws: SettingsError.self) { try await Self.run(group) { _ in } }
        #expect(file?.faults.map(\.variable) == ["GW_ROUTES_FILE"])
        for (variables, names) in [
            (["GW_UPSTREAM_TLS_CA_FILE": "/nowhere"], ["GW_UPSTREAM_TLS_CA_FILE"]),
            (["GW_UPSTREAM_TLS_CA_FILE": "/etc/passwd"], ["GW_UPSTREAM_TLS_CA_FILE"]),
            (["GW_UPSTREAM_TLS_CERT_FILE": "/a"], ["GW_UPSTREAM_TLS_KEY_FILE"]),
            (["GW_UPSTREAM_TLS_KEY_FILE": "/a"], ["GW_UPSTREAM_TLS_CERT_FILE"]),
        ] {
            let error = await #expect(throws: SettingsError.self) {
                try await UpstreamServer.with(TestPlant.friendly) { plant in
                    try await TestGateway.run(plant: plant, variables) { _ in }
                }
            }
            #expect(error?.faults.map(\.variable) == names)
        }
    }
}
