package import Contracts
import Crypto
package import Secrets

/// Revocations as security event tokens (RFC 8417): between services alone, so signed as `GatewayAssertion` is, with a
/// key derived from the internal token. Never with the key that signs people's tokens: whoever may log somebody out
/// must not be able to make tokens, nor the other way round.
package struct RevocationToken: Sendable {
    package static let audience = "lockstep-revocations"
    /// Seconds that the clock of who tells may be ahead.
    package static let leeway: Int64 = 60

    private let mac: MACKey
    private let header: [UInt8]
    private let keys: PreparedKeys

    /// Derives the key by HKDF-SHA256 (RFC 5869), info `lockstep/revocations/v1`, no salt.
    package init(internalToken: SecretBytes) {
        let input = internalToken.withUnsafeBytes { SymmetricKey(data: Array($0)) }
        let derived = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: input, info: Array("lockstep/revocations/v1".utf8), outputByteCount: 32)
        let secret = derived.withUnsafeBytes { SecretBytes(Array($0)) }
        let key = RingKey(id: KeyID.derived(from: secret), algorithm: .hs256, secret: secret, state: .current)
        mac = MACKey(hs256: secret)
        header = TokenHeader.encoded(algorithm: .hs256, kind: .securityEvent, keyID: key.id)
        keys = PreparedKeys(keys: [key])
    }

    package func issue(_ revocation: Revocation) -> String { sign(RevocationClaims.write(revocation)) }

    /// - Parameter claims: as `RevocationClaims.write` made them, perhaps long ago.
    package func sign(_ claims: [UInt8]) -> String { CompactJWS.sign(claims, header: header, mac: mac) }

    /// - Parameter now: seconds since the epoch. An event may be old: it is told for as long as it matters.
    package func verify(_ token: String, now: Int64) throws(TokenError) -> Revocation {
        let verified = try token.withTokenBytes { bytes throws(TokenError) in
            try keys.verify(bytes, as: .securityEvent, now: now)
        }
        return try RevocationClaims.read(verified.payload, now: now)
    }
}
