import NIOSSL

/// Whether a certificate is for a name (RFC 9525 §6). The TLS library also takes one that is for the address which the
/// name led to: whoever can bend a name to an address of his own can have a certificate for that address.
enum CertificateName {
    static func covers(_ certificate: NIOSSLCertificate, host: String) -> Bool {
        certificate._subjectAlternativeNames().contains { name in
            name.nameType == .dnsName && matches(String(decoding: name.contents, as: UTF8.self), host: host)
        }
    }

    /// - Parameters:
    ///   - pattern: of the certificate: a name, or `*.` and at least two labels, which stands for one label before them.
    ///   - host: in lower case.
    static func matches(_ pattern: String, host: String) -> Bool {
        let pattern = withoutRootDot(pattern.lowercased())
        let host = withoutRootDot(host)
        guard pattern.hasPrefix("*.") else { return !pattern.contains("*") && pattern == host && !host.isEmpty }
        let parent = pattern.dropFirst(2)
        guard parent.contains("."), !parent.contains("*"), let dot = host.firstIndex(of: "."), dot > host.startIndex
        else { return false }
        return host[host.index(after: dot)...] == parent
    }

    private static func withoutRootDot(_ name: String) -> String {
        name.hasSuffix(".") ? String(name.dropLast()) : name
    }
}
