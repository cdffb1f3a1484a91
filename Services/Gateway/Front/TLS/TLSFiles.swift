import NIOCore
import NIOSSL

/// The files that TLS is served with, and what is made of them.
package struct TLSFiles: Sendable, Hashable {
    static let certificateVariable = "GW_TLS_CERT_FILE"
    static let keyVariable = "GW_TLS_KEY_FILE"
    static let clientCAVariable = "GW_TLS_CLIENT_CA_FILE"

    package var certificate: WatchedFile
    package var key: WatchedFile
    /// With it every client has to show a certificate that one of these signed.
    package var clientCA: WatchedFile?

    /// What is wrong with one of the files, for people.
    struct Fault: Error, Equatable {
        let variable: String
        let problem: String
        let mend: String
    }

    struct Loaded {
        let context: NIOSSLContext
        /// Seconds since the epoch: the end of the leaf's validity.
        let notAfter: Int64
        let isKeyReadableByOthers: Bool
    }

    var revisions: [WatchedFile.Revision?] { [certificate.revision, key.revision, clientCA?.revision] }

    /// Reads all of them anew.
    func load() throws(Fault) -> Loaded {
        let chain = try Self.certificates(Self.content(certificate, Self.certificateVariable), certificate)
        let keyContent = try Self.content(key, Self.keyVariable)
        guard let leaf = chain.first, let privateKey = try? NIOSSLPrivateKey(bytes: keyContent.bytes, format: .pem)
        else {
            throw Fault(
                variable: Self.keyVariable, problem: "\(key.path) holds no private key in PEM that can be read.",
                mend: "Give the key of the certificate, without a passphrase.")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuiteValues = Self.ciphers
        configuration.applicationProtocols = ["h2", "http/1.1"]
        // A peer that does not say goodbye in turn is not waited for long.
        configuration.shutdownTimeout = .seconds(1)
        if let clientCA {
            let content = try Self.content(clientCA, Self.clientCAVariable)
            configuration.trustRoots = .certificates(
                try Self.certificates(content, clientCA, variable: Self.clientCAVariable))
            // Of a server: a certificate is demanded and its chain is checked; clients have no host name to check.
            configuration.certificateVerification = .noHostnameVerification
            configuration.sendCANameList = true
        }
        do {
            return Loaded(
                context: try NIOSSLContext(configuration: configuration), notAfter: Int64(leaf.notValidAfter),
                isKeyReadableByOthers: keyContent.isReadableByOthers)
        } catch {
            throw Fault(
                variable: Self.keyVariable,
                problem: "\(key.path) is not the key of the certificate in \(certificate.path).",
                mend: "Give a certificate and the key that it was made for.")
        }
    }

    /// Of TLS 1.2: forward secrecy and authenticated encryption alone, so that none is on RFC 9113's list of those that
    /// HTTP/2 may not use (appendix A). Those of TLS 1.3 are not chosen here.
    private static let ciphers: [NIOTLSCipher] = [
        .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]

    private static func content(_ file: WatchedFile, _ variable: String) throws(Fault) -> WatchedFile.Content {
        do throws(WatchedFile.Unreadable) {
            return try file.read()
        } catch {
            throw Fault(
                variable: variable, problem: "names \(file.path), and \(error.reason).", mend: "Mend path or rights.")
        }
    }

    private static func certificates(
        _ content: WatchedFile.Content, _ file: WatchedFile, variable: String = certificateVariable
    ) throws(Fault) -> [NIOSSLCertificate] {
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(content.bytes), !certificates.isEmpty else {
            throw Fault(
                variable: variable, problem: "\(file.path) holds no certificate in PEM.",
                mend: "Give a file of `-----BEGIN CERTIFICATE-----` blocks, a server's own first.")
        }
        return certificates
    }
}
