import HTTPKit
import Synchronization

/// Token buckets per client address on the login-like routes (GW_AUTH_RATE_LIMIT_PER_MINUTE).
package struct RateLimiter {
    /// Nil: no limit.
    private let rule: RateLimitRule?
    private var buckets: TokenBucketTable<String>

    /// - Parameter perMinute: also the burst; 0 turns the limit off.
    package init(perMinute: Int, capacity: Int = 10_000) {
        rule = perMinute > 0 ? RateLimitRule(requests: perMinute, seconds: 60) : nil
        buckets = TokenBucketTable(capacity: capacity)
    }

    /// - Parameter milliseconds: of any clock that only grows.
    /// - Returns: nil when the request may pass, else seconds until one may.
    package mutating func refuse(_ client: String, milliseconds: Int64) -> Int? {
        guard let rule else { return nil }
        return buckets.refuse(client, rule: rule, milliseconds: milliseconds)
    }

    package var count: Int { buckets.count }
}

/// What limits per client count by: an IPv6 client owns a whole network of addresses.
enum ClientBucket {
    static func name(of address: String) -> String { IPAddress(address)?.clientNetwork ?? address }
}

/// The routes' own limits, for all loops. Only requests of routes with a limit meet its lock.
package final class SharedRouteLimiter: Sendable {
    private let buckets = Mutex(TokenBucketTable<RouteBucketKey>(capacity: 100_000))
    package init() {}

    /// - Returns: nil when the request may pass, else seconds until one may.
    package func refuse(_ key: RouteBucketKey, rule: RateLimitRule, milliseconds: Int64) -> Int? {
        buckets.withLock { $0.refuse(key, rule: rule, milliseconds: milliseconds) }
    }
}

/// One limit for all loops, so that it holds however a client's connections are spread. Logins are no hot path: this is
/// the one lock that a request can meet, and no other request meets it.
package final class SharedRateLimiter: Sendable {
    private let limiter: Mutex<RateLimiter>
    package init(perMinute: Int) { limiter = Mutex(RateLimiter(perMinute: perMinute)) }

    package func refuse(_ client: String, milliseconds: Int64) -> Int? {
        let bucket = ClientBucket.name(of: client)
        return limiter.withLock { $0.refuse(bucket, milliseconds: milliseconds) }
    }
}
