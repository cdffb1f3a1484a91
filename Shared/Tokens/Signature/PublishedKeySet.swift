import Crypto
package import Secrets

/// What an issuer shows everybody: the public keys that verify its tokens (RFC 7517 §5), for `/.well-known/jwks.json`.
/// Never a symmetric key, never a private member, and none that is revoked or retired.
package struct PublishedKeySet: Sendable, Equatable {
    /// Seconds that a verifier may keep it. Short, as a `next` key must be known before it signs.
    package static let maximumAge = 60
    package static let contentType = "application/jwk-set+json"

    package let bytes: [UInt8]
    /// Strong, with its quotation marks (RFC 9110 §8.8.3); the same for the same keys in the same states.
    package let entityTag: String

    /// - Parameter now: seconds since the epoch, for retired keys.
    package init(ring: KeyRing, now: Int64) {
        bytes = JWKSetWriter.published(ring.keys.filter { $0.isUsable && $0.verifies(at: now) })
        entityTag = "\"\(Base64URL.encode(Array(SHA256.hash(data: bytes)).prefix(18)))\""
    }
}
