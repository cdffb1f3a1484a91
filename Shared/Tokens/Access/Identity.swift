package import Secrets

/// Who a verified access token speaks of. Made by `TokenVerifier` alone.
package struct Identity: Sendable, Hashable {
    package let subject: String
    /// Equal to `subject`; older services look for it under this name.
    package let userID: String
    /// Empty where the issuer states none.
    package let email: String
    /// At least one; each visible ASCII without separators.
    package let roles: [String]
    package let customerID: String?
    /// Space-separated (RFC 8693 §4.2).
    package let scope: String?
    package let sessionID: String?
    package let tokenID: String?
    package let tokenVersion: Int64?
    package let issuer: String
    /// The key that verified it.
    package let keyID: KeyID
    /// Seconds since the epoch.
    package let issuedAt: Int64
    /// Seconds since the epoch.
    package let expiresAt: Int64
}
