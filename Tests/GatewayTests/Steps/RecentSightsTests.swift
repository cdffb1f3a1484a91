import Testing
import Tokens

@testable import Gateway

/// Of a digest the table of recent sights knows 46 bits of one word: two tokens may look the same to it.
@Suite("Tokens that share a mark")
struct RecentSightsTests {
    private static let now: Int64 = 1_800_000_000
    private static let mark: UInt64 = 0x0123_4567_89AB_CDEF

    private static func digest(_ number: UInt64, mark: UInt64) -> TokenDigest {
        TokenDigest(words: (number, 0, mark, 0))
    }

    private static func known(_ number: UInt64, mark: UInt64) throws -> KnownToken {
        let verifier = TokenVerifier(ring: TestTokens.ring(), policy: VerificationPolicy())
        let token = try TestTokens.token(subject: "user-\(number)", now: now)
        return KnownToken(try verifier.verified(token, now: now), digest: digest(number, mark: mark))
    }

    @Test("one is taken for the other; one that shares the place alone makes it forget")
    func marks() {
        var sights = RecentSights()
        let shown = [
            Self.digest(1, mark: Self.mark), Self.digest(2, mark: Self.mark), Self.digest(3, mark: Self.mark ^ 1),
            // The first is forgotten by now.
            Self.digest(1, mark: Self.mark),
            // Beyond the place's bits nothing counts.
            Self.digest(4, mark: Self.mark ^ 1 << 60),
        ]
        let noted = shown.map { sights.note($0) }
        #expect(noted == [false, true, false, false, true])
    }

    @Test("that costs a full cache an eviction at most: it never answers with another's identity")
    func collision() throws {
        var cache = VerifiedTokenCache(maximumCount: 4)
        for number in 0..<4 as Range<UInt64> { cache.store(try Self.known(number, mark: number + 1), now: Self.now) }
        cache.store(try Self.known(10, mark: Self.mark), now: Self.now)
        #expect(cache.count == 4 && cache.evictions == 0)
        // Shown for the first time, and kept at once.
        cache.store(try Self.known(11, mark: Self.mark), now: Self.now)
        #expect(cache.count == 4 && cache.evictions == 1)
        let (first, second) = (
            cache.token(for: Self.digest(10, mark: Self.mark), now: Self.now),
            cache.token(for: Self.digest(11, mark: Self.mark), now: Self.now)
        )
        #expect(first === nil)
        #expect(second?.identity.subject == "user-11")
        let kept = (0..<4 as Range<UInt64>).compactMap {
            cache.token(for: Self.digest($0, mark: $0 + 1), now: Self.now)?.identity.subject == "user-\($0)" ? $0 : nil
        }
        #expect(kept.count == 3)
    }
}
