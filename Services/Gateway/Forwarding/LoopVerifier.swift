import Secrets
package import Tokens

/// The verifier of one loop: its snapshot of the ring, and what it has verified with it. Replaced whole with the ring, so
/// that nothing that an old ring verified outlives it.
package struct LoopVerifier {
    package enum Outcome: Sendable, Equatable { case cached, verified }

    private let verifier: TokenVerifier
    private var cache: VerifiedTokenCache

    package init(_ verifier: TokenVerifier, cache: VerifiedTokenCache = VerifiedTokenCache()) {
        self.verifier = verifier
        self.cache = cache
    }

    package var cachedTokens: Int { cache.count }

    /// Refusals are not remembered: to whoever makes up tokens they would be a way to fill the cache.
    /// - Parameter now: seconds since the epoch.
    package mutating func verify(_ token: String, now: Int64) throws(TokenError) -> (Identity, Outcome) {
        // Longer than any token may be: not worth its digest.
        guard token.utf8.count <= TokenLimits.token else { return (try verifier.verify(token, now: now), .verified) }
        let digest = TokenDigest(token)
        if let identity = cache.identity(for: digest, now: now) { return (identity, .cached) }
        let verified = try verifier.verified(token, now: now)
        cache.store(verified, for: digest)
        return (verified.identity, .verified)
    }
}
