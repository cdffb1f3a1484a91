import Gateway
import Testing

@Suite("Kept verdicts")
struct VerdictCacheTests {
    private static let facts = CustomerFacts(customerID: "c", plan: nil)

    @Test("a verdict is kept for the time to live, and not beyond the token")
    func life() {
        var cache = VerdictCache(timeToLive: 30)
        cache.store(Self.facts, for: TokenDigest("a"), expiresAt: 1000, now: 100)
        cache.store(Self.facts, for: TokenDigest("b"), expiresAt: 110, now: 100)
        cache.store(Self.facts, for: TokenDigest("c"), expiresAt: 100, now: 100)
        #expect(cache.facts(for: TokenDigest("a"), now: 129) == Self.facts)
        #expect(cache.facts(for: TokenDigest("a"), now: 130) == nil)
        #expect(cache.facts(for: TokenDigest("b"), now: 109) == Self.facts)
        #expect(cache.facts(for: TokenDigest("b"), now: 110) == nil)
        #expect(cache.facts(for: TokenDigest("c"), now: 100) == nil)
    }

    @Test(
        "tokens that share a beginning or an end are different tokens",
        arguments: ["t", "token.", ".token", "tokeN", "token "])
    func similar(_ other: String) {
        var cache = VerdictCache(timeToLive: 30)
        cache.store(Self.facts, for: TokenDigest("token"), expiresAt: 1000, now: 100)
        #expect(cache.facts(for: TokenDigest("token"), now: 100) != nil)
        #expect(cache.facts(for: TokenDigest(other), now: 100) == nil)
    }

    @Test("the oldest go when there are too many")
    func bounded() {
        var cache = VerdictCache(timeToLive: 30, capacity: 10)
        for index in 0..<100 { cache.store(Self.facts, for: TokenDigest("\(index)"), expiresAt: 1000, now: 100) }
        #expect(cache.count == 10)
        #expect(cache.facts(for: TokenDigest("99"), now: 100) != nil)
        #expect(cache.facts(for: TokenDigest("0"), now: 100) == nil)
    }

    @Test("a time to live of zero keeps nothing, emptying leaves nothing")
    func none() {
        var never = VerdictCache(timeToLive: 0)
        never.store(Self.facts, for: TokenDigest("a"), expiresAt: 1000, now: 100)
        #expect(never.count == 0)
        var cache = VerdictCache(timeToLive: 30)
        cache.store(Self.facts, for: TokenDigest("a"), expiresAt: 1000, now: 100)
        cache.removeAll()
        #expect(cache.facts(for: TokenDigest("a"), now: 100) == nil)
        #expect(cache.count == 0)
    }
}
