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
    var evictions: Int64 { cache.evictions }
    /// Without hits and misses, which are counted where they are told apart.
    var cacheFigures: LoopCaches.Cache {
        LoopCaches.Cache(
            entries: cache.count, maximumEntries: cache.maximumCount, bytes: cache.bytes,
            maximumBytes: cache.maximumBytes, evictions: cache.evictions)
    }

    /// Refusals are not remembered: to whoever makes up tokens they would be a way to fill the cache.
    /// - Parameters:
    ///   - token: UTF-8, the whole compact serialisation.
    ///   - now: seconds since the epoch.
    package mutating func verify(_ token: RawSpan, now: Int64) throws(TokenError) -> (KnownToken, Outcome) {
        // Longer than any token may be: not worth its digest.
        if token.byteCount > TokenLimits.token { _ = try verified(token, now: now) }
        let digest = TokenDigest(token)
        if let known = cache.token(for: digest, now: now) { return (known, .cached) }
        let known = KnownToken(try verified(token, now: now), digest: digest)
        cache.store(known, now: now)
        return (known, .verified)
    }

    private func verified(_ token: RawSpan, now: Int64) throws(TokenError) -> VerifiedToken {
        try token.withUnsafeBytes { bytes throws(TokenError) in try verifier.verified(utf8: bytes, now: now) }
    }
}
