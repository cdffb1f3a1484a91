import Gateway
import Secrets
import Testing
import Tokens

@Suite("Tokens that were verified before")
struct VerifiedTokenCacheTests {
    private static let now: Int64 = 1_800_000_000
    private static let policy = VerificationPolicy(leeway: 60)

    private static func verifier(_ ring: KeyRing = TestTokens.ring()) -> TokenVerifier {
        TokenVerifier(ring: ring, policy: policy)
    }

    private static func token(_ number: Int, lifetime: Int64 = 900) throws -> String {
        try TestTokens.token(subject: "user-\(number)", lifetime: lifetime, now: now)
    }

    @Test("the second look is the cache's, with the same identity")
    func hit() throws {
        var verifier = LoopVerifier(Self.verifier())
        let token = try Self.token(1)
        let first = try verifier.verify(token, now: Self.now)
        let second = try verifier.verify(token, now: Self.now)
        #expect(first.1 == .verified && second.1 == .cached)
        #expect(first.0 === second.0)
    }

    @Test("time claims count on each hit: expired and not yet valid are said as without a cache")
    func times() throws {
        var verifier = LoopVerifier(Self.verifier())
        let token = try Self.token(1, lifetime: 100)
        _ = try verifier.verify(token, now: Self.now)
        #expect(try verifier.verify(token, now: Self.now + 159).1 == .cached)
        #expect(throws: TokenError.expired(at: Self.now + 100)) { try verifier.verify(token, now: Self.now + 160) }
        #expect(verifier.cachedTokens == 0)
        _ = try verifier.verify(token, now: Self.now)
        #expect(throws: TokenError.notYetValid(at: Self.now)) { try verifier.verify(token, now: Self.now - 61) }
    }

    @Test("refusals are not remembered")
    func refusals() throws {
        var verifier = LoopVerifier(Self.verifier())
        let foreign = try TestTokens.token(secret: "another-secret-that-is-long-enough-012345", now: Self.now)
        for _ in 0..<3 { #expect(throws: TokenError.self) { try verifier.verify(foreign, now: Self.now) } }
        #expect(verifier.cachedTokens == 0)
    }

    @Test("never more than the bounds, in count and in bytes", arguments: [(10, 1 << 20), (1 << 20, 16_000)])
    func bounds(count: Int, bytes: Int) throws {
        var cache = VerifiedTokenCache(maximumCount: count, maximumBytes: bytes)
        let verifier = Self.verifier()
        for number in 0..<200 {
            let token = try Self.token(number)
            let known = KnownToken(try verifier.verified(token, now: Self.now), digest: TokenDigest(token))
            // A full cache asks for a second time.
            for _ in 0..<2 { cache.store(known, now: Self.now) }
            #expect(cache.count <= count && cache.bytes <= bytes)
            #expect(cache.token(for: TokenDigest(token), now: Self.now)?.identity.subject == "user-\(number)")
        }
        #expect(cache.count > 5)
    }

    @Test("a flood of tokens that are shown once does not drive out one that is shown again and again")
    func flood() throws {
        var cache = VerifiedTokenCache(maximumCount: 16)
        let verifier = Self.verifier()
        let hot = try Self.token(0)
        cache.store(KnownToken(try verifier.verified(hot, now: Self.now), digest: TokenDigest(hot)), now: Self.now)
        for number in 1..<500 {
            #expect(cache.token(for: TokenDigest(hot), now: Self.now) != nil, "after \(number) others")
            let token = try Self.token(number)
            let known = KnownToken(try verifier.verified(token, now: Self.now), digest: TokenDigest(token))
            cache.store(known, now: Self.now)
        }
        #expect(cache.evictions == 0 && cache.count == 16)
    }

    @Test("a full cache takes a token when it is shown again, in place of one that nobody asks for")
    func secondSight() throws {
        var verifier = LoopVerifier(Self.verifier(), cache: VerifiedTokenCache(maximumCount: 4))
        let tokens = try (0..<5).map { try Self.token($0) }
        for token in tokens.prefix(4) { _ = try verifier.verify(token, now: Self.now) }
        for token in tokens.prefix(3) { #expect(try verifier.verify(token, now: Self.now).1 == .cached) }
        #expect(try verifier.verify(tokens[4], now: Self.now).1 == .verified)
        #expect(try verifier.verify(tokens[4], now: Self.now).1 == .verified)
        #expect(try verifier.verify(tokens[4], now: Self.now).1 == .cached)
        for token in tokens.prefix(3) { #expect(try verifier.verify(token, now: Self.now).1 == .cached) }
        #expect(try verifier.verify(tokens[3], now: Self.now).1 == .verified)
        #expect(verifier.cachedTokens == 4)
    }

    @Test("what has expired gives up its place in a full cache to a token that is shown once")
    func expiredPlaces() throws {
        let cache = VerifiedTokenCache(maximumCount: 4)
        var verifier = LoopVerifier(Self.verifier(), cache: cache)
        for number in 0..<4 { _ = try verifier.verify(try Self.token(number, lifetime: 100), now: Self.now) }
        for number in 10..<14 {
            let token = try Self.token(number)
            #expect(try verifier.verify(token, now: Self.now + 160).1 == .verified)
            #expect(try verifier.verify(token, now: Self.now + 160).1 == .cached)
        }
        #expect(verifier.cachedTokens == 4)
    }
}

extension LoopVerifier {
    fileprivate mutating func verify(_ token: String, now: Int64) throws(TokenError) -> (KnownToken, Outcome) {
        try verify(token.utf8Span.span.bytes, now: now)
    }
}
