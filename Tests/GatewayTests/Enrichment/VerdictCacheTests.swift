import HTTPKit
import Testing
import Tokens

@testable import Gateway

@Suite("Kept verdicts")
struct VerdictCacheTests {
    private static let now = TestQuestion.now
    private static let facts = CustomerFacts(customerID: "c", plan: nil)
    private static let no = Verdict.refused(.customerSuspended, plantCode: "customer_suspended")
    private static let lifetimes = VerdictLifetimes(confirmed: 30, refused: 5)
    private static let stale = StaleBounds(whileRevalidating: 10, ifError: 100)

    private static func identity(_ customerID: String? = nil, lifetime: Int64 = 900) throws -> Identity {
        try TestQuestion.make(customerID: customerID, lifetime: lifetime).identity
    }

    private static func cache(
        _ verdict: Verdict, lifetime: Int64 = 900, lifetimes: VerdictLifetimes = lifetimes
    ) throws -> VerdictCache {
        var cache = VerdictCache(lifetimes: lifetimes)
        cache.store(verdict, for: TokenDigest("a"), identity: try identity(lifetime: lifetime), since: now)
        return cache
    }

    @Test(
        "a yes is fresh for its time to live, then stale for its bound, and nothing beyond the token",
        arguments: [
            (900, 0, VerdictCache.Finding.confirmed(facts)), (900, 29, .confirmed(facts)), (900, 30, .stale(facts)),
            (900, 39, .stale(facts)), (900, 40, .none), (20, 19, .confirmed(facts)), (20, 20, .none),
            (35, 34, .stale(facts)),
            (35, 35, .none),
        ])
    func yes(_ lifetime: Int64, _ seconds: Int64, _ finding: VerdictCache.Finding) throws {
        let cache = try Self.cache(.confirmed(Self.facts), lifetime: lifetime)
        #expect(cache.look(TokenDigest("a"), now: Self.now + seconds, stale: Self.stale) == finding)
    }

    @Test("while revocations do not arrive a yes is fresh for a short time alone, one that was kept before too")
    func limited() throws {
        var cache = try Self.cache(.confirmed(Self.facts))
        func finding(_ seconds: Int64, _ stale: StaleBounds = .none) -> VerdictCache.Finding {
            cache.look(TokenDigest("a"), now: Self.now + seconds, stale: stale)
        }
        cache.limit(to: 5)
        #expect(finding(4) == .confirmed(Self.facts))
        #expect(finding(5) == .none)
        #expect(finding(14, Self.stale) == .stale(Self.facts))
        #expect(finding(15, Self.stale) == .none)
        cache.limit(to: nil)
        #expect(finding(29) == .confirmed(Self.facts))
    }

    @Test("without bounds nothing is stale")
    func noBounds() throws {
        let cache = try Self.cache(.confirmed(Self.facts))
        #expect(cache.look(TokenDigest("a"), now: Self.now + 30, stale: .none) == .none)
        #expect(cache.standIn(TokenDigest("a"), now: Self.now + 30, stale: .none) == nil)
    }

    @Test(
        "a yes stands in for a silent plant within its bound, and not beyond the token",
        arguments: [(900, 129, true), (900, 130, false), (60, 59, true), (60, 60, false)])
    func standsIn(_ lifetime: Int64, _ seconds: Int64, _ stands: Bool) throws {
        let cache = try Self.cache(.confirmed(Self.facts), lifetime: lifetime)
        #expect((cache.standIn(TokenDigest("a"), now: Self.now + seconds, stale: Self.stale) != nil) == stands)
    }

    @Test("a no has its own shorter life, and is never stale")
    func refusal() throws {
        let cache = try Self.cache(Self.no)
        let digest = TokenDigest("a")
        #expect(cache.look(digest, now: Self.now + 4, stale: Self.stale) == .refused(Self.no))
        #expect(cache.look(digest, now: Self.now + 5, stale: Self.stale) == .none)
        #expect(cache.standIn(digest, now: Self.now + 1, stale: Self.stale) == nil)
        let none = try Self.cache(Self.no, lifetimes: VerdictLifetimes(confirmed: 30, refused: 0))
        #expect(none.count == 0)
    }

    @Test("a no takes the place of a yes, kept or not, and silence of nothing")
    func replaced() throws {
        let identity = try Self.identity()
        for lifetimes in [Self.lifetimes, VerdictLifetimes(confirmed: 30, refused: 0)] {
            var cache = try Self.cache(.confirmed(Self.facts), lifetimes: lifetimes)
            cache.store(.unavailable("down"), for: TokenDigest("a"), identity: identity, since: Self.now + 1)
            #expect(cache.look(TokenDigest("a"), now: Self.now + 1, stale: .none) == .confirmed(Self.facts))
            cache.store(Self.no, for: TokenDigest("a"), identity: identity, since: Self.now + 2)
            #expect(cache.standIn(TokenDigest("a"), now: Self.now + 2, stale: Self.stale) == nil)
        }
    }

