import Secrets
import Tokens

/// Signs what this portal vouches for, with the ring of the moment.
struct AccessTokens: Sendable {
    let kind: PortalKind
    let issuer: TokenIssuer
    /// The newest ring.
    let ring: @Sendable () -> KeyRing
    let signers: KeySigners
    /// Noted with each signature.
    let signed: SigningTimes

    /// - Parameter scope: space-separated; nil: all that the roles allow.
    ///
    /// Throws `SecretError` when the ring has no key that signs, or its key management service does not.
    func mint(
        for user: User, sessionID: String, scope: String? = nil, now: Int64
    ) async throws(SecretError) -> IssuedToken {
        let token = try await issuer.issue(
            AccessClaims(
                subject: user.id, email: user.email, roles: user.roles.filter(kind.mayGrant), sessionID: sessionID,
                customerID: user.customerID, scope: scope, tokenVersion: user.tokenVersion),
            ring: ring(), signers: signers, now: now)
        signed.note(token.keyID, at: now)
        return token
    }

    /// For a program: no session, and no email address, since it has none.
    func mint(for account: ServiceAccount, scope: String?, now: Int64) async throws(SecretError) -> IssuedToken {
        let token = try await issuer.issue(
            AccessClaims(
                subject: account.id, email: "", roles: account.roles.filter(kind.mayGrant), sessionID: nil,
                scope: scope, tokenVersion: account.tokenVersion),
            ring: ring(), signers: signers, now: now)
        signed.note(token.keyID, at: now)
        return token
    }
}
