/// How TLS is spoken to upstreams: whom they are believed from, and what this gateway shows of itself.
package struct UpstreamTLS: Sendable, Hashable {
    /// Paths of PEM files.
    package struct Files: Sendable, Hashable {
        /// Who may have signed an upstream's certificate; nil: whoever the system trusts.
        package var ca: String?
        /// Shown to upstreams that ask for one, leaf first; with `key`.
        package var certificate: String?
        package var key: String?

        package init(ca: String? = nil, certificate: String? = nil, key: String? = nil) {
            self.ca = ca
            self.certificate = certificate
            self.key = key
        }
    }

    /// Nil: those of the gateway's settings.
    package var files: Files?
    /// Asked for (SNI) and looked for in the certificate, in place of the address's host.
    package var serverName: String?

    package init(files: Files? = nil, serverName: String? = nil) {
        self.files = files
        self.serverName = serverName
    }
}

/// One upstream server: where it is, and how it is spoken to.
struct UpstreamEndpoint: Sendable, Hashable {
    let origin: Origin
    /// For the `Host` field; nil: the origin's.
    var authority: String?
    var tls: UpstreamTLS?
}
