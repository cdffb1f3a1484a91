/// How many requests may pass, and how many at once.
package struct RateLimitRule: Sendable, Hashable {
    package enum Subject: String, Sendable, CaseIterable {
        /// By address (`IPAddress.clientNetwork`).
        case client
        /// By the token's subject; by address for whoever comes without a token.
        case subject
    }

    package let per: Subject
    package let requests: Int
    package let seconds: Int
    /// Of a bucket that is full.
    package let burst: Int

    package init(per: Subject = .client, requests: Int, seconds: Int, burst: Int? = nil) {
        self.per = per
        self.requests = requests
        self.seconds = seconds
        self.burst = burst ?? requests
    }

    /// Token buckets count in parts of a request, of which `requests` come with each millisecond: exact, whatever the
    /// rule is.
    var cost: Int64 { Int64(seconds) * 1000 }
    var full: Int64 { Int64(burst) * cost }
}

/// Token buckets by key, of bounded number.
///
/// With more keys than `capacity` the table starts anew in two generations, so that a flood of addresses costs the
/// newest ones nothing and can at worst hand an old one a fresh bucket.
package struct TokenBucketTable<Key: Hashable & Sendable>: Sendable {
    private struct Bucket: Sendable {
        var level: Int64
        /// Milliseconds of the clock handed in.
        var updated: Int64
    }

    private let capacity: Int
    private var young: [Key: Bucket] = [:]
    private var old: [Key: Bucket] = [:]

    package init(capacity: Int = 10_000) { self.capacity = max(2, capacity) }

    /// Takes one request from the key's bucket.
    /// - Parameters:
    ///   - rule: the same for a key as long as the table lives.
    ///   - milliseconds: of any clock that only grows.
    /// - Returns: nil when the request may pass, else seconds until one may.
    package mutating func refuse(_ key: Key, rule: RateLimitRule, milliseconds: Int64) -> Int? {
        let requests = Int64(rule.requests)
        var bucket = young[key] ?? old[key] ?? Bucket(level: rule.full, updated: milliseconds)
        let elapsed = max(0, milliseconds - bucket.updated)
        // Compared before it is multiplied: a clock that leaps can't overflow it.
        let missing = max(0, rule.full - bucket.level)
        bucket.level = elapsed > missing / requests ? rule.full : min(rule.full, bucket.level + elapsed * requests)
        bucket.updated = max(bucket.updated, milliseconds)
        defer { store(bucket, for: key) }
        guard bucket.level < rule.cost else {
            bucket.level -= rule.cost
            return nil
        }
        return Int((rule.cost - bucket.level + requests * 1000 - 1) / (requests * 1000))
    }

    private mutating func store(_ bucket: Bucket, for key: Key) {
        if young[key] == nil, young.count >= capacity / 2 {
            old = young
            young = [:]
        }
        young[key] = bucket
    }

    package var count: Int { young.count + old.count }
}

/// Whose bucket on which route. A route that is read anew with the same rule goes on with its buckets, one with another
/// rule begins with full ones.
package struct RouteBucketKey: Hashable, Sendable {
    package let route: String
    /// Per subject where that is who the bucket is for.
    package let rule: RateLimitRule
    package let who: String

    /// - Parameter client: an address, without port.
    package init(route: String, rule: RateLimitRule, client: String, subject: String?) {
        self.route = route
        if rule.per == .subject, let subject {
            self.rule = rule
            who = subject
        } else {
            self.rule = RateLimitRule(requests: rule.requests, seconds: rule.seconds, burst: rule.burst)
            who = ClientBucket.name(of: client)
        }
    }
}
