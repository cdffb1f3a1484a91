package import Secrets

/// A token that was just signed.
package struct IssuedToken: Sendable {
    package let text: String
    /// `jti`.
    package let tokenID: String
    package let keyID: KeyID
    /// Seconds since the epoch.
    package let issuedAt: Int64
    /// Seconds since the epoch.
    package let expiresAt: Int64
}

/// Signs access tokens (RFC 9068).
package struct TokenIssuer: Sendable {
    private let issuer: String
    private let audience: String
    private let lifetime: Int64
    private let randomness: Randomness

    /// - Parameters:
    ///   - lifetime: seconds.
    ///   - randomness: where `jti` comes from.
    package init(issuer: String, audience: String, lifetime: Int64, randomness: Randomness = .system) {
        self.issuer = issuer
        self.audience = audience
        self.lifetime = lifetime
        self.randomness = randomness
    }

    /// Signs `typ: at+jwt` with the ring's current key.
    /// - Throws: `no_signing_key` when the ring has none; `claims_malformed` for claims that our own verifiers would
    ///   refuse, so that the fault shows where it is made; `secret_too_short` for a key shorter than its hash.
    package func issue(
        _ claims: AccessClaims, ring: KeyRing, signers: KeySigners, now: Int64
    ) async throws(SecretError) -> IssuedToken {
        let draft = try draft(claims, ring: ring, now: now)
        return draft.token(try await CompactJWS.sign(draft.payload, kind: .access, key: draft.key, signers: signers))
    }

    /// As above, with a key that is here: `signer_unfit` for one that lies in a key management service.
    package func issue(_ claims: AccessClaims, ring: KeyRing, now: Int64) throws(SecretError) -> IssuedToken {
        let draft = try draft(claims, ring: ring, now: now)
        return draft.token(try CompactJWS.sign(draft.payload, kind: .access, key: draft.key))
    }

    private func draft(_ claims: AccessClaims, ring: KeyRing, now: Int64) throws(SecretError) -> TokenDraft {
        guard let key = ring.current else {
            throw SecretError(
                code: "no_signing_key", message: "the ring from \(ring.source) has no current key to sign with")
        }
        try key.checkLength()
        try check(claims)
        let tokenID = randomness.tokenID()
        var json = JSONObjectWriter()
        json.member("iss", issuer)
        json.member("sub", claims.subject)
        json.member("aud", audience)
        json.member("iat", now)
        json.member("exp", now + lifetime)
        json.member("jti", tokenID)
        if let sessionID = claims.sessionID { json.member("sid", sessionID) }
        if !claims.email.isEmpty { json.member("email", claims.email) }
        json.member("roles", claims.roles)
        if let customerID = claims.customerID { json.member("customer_id", customerID) }
        if let scope = claims.scope { json.member("scope", scope) }
        json.member("user_id", claims.subject)
        if let version = claims.tokenVersion { json.member("token_version", version) }
        return TokenDraft(
            payload: json.finish(), key: key, tokenID: tokenID, issuedAt: now, expiresAt: now + lifetime)
    }

    private func check(_ claims: AccessClaims) throws(SecretError) {
        func refuse(_ claim: String) -> SecretError {
            SecretError(code: "claims_malformed", message: "an access token can't carry this \(claim)")
        }
        guard ClaimText.isPlain(claims.subject) else { throw refuse("sub") }
        guard claims.email.isEmpty || ClaimText.isPlain(claims.email) else { throw refuse("email") }
        guard claims.sessionID.map({ ClaimText.isPlain($0) }) ?? true else { throw refuse("sid") }
        guard claims.customerID.map({ ClaimText.isPlain($0) }) ?? true else { throw refuse("customer_id") }
        guard claims.scope.map({ ClaimText.isPlain($0, limit: TokenLimits.scope) }) ?? true else {
            throw refuse("scope")
        }
        guard (1...TokenLimits.roles).contains(claims.roles.count), claims.roles.allSatisfy(ClaimText.isRole) else {
            throw refuse("list of roles")
        }
    }
}
