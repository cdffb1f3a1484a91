import Gateway
import Testing

@Suite("Rate limits of routes")
struct TokenBucketTableTests {
    @Test("a burst at once, then as many as come with time, never more than the burst")
    func burst() {
        let rule = RateLimitRule(requests: 10, seconds: 1, burst: 3)
        let table = Box(TokenBucketTable<String>())
        for _ in 0..<3 { #expect(table.value.refuse("a", rule: rule, milliseconds: 0) == nil) }
        #expect(table.value.refuse("a", rule: rule, milliseconds: 0) == 1)
        #expect(table.value.refuse("a", rule: rule, milliseconds: 99) == 1)
        #expect(table.value.refuse("a", rule: rule, milliseconds: 100) == nil)
        #expect(table.value.refuse("a", rule: rule, milliseconds: 199) == 1)
        #expect(table.value.refuse("a", rule: rule, milliseconds: 200) == nil)
        for _ in 0..<3 { #expect(table.value.refuse("a", rule: rule, milliseconds: 100_000) == nil) }
        #expect(table.value.refuse("a", rule: rule, milliseconds: 100_000) == 1)
    }

    @Test("in the long run exactly the rate passes", arguments: [(7, 3), (1, 60), (1000, 1), (3, 7)])
    func rate(_ requests: Int, _ seconds: Int) {
        let rule = RateLimitRule(requests: requests, seconds: seconds, burst: 1)
        let table = Box(TokenBucketTable<String>())
        var passed = 0
        let length = Int64(seconds) * 20_000
        for time in Int64(1)...length where table.value.refuse("a", rule: rule, milliseconds: time) == nil {
            passed += 1
        }
        // The first one was there before.
        #expect(passed == requests * 20 || passed == requests * 20 - 1 || passed == requests * 20 + 1, "\(passed)")
    }

    @Test("whoever waits as long as was said may pass", arguments: [(1, 60, 5), (7, 3, 7), (1, 86_400, 1)])
    func retryAfter(_ requests: Int, _ seconds: Int, _ burst: Int) throws {
        let rule = RateLimitRule(requests: requests, seconds: seconds, burst: burst)
        let table = Box(TokenBucketTable<String>())
        var time = Int64(0)
        for _ in 0..<20 {
            if let wait = table.value.refuse("a", rule: rule, milliseconds: time) {
                time += Int64(wait) * 1000
                #expect(table.value.refuse("a", rule: rule, milliseconds: time) == nil)
            }
        }
    }

    @Test("a clock that leaps forth or back neither overflows nor hands out more than a burst")
    func leaps() {
        let rule = RateLimitRule(requests: 1_000_000, seconds: 86_400, burst: 1_000_000)
        let table = Box(TokenBucketTable<String>())
        #expect(table.value.refuse("a", rule: rule, milliseconds: 0) == nil)
        #expect(table.value.refuse("a", rule: rule, milliseconds: .max / 2) == nil)
        #expect(table.value.refuse("a", rule: rule, milliseconds: 0) == nil)
        let one = RateLimitRule(requests: 1, seconds: 10)
        #expect(table.value.refuse("b", rule: one, milliseconds: 50_000) == nil)
        #expect(table.value.refuse("b", rule: one, milliseconds: 10_000) != nil)
        #expect(table.value.refuse("b", rule: one, milliseconds: 51_000) != nil)
    }

    @Test("a bucket is a route's and a client's, or a subject's; the addresses of one IPv6 network share it")
    func keys() {
        let client = RateLimitRule(requests: 1, seconds: 1)
        let subject = RateLimitRule(per: .subject, requests: 1, seconds: 1)
        func key(_ route: String, _ rule: RateLimitRule, _ address: String, _ who: String?) -> RouteBucketKey {
            RouteBucketKey(route: route, rule: rule, client: address, subject: who)
        }
        #expect(key("r", client, "10.0.0.1", "u") == key("r", client, "10.0.0.1", "v"))
        #expect(key("r", client, "10.0.0.1", nil) != key("r", client, "10.0.0.2", nil))
        #expect(key("r", client, "10.0.0.1", nil) != key("s", client, "10.0.0.1", nil))
        #expect(key("r", client, "2001:db8::1", nil) == key("r", client, "2001:db8::2", nil))
        #expect(key("r", subject, "10.0.0.1", "u") == key("r", subject, "10.0.0.2", "u"))
        #expect(key("r", subject, "10.0.0.1", "u") != key("r", subject, "10.0.0.1", "v"))
        #expect(key("r", subject, "10.0.0.1", nil) == key("r", client, "10.0.0.1", nil))
        // A subject that looks like an address is no address.
        #expect(key("r", subject, "10.0.0.2", "10.0.0.1") != key("r", client, "10.0.0.1", nil))
    }

    @Test("a flood of keys is bounded, and the newest keep their buckets")
    func bounded() {
        let rule = RateLimitRule(requests: 1, seconds: 60)
        let table = Box(TokenBucketTable<Int>(capacity: 100))
        for key in 0..<10_000 { _ = table.value.refuse(key, rule: rule, milliseconds: 0) }
        #expect(table.value.count <= 100)
        #expect(table.value.refuse(9999, rule: rule, milliseconds: 0) != nil)
    }
}
