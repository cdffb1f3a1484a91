import Testing

@testable import Portal

@Suite struct LoginLockoutTests {
    private let limits = LoginLockout.Limits(failures: 3, firstRest: 30, longestRest: 200)

    @Test("the rest begins with the last allowed failure and doubles up to the longest")
    func doubles() {
        var lockout = LoginLockout()
        var now: Int64 = 1_000_000
        #expect(lockout.on(.attempt, limits: limits, now: now) == .proceed(beginsRest: false))
        #expect(lockout.on(.attempt, limits: limits, now: now) == .proceed(beginsRest: false))
        for rest: Int64 in [30, 60, 120, 200, 200] {
            #expect(lockout.on(.attempt, limits: limits, now: now) == .proceed(beginsRest: true))
            #expect(lockout.on(.attempt, limits: limits, now: now) == .refuse(retryAfter: rest))
            #expect(lockout.on(.attempt, limits: limits, now: now + rest - 1) == .refuse(retryAfter: 1))
            now += rest
        }
    }

    @Test("a thousand guesses at once are three guesses")
    func parallel() {
        var lockout = LoginLockout()
        let proceeded = (0..<1000).count { _ in
            if case .proceed = lockout.on(.attempt, limits: limits, now: 1_000_000) { true } else { false }
        }
        #expect(proceeded == 3)
    }

    @Test("a right password forgives everything")
    func success() {
        var lockout = LoginLockout()
        for _ in 0..<3 { _ = lockout.on(.attempt, limits: limits, now: 1_000_000) }
        _ = lockout.on(.success, limits: limits, now: 1_000_000)
        #expect(lockout.failures == 0)
        #expect(lockout.on(.attempt, limits: limits, now: 1_000_000) == .proceed(beginsRest: false))
    }

    @Test("failures are forgotten after the longest rest without an attempt")
    func forgets() {
        var lockout = LoginLockout()
        for _ in 0..<2 { _ = lockout.on(.attempt, limits: limits, now: 1_000_000) }
        #expect(lockout.on(.attempt, limits: limits, now: 1_000_200) == .proceed(beginsRest: false))
        #expect(lockout.failures == 1)
    }

    @Test("a clock set back locks nobody for longer than the longest rest")
    func clockSetBack() {
        var lockout = LoginLockout(failures: 3, restsUntil: 2_000_000, updatedAt: 1_999_970)
        #expect(lockout.on(.attempt, limits: limits, now: 1_000_000) == .refuse(retryAfter: 200))
    }

    @Test("any number of failures is counted without overflow")
    func noOverflow() {
        var lockout = LoginLockout(failures: .max - 1, restsUntil: 0, updatedAt: 1_000_000)
        #expect(lockout.on(.attempt, limits: limits, now: 1_000_000) == .proceed(beginsRest: true))
        #expect(lockout.restsUntil == 1_000_200)
    }
}

@Suite struct RateLimiterTests {
    @Test("a minute's worth at once, then as fast as it refills")
    func refills() {
        let limiter = RateLimiter(perMinute: 6)
        for _ in 0..<6 { #expect(limiter.take("a", now: 1000) == nil) }
        #expect(limiter.take("a", now: 1000) == 10)
        #expect(limiter.take("b", now: 1000) == nil)
        #expect(limiter.take("a", now: 1009) == 1)
        #expect(limiter.take("a", now: 1010) == nil)
        #expect(limiter.take("a", now: 1010) == 10)
    }

    @Test("a clock set back gives nothing away")
    func clockSetBack() {
        let limiter = RateLimiter(perMinute: 1)
        #expect(limiter.take("a", now: 1000) == nil)
        #expect(limiter.take("a", now: 10) != nil)
        #expect(limiter.take("a", now: 11) != nil)
    }

    @Test("with the map full of attackers, new keys are limited together, not let through")
    func bounded() {
        let limiter = RateLimiter(perMinute: 2, maximumKeys: 10)
        for key in 0..<10 { _ = limiter.take("k\(key)", now: 1000) }
        let admitted = (0..<100).count { limiter.take("new\($0)", now: 1000) == nil }
        #expect(admitted == 2)
        // A minute later the old buckets know nothing any more.
        #expect(limiter.take("newer", now: 1061) == nil)
    }
}

@Suite struct ClientAddressTests {
    @Test(
        "an IPv6 client is counted by its /64, an IPv4 one by itself",
        arguments: [
            ("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"), ("unknown", "unknown"),
            ("2001:db8:1:2:3:4:5:6", "20010db800010002"), ("2001:db8:1:2::9", "20010db800010002"),
        ])
    func key(address: String, key: String) {
        #expect(ClientAddress(address).limitKey == key)
        #expect(ClientAddress(address).text == address)
    }
}
