import NIOSSL

/// Certificates and keys that `openssl` makes, in a folder that a test may change.
struct TestCertificates: Sendable {
    let folder: TemporaryFolder

    /// With a pair named `served`.
    init() async throws {
        folder = try TemporaryFolder()
        try await make("served")
    }

    /// `NAME.pem` and `NAME.key`, signed by itself.
    func make(_ name: String) async throws {
        try await Tool.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:gateway.test,IP:127.0.0.1",
                "-keyout", folder.path("\(name).key"), "-out", folder.path("\(name).pem"),
            ])
    }

    /// Puts another pair, or a half of one, in the place of the served one.
    func serve(certificate: String, key: String) throws {
        try folder.write(folder.read("\(certificate).pem"), to: "served.pem")
        try folder.write(folder.read("\(key).key"), to: "served.key")
    }

    var variables: [String: String] {
        ["GW_TLS_CERT_FILE": folder.path("served.pem"), "GW_TLS_KEY_FILE": folder.path("served.key")]
    }

    /// A client that trusts whoever holds this certificate, and nobody else.
    /// - Parameters:
    ///   - own: the pair that it shows.
    func client(
        trusting name: String = "served", protocols: [String] = [], own: String? = nil,
        _ change: (inout TLSConfiguration) -> Void = { _ in }
    ) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(folder.path("\(name).pem")))
        configuration.certificateVerification = .noHostnameVerification
        configuration.applicationProtocols = protocols
        if let own {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(folder.path("\(own).pem"))
                .map { .certificate($0) }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: folder.path("\(own).key"), format: .pem))
        }
        change(&configuration)
        return try NIOSSLContext(configuration: configuration)
    }
}
