package import Contracts
package import Secrets

/// Revocations as security event tokens (RFC 8417): between services alone, so signed as `GatewayAssertion` is, with a
/// key derived from the internal token. Never with the key that signs people's tokens: whoever may log somebody out
/// must not be able to make tokens, nor the other way round.
package struct RevocationToken: Sendable {
    package static let audience = "lockstep-revocations"
    /// Seconds that the clock of who tells may be ahead.
    package static let leeway: Int64 = 60

    private let key: ServiceKey

    package init(internalToken: SecretBytes) {
        key = ServiceKey(internalToken: internalToken, info: "lockstep/revocations/v1", kind: .securityEvent)
    }

    package func issue(_ revocation: Revocation) -> String { sign(RevocationClaims.write(revocation)) }

    /// - Parameter claims: as `RevocationClaims.write` made them, perhaps long ago.
    package func sign(_ claims: [UInt8]) -> String { key.sign(claims) }

    /// - Parameter now: seconds since the epoch. An event may be old: it is told for as long as it matters.
    package func verify(_ token: String, now: Int64) throws(TokenError) -> Revocation {
        try RevocationClaims.read(try key.verify(token, now: now), now: now)
    }
}
