package import ServiceKit

/// | variable | type | default |
/// |---|---|---|
/// | `JWT_JWKS_URL` | a URL whose public keys this verifier accepts beside its ring's; https, or http on this machine | none |
/// | `JWT_JWKS_ALLOW_HTTP` | bool; plain http over a network, where nobody else can answer | false |
/// | `JWT_JWKS_CACHE_FILE` | absolute path; the last good set, for a start while the issuer is down | none |
package struct KeySetSettings: Sendable, Equatable {
    package var url: String
    package var cacheFile: String?

    package init(url: String, cacheFile: String? = nil) {
        self.url = url
        self.cacheFile = cacheFile
    }

    /// Nil where no set is named.
    package init?(reader: SettingsReader) {
        let allowsPlain = reader.bool("JWT_JWKS_ALLOW_HTTP", default: false)
        let cacheFile = reader.string("JWT_JWKS_CACHE_FILE")
        if let cacheFile, !cacheFile.hasPrefix("/") {
            reader.fault("JWT_JWKS_CACHE_FILE", "is no absolute path.", mend: "Give a path that begins with /.")
        }
        guard let url = reader.url("JWT_JWKS_URL") else {
            if cacheFile != nil {
                reader.fault(
                    "JWT_JWKS_CACHE_FILE", "is set and JWT_JWKS_URL is not.",
                    mend: "Name the set that is to be kept there, or leave the file out.")
            }
            return nil
        }
        if url.hasPrefix("http://"), !allowsPlain, !Self.isLoopback(url) {
            reader.fault(
                "JWT_JWKS_URL", "is plain http: whoever can answer in the issuer's place would choose the keys.",
                mend: "Use https, or set JWT_JWKS_ALLOW_HTTP=true on a network where nobody else can answer.")
        }
        self.url = url
        self.cacheFile = cacheFile
    }

    private static func isLoopback(_ url: String) -> Bool {
        let authority = url.dropFirst("http://".count).prefix { $0 != "/" }
        if authority.hasPrefix("[::1]") { return true }
        let host = authority.prefix { $0 != ":" }
        return host == "localhost"
            || IPAddress(String(host)).map { IPNetwork("127.0.0.0/8")?.contains($0) ?? false } ?? false
    }
}
