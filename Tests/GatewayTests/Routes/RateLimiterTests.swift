import Gateway
import Testing

@Suite("Token buckets")
struct RateLimiterTests {
    @Test("as many as allowed at once, then one each so many seconds")
    func bucket() {
        let limiter = Box(RateLimiter(perMinute: 30))
        for _ in 0..<30 { #expect(limiter.value.refuse("a", milliseconds: 0) == nil) }
        #expect(limiter.value.refuse("a", milliseconds: 0) == 2)
        #expect(limiter.value.refuse("b", milliseconds: 0) == nil)
        #expect(limiter.value.refuse("a", milliseconds: 1999) == 1)
        #expect(limiter.value.refuse("a", milliseconds: 2000) == nil)
        #expect(limiter.value.refuse("a", milliseconds: 2000) == 2)
        for _ in 0..<30 { #expect(limiter.value.refuse("a", milliseconds: 600_000) == nil) }
        #expect(limiter.value.refuse("a", milliseconds: 600_000) != nil)
    }

    @Test("being asked in between loses nothing")
    func fractions() {
        let limiter = Box(RateLimiter(perMinute: 1))
        #expect(limiter.value.refuse("a", milliseconds: 0) == nil)
        for time in stride(from: Int64(1), to: 59_999, by: 7) {
            #expect(limiter.value.refuse("a", milliseconds: time) != nil)
        }
        #expect(limiter.value.refuse("a", milliseconds: 60_000) == nil)
    }

    @Test("a flood of addresses is bounded")
    func bounded() {
        let limiter = Box(RateLimiter(perMinute: 30, capacity: 100))
        for address in 0..<10_000 { _ = limiter.value.refuse("\(address)", milliseconds: 0) }
        #expect(limiter.value.count <= 100)
    }

    @Test("zero is no limit")
    func off() {
        let limiter = Box(RateLimiter(perMinute: 0))
        for _ in 0..<1000 { #expect(limiter.value.refuse("a", milliseconds: 0) == nil) }
        #expect(limiter.value.count == 0)
    }

    @Test("the addresses of one IPv6 network share a bucket")
    func network() {
        let limiter = SharedRateLimiter(perMinute: 1)
        #expect(limiter.refuse("2001:db8:1:2::1", milliseconds: 0) == nil)
        #expect(limiter.refuse("2001:db8:1:2:ffff::2", milliseconds: 0) != nil)
        #expect(limiter.refuse("2001:db8:1:3::1", milliseconds: 0) == nil)
        // The same where zeros of the network are left out of its text.
        #expect(limiter.refuse("2001:db8::1", milliseconds: 0) == nil)
        #expect(limiter.refuse("2001:db8::2", milliseconds: 0) != nil)
        #expect(limiter.refuse("2001:db8:0:0:1::", milliseconds: 0) != nil)
        #expect(limiter.refuse("10.0.0.1", milliseconds: 0) == nil)
        #expect(limiter.refuse("::ffff:10.0.0.1", milliseconds: 0) != nil)
    }
}
