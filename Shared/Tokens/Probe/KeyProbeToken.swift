package import Secrets

/// What a verified probe says: an issuer signed with this key, in this environment.
package struct KeyProbeClaims: Sendable, Hashable {
    package let issuer: String
    package let environment: String
    package let keyID: KeyID
    /// Seconds since the epoch.
    package let issuedAt: Int64
    /// Seconds since the epoch.
    package let expiresAt: Int64
}

/// Key agreement: a `probe+jwt` proves with a real signature that issuer and verifier hold the same key. It has no
/// subject and no roles, and its audience is that of probes alone, so that it opens nothing.
package enum KeyProbeToken {
    package static let audience = "lockstep-probe"
    /// Seconds.
    package static let lifetime: Int64 = 60
    /// Seconds that the clocks may differ; beyond it the clocks are the drift that shows.
    package static let leeway: Int64 = 60

    /// - Parameters:
    ///   - kid: the current key, or a `next` one by its name or alias (it signs nothing else); nil for the current key.
    ///   - now: seconds since the epoch.
    /// - Throws: `no_signing_key` when the ring has no such key.
    package static func issue(
        kid: KeyID?, ring: KeyRing, issuer: String, signers: KeySigners, now: Int64, randomness: Randomness = .system
    ) async throws(SecretError) -> IssuedToken {
        let draft = try draft(kid: kid, ring: ring, issuer: issuer, now: now, randomness: randomness)
        return draft.token(try await CompactJWS.sign(draft.payload, kind: .probe, key: draft.key, signers: signers))
    }

    /// As above, with a key that is here: `signer_unfit` for one that lies in a key management service.
    package static func issue(
        kid: KeyID?, ring: KeyRing, issuer: String, now: Int64, randomness: Randomness = .system
    ) throws(SecretError) -> IssuedToken {
        let draft = try draft(kid: kid, ring: ring, issuer: issuer, now: now, randomness: randomness)
        return draft.token(try CompactJWS.sign(draft.payload, kind: .probe, key: draft.key))
    }

    private static func draft(
        kid: KeyID?, ring: KeyRing, issuer: String, now: Int64, randomness: Randomness
    ) throws(SecretError) -> TokenDraft {
        let key = kid.map { ring.key($0) } ?? ring.current
        guard let key, key.state == .current || key.state == .next else {
            throw SecretError(
                code: "no_signing_key",
                message: "the ring from \(ring.source) has no current or next key "
                    + (kid.map { "named \(DisplayText.of($0.rawValue))" } ?? "to probe with"))
        }
        try key.checkLength()
        let tokenID = randomness.tokenID()
        var json = JSONObjectWriter()
        json.member("iss", issuer)
        json.member("aud", audience)
        json.member("iat", now)
        json.member("exp", now + lifetime)
        json.member("jti", tokenID)
        json.member("environment", ring.environment.rawValue)
        return TokenDraft(
            payload: json.finish(), key: key, tokenID: tokenID, issuedAt: now, expiresAt: now + lifetime)
    }

    /// Which issuer and environment agree with the caller's own is for the caller to compare.
    /// - Parameter now: seconds since the epoch.
    package static func verify(_ token: String, ring: KeyRing, now: Int64) throws(TokenError) -> KeyProbeClaims {
        let keys = PreparedKeys(ring: ring)
        let verified = try token.withTokenBytes { bytes throws(TokenError) in
            try keys.verify(bytes, as: .probe, now: now)
        }
        let json = try TokenClaims.object(verified.payload)
        var times = TokenTimes()
        var issuer: String?
        var environment: String?
        var namesAudience: Bool?
        for (name, value) in json.members(json.root) {
            if json.equals(name, "iss") {
                issuer = try TokenClaims.text(json, value, "iss")
            } else if json.equals(name, "environment") {
                environment = try TokenClaims.text(json, value, "environment")
            } else if json.equals(name, "aud") {
                namesAudience = try TokenAudience.contains(Array(audience.utf8), json, value)
            } else if json.equals(name, "iat") {
                times.issuedAt = try TokenTimes.read(json, value, "iat")
            } else if json.equals(name, "exp") {
                times.expiresAt = try TokenTimes.read(json, value, "exp")
            } else if json.equals(name, "nbf") {
                times.notBefore = try TokenTimes.read(json, value, "nbf")
            } else if json.equals(name, "sub") || json.equals(name, "roles") {
                throw .malformed("a probe speaks of nobody")
            }
        }
        guard let issuer else { throw .malformed("iss is missing") }
        guard let environment else { throw .malformed("environment is missing") }
        guard namesAudience == true else { throw .wrongAudience }
        let (issuedAt, expiresAt) = try times.checked(now: now, leeway: leeway, maximumLifetime: lifetime)
        return KeyProbeClaims(
            issuer: issuer, environment: environment, keyID: keys.keys[verified.position].id, issuedAt: issuedAt,
            expiresAt: expiresAt)
    }
}
