import Secrets
import Tokens

/// Signs what this portal vouches for, with the ring of the moment.
struct AccessTokens: Sendable {
    let kind: PortalKind
    let issuer: TokenIssuer
    /// The newest ring.
    let ring: @Sendable () -> KeyRing

    /// Throws `SecretError` when the ring has no key that signs.
    func mint(for user: User, sessionID: String, now: Int64) throws(SecretError) -> IssuedToken {
        try issuer.issue(
            AccessClaims(
                subject: user.id, email: user.email, roles: user.roles.filter(kind.mayGrant), sessionID: sessionID,
                customerID: user.customerID, tokenVersion: user.tokenVersion),
            ring: ring(), now: now)
    }
}
