package import HTTPKit
package import ServiceKit

/// What stands before the HTTP/1.1 handler.
///
/// | variable | type | default |
/// |---|---|---|
/// | `GW_TLS_CERT_FILE` | path of a PEM file, leaf first: TLS 1.2 and 1.3 on PORT, with HTTP/2 | none: clear text |
/// | `GW_TLS_KEY_FILE` | path of its private key, PEM, not encrypted | with the certificate |
/// | `GW_TLS_CLIENT_CA_FILE` | path of a PEM file: who signs client certificates; then each client needs one | none |
/// | `GW_PROXY_PROTOCOL` | each connection begins with a PROXY header; needs TRUSTED_PROXIES | false |
/// | `GW_LISTEN_UNIX` | path of a Unix socket, beside HOST and PORT; clear text | none |
/// | `GW_MAX_CONNECTIONS_PER_CLIENT` | by address, an IPv6 network of 64 bits together; 0: no bound | 0 |
package struct FrontSettings: Sendable, Equatable {
    package var tls: TLSFiles?
    package var proxyProtocol: Bool
    package var unixSocket: String?
    /// 0 for no bound.
    package var connectionsPerClient: Int

    package init(reader: SettingsReader, trustedProxies: TrustedProxies) {
        tls = Self.tls(reader)
        proxyProtocol = reader.bool("GW_PROXY_PROTOCOL", default: false)
        unixSocket = reader.string("GW_LISTEN_UNIX")
        connectionsPerClient = reader.int("GW_MAX_CONNECTIONS_PER_CLIENT", default: 0, in: 0...1_000_000)
        if proxyProtocol, trustedProxies == .none {
            reader.fault(
                "GW_PROXY_PROTOCOL", "is true, and TRUSTED_PROXIES names nobody: every connection would be closed.",
                mend: "Name the proxy in TRUSTED_PROXIES (`unix` for one that comes by GW_LISTEN_UNIX).")
        }
        if let path = unixSocket, !path.hasPrefix("/") || path.utf8.count > UnixSocket.maximumPath {
            reader.fault(
                "GW_LISTEN_UNIX", "is no absolute path of at most \(UnixSocket.maximumPath) bytes.",
                mend: "Set a path such as /run/lockstep/gateway.sock.")
            unixSocket = nil
        }
    }

    private static func tls(_ reader: SettingsReader) -> TLSFiles? {
        let certificate = reader.string(TLSFiles.certificateVariable)
        let key = reader.string(TLSFiles.keyVariable)
        let clientCA = reader.string(TLSFiles.clientCAVariable)
        switch (certificate, key) {
        case (let certificate?, let key?):
            return TLSFiles(
                certificate: WatchedFile(path: certificate), key: WatchedFile(path: key),
                clientCA: clientCA.map(WatchedFile.init))
        case (nil, nil):
            if clientCA != nil {
                reader.fault(
                    TLSFiles.clientCAVariable, "is set without a certificate of the gateway's own.",
                    mend: "Set \(TLSFiles.certificateVariable) and \(TLSFiles.keyVariable) too, or leave it out.")
            }
        case (_?, nil):
            reader.fault(
                TLSFiles.keyVariable, "is not set, and \(TLSFiles.certificateVariable) is.",
                mend: "Set both, or neither.")
        case (nil, _?):
            reader.fault(
                TLSFiles.certificateVariable, "is not set, and \(TLSFiles.keyVariable) is.",
                mend: "Set both, or neither.")
        }
        return nil
    }
}
