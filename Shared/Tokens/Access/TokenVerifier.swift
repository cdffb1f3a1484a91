package import Secrets

/// Verifies access tokens against one ring snapshot. Cheap to make anew when the ring changes; safe to share.
///
/// Strict where others are lenient: a kid is looked up exactly and never replaced by another key, `alg` must be the
/// key's own, `exp` and `iat` are required, and a token of another kind does not pass.
package struct TokenVerifier: Sendable {
    private let keys: PreparedKeys
    private let rules: AccessRules

    package init(ring: KeyRing, policy: VerificationPolicy) {
        keys = PreparedKeys(ring: ring)
        rules = AccessRules(policy)
    }

    /// - Parameters:
    ///   - token: the whole compact serialisation, no `Bearer `.
    ///   - now: seconds since the epoch.
    package func verify(_ token: String, now: Int64) throws(TokenError) -> Identity {
        try verified(token, now: now).identity
    }

    /// As ``verify(_:now:)``, with the time for which that holds.
    package func verified(_ token: String, now: Int64) throws(TokenError) -> VerifiedToken {
        try token.withTokenBytes { bytes throws(TokenError) in try verified(utf8: bytes, now: now) }
    }

    /// The gateway's path: UTF-8 bytes, no text made of them before the signature is known to be good.
    /// - Parameters:
    ///   - token: the whole compact serialisation, no `Bearer `.
    ///   - now: seconds since the epoch.
    package func verified(utf8 token: UnsafeRawBufferPointer, now: Int64) throws(TokenError) -> VerifiedToken {
        let verified = try keys.verify(token, as: .access, now: now)
        let key = keys.keys[verified.position].ringKey
        let (identity, window) = try rules.identity(verified.payload, keyID: key.id, now: now)
        let end = min(window.upperBound, key.retireAt ?? .max)
        return VerifiedToken(identity: identity, validity: window.lowerBound..<max(window.lowerBound, end))
    }
}
