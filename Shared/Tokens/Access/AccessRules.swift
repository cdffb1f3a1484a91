import Secrets

/// What the claims of an access token must be (DESIGN: "Access claims"), for one policy; the signature is good already.
struct AccessRules: Sendable {
    private struct Issuer: Sendable {
        let name: String
        let bytes: [UInt8]
        let grants: TrustedIssuers.Grants
    }
    private let issuers: [Issuer]
    private let audience: [UInt8]
    private let leeway: Int64
    private let maximumLifetime: Int64

    init(_ policy: VerificationPolicy) {
        issuers = policy.trustedIssuers.grants.map { name, grants in
            Issuer(name: name, bytes: Array(name.utf8), grants: grants)
        }
        audience = Array(policy.audience.utf8)
        leeway = policy.leeway
        maximumLifetime = policy.maximumLifetime
    }

    /// Every claim that is there is checked, also where an earlier one is wrong by its meaning: a malformed token is
    /// malformed whoever issued it.
    /// - Returns: also the seconds since the epoch in which the token's times pass.
    func identity(
        _ payload: [UInt8], keyID: KeyID, now: Int64
    ) throws(TokenError) -> (Identity, window: Range<Int64>) {
        let claims = try AccessClaimSet(payload, audience: audience)
        guard let subject = claims.subject else { throw .malformed("sub is missing") }
        if let userID = claims.userID, userID != subject { throw .malformed("user_id is not sub") }
        guard !claims.roles.isEmpty else { throw .malformed("roles are missing") }
        let issuer = try issuer(of: claims)
        guard let namesAudience = claims.namesAudience else { throw .malformed("aud is missing") }
        guard namesAudience else { throw .wrongAudience }
        let (issuedAt, expiresAt) = try claims.times.checked(
            now: now, leeway: leeway, maximumLifetime: maximumLifetime)
        for role in claims.roles where !issuer.grants.allow(role) { throw .roleNotAllowed(role) }
        let identity = Identity(
            subject: subject, userID: subject, email: claims.email ?? "", roles: claims.roles,
            customerID: claims.customerID, scope: claims.scope, sessionID: claims.sessionID, tokenID: claims.tokenID,
            tokenVersion: claims.tokenVersion, issuer: issuer.name, keyID: keyID, issuedAt: issuedAt,
            expiresAt: expiresAt)
        return (identity, claims.times.window(leeway: leeway))
    }

    private func issuer(of claims: AccessClaimSet) throws(TokenError) -> Issuer {
        guard let node = claims.issuer else { throw .malformed("iss is missing") }
        for issuer in issuers where claims.json.equals(node, issuer.bytes) { return issuer }
        guard let name = claims.json.string(node) else { throw .malformed("iss is not a text") }
        throw .wrongIssuer(DisplayText.of(name))
    }
}