    @Test("an older word does not take the place of a newer one")
    func older() throws {
        var cache = try Self.cache(Self.no)
        let identity = try Self.identity()
        cache.store(.confirmed(Self.facts), for: TokenDigest("a"), identity: identity, since: Self.now - 1)
        #expect(cache.look(TokenDigest("a"), now: Self.now, stale: .none) == .refused(Self.no))
    }

    @Test(
        "tokens that share a beginning or an end are different tokens",
        arguments: ["t", "token.", ".token", "tokeN", "token "])
    func similar(_ other: String) throws {
        var cache = VerdictCache(lifetimes: Self.lifetimes)
        cache.store(
            .confirmed(Self.facts), for: TokenDigest("token"), identity: try Self.identity(), since: Self.now)
        #expect(cache.look(TokenDigest("token"), now: Self.now, stale: .none) == .confirmed(Self.facts))
        #expect(cache.look(TokenDigest(other), now: Self.now, stale: Self.stale) == .none)
    }

    @Test("the oldest go when there are too many, or too many bytes; what is stored anew is young again")
    func bounded() throws {
        let identity = try Self.identity()
        var byCount = VerdictCache(lifetimes: Self.lifetimes, maximumCount: 10)
        var byBytes = VerdictCache(lifetimes: Self.lifetimes, maximumBytes: 10_000)
        for index in 0..<1000 {
            for digest in [TokenDigest("\(index)"), TokenDigest("again")] {
                byCount.store(.confirmed(Self.facts), for: digest, identity: identity, since: Self.now)
                byBytes.store(.confirmed(Self.facts), for: digest, identity: identity, since: Self.now)
            }
            #expect(byBytes.bytes <= 10_000)
        }
        #expect(byCount.count == 10)
        #expect((2..<40).contains(byBytes.count))
        for cache in [byCount, byBytes] {
            #expect(cache.look(TokenDigest("999"), now: Self.now, stale: .none) == .confirmed(Self.facts))
            #expect(cache.look(TokenDigest("again"), now: Self.now, stale: .none) == .confirmed(Self.facts))
            #expect(cache.look(TokenDigest("0"), now: Self.now, stale: .none) == .none)
        }
    }

    @Test("an entry that is larger than the whole cache is not kept")
    func tooLarge() throws {
        var cache = VerdictCache(lifetimes: Self.lifetimes, maximumBytes: 1000)
        let facts = CustomerFacts(customerID: String(repeating: "c", count: 2000), plan: nil)
        cache.store(.confirmed(facts), for: TokenDigest("a"), identity: try Self.identity(), since: Self.now)
        #expect(cache.count == 0)
        #expect(cache.bytes == 0)
    }

    @Test("a revocation finds the verdicts of its subject, session, token or customer, and no others")
    func revoked() throws {
        let mine = try Self.identity("customer-of-the-claim")
        let other = try TestQuestion.make(subject: "user-2").identity
        let session = try #require(mine.sessionID)
        let token = try #require(mine.tokenID)
        let cases: [(RevokedHolder, Int)] = [
            (.subject(mine.subject), 1), (.token(token), 1), (.customer("customer-of-the-claim"), 1),
            (.customer("c"), 1), (.session(session), 2), (.subject("user-3"), 0), (.customer(mine.subject), 0),
            (.session(mine.subject), 0),
        ]
        for (holder, count) in cases {
            var cache = VerdictCache(lifetimes: Self.lifetimes)
            cache.store(.confirmed(Self.facts), for: TokenDigest("mine"), identity: mine, since: Self.now)
            let facts = CustomerFacts(customerID: nil, plan: nil)
            cache.store(.confirmed(facts), for: TokenDigest("other"), identity: other, since: Self.now)
            #expect(cache.remove(of: holder) == count, "\(holder)")
            #expect(cache.count == 2 - count)
            #expect((cache.bytes > 0) == (cache.count > 0))
            // Gone, and not only out of sight.
            #expect(cache.remove(of: holder) == 0)
            if count > 0 {
                #expect(cache.standIn(TokenDigest("mine"), now: Self.now, stale: Self.stale) == nil)
            }
        }
    }

    @Test("a time to live of zero keeps nothing, emptying leaves nothing")
    func none() throws {
        #expect(try Self.cache(.confirmed(Self.facts), lifetimes: .none).count == 0)
        #expect(try Self.cache(Self.no, lifetimes: .none).count == 0)
        var cache = try Self.cache(.confirmed(Self.facts))
        cache.removeAll()
        #expect(cache.look(TokenDigest("a"), now: Self.now, stale: Self.stale) == .none)
        #expect(cache.count == 0)
        #expect(cache.bytes == 0)
        #expect(cache.remove(of: .subject("user-1")) == 0)
    }
}
