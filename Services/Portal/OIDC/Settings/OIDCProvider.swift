import Secrets

/// An OpenID provider that people sign in with, as the settings tell it.
struct OIDCProvider: Sendable, Equatable {
    static let google = "google"
    static let googleIssuer = "https://accounts.google.com"

    /// In paths and in the audit trail: lowercase letters and digits.
    var name: String
    /// Exactly as its metadata and its tokens spell it, a trailing slash included.
    var issuer: String
    var clientID: String
    /// Nil: a public client, which PKCE alone protects.
    var clientSecret: SecretBytes?
    /// On the button.
    var displayName: String
    var scopes: [String]
    /// Lowercase; empty: any.
    var allowedDomains: [String]
    /// What a first login grants; empty: at a platform portal nobody comes into being by signing in.
    var roles: [String]
    /// Whether a first login joins the account of the same verified address.
    var linksAccounts: Bool
    /// Of ID tokens that clients bring, beside `clientID`: other clients of the same team.
    var audiences: [String]
    /// Plain http on this machine, in development and test.
    var allowsPlainHTTP: Bool

    var isGoogle: Bool { issuer == Self.googleIssuer }

    /// OpenID Connect Discovery 1.0 §4.
    var discoveryURL: String {
        (issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer) + "/.well-known/openid-configuration"
    }

    /// Whether something may be fetched from there, or a person sent there.
    func mayVisit(_ url: String) -> Bool {
        guard url.utf8.count <= 2048, url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }),
            !url.contains("#")
        else { return false }
        if url.hasPrefix("https://") { return url.utf8.count > "https://".utf8.count }
        return allowsPlainHTTP && Self.isLoopback(url)
    }

    static func isLoopback(_ url: String) -> Bool {
        guard url.hasPrefix("http://") else { return false }
        let authority = url.dropFirst("http://".count).prefix { $0 != "/" && $0 != "?" }
        return ["127.0.0.1", "localhost", "[::1]"].contains { host in
            authority == host
                || authority.hasPrefix(host + ":")
                    && authority.dropFirst(host.count + 1).allSatisfy { $0.isASCII && $0.isNumber }
        }
    }
}
