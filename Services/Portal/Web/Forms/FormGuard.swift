import Crypto
import Secrets

/// Keeps other sites from submitting this portal's forms (OWASP CSRF cheat sheet): the browser's own word about where
/// the request came from, and a token that only this portal's page can have held.
enum FormGuard {
    enum Rejection: Error, Equatable, Sendable {
        /// The browser says that another site sent the form.
        case crossSite
        /// The token is missing or belongs to another browser.
        case token
    }

    /// What the request says of its sender.
    struct Sender: Sendable {
        /// `Sec-Fetch-Site` (W3C Fetch Metadata); no page can forge it.
        var fetchSite: String?
        /// RFC 6454.
        var origin: String?
        /// What the browser called this portal: the request's authority.
        var host: String?
    }

    /// The form field that goes with a cookie. Whoever reads the page can't compute the cookie from it.
    static func formToken(for cookie: OpaqueToken) -> String {
        Base64URL.encode(Array(code(cookie)))
    }

    static func check(_ sender: Sender, cookie: OpaqueToken?, formToken: String?) throws(Rejection) {
        if let site = sender.fetchSite, site != "same-origin" { throw .crossSite }
        // Browsers without fetch metadata send Origin with every POST. Without either it is no browser of today, and
        // the token decides alone.
        if let origin = sender.origin, origin != "null" || sender.fetchSite == nil {
            guard let host = sender.host, authority(of: origin) == host.lowercased() else { throw .crossSite }
        }
        guard let cookie, let formToken, let presented = Base64URL.decode(formToken),
            HMAC<SHA256>.isValidAuthenticationCode(presented, authenticating: purpose, using: key(cookie))
        else { throw .token }
    }

    /// Without the scheme: behind a proxy that ends TLS the portal can't know its own.
    private static func authority(of origin: String) -> String? {
        guard let scheme = origin.firstRange(of: "://") else { return nil }
        return origin[scheme.upperBound...].lowercased()
    }

    private static let purpose = Array("lockstep/portal/form/v1".utf8)

    private static func key(_ cookie: OpaqueToken) -> SymmetricKey { SymmetricKey(data: cookie.bytes) }

    private static func code(_ cookie: OpaqueToken) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: purpose, using: key(cookie))
    }
}
