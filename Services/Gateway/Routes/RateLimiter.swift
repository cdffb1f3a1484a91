import HTTPKit
import Synchronization

/// Token buckets per client address on the login-like routes (GW_AUTH_RATE_LIMIT_PER_MINUTE).
///
/// Bounded: with more clients than `capacity` the table starts anew in two generations, so that a flood of addresses
/// costs the newest ones nothing and can at worst hand an old one a fresh bucket.
package struct RateLimiter {
    private struct Bucket {
        /// In thousandths of a request.
        var level: Int64
        /// Milliseconds of the clock handed in.
        var updated: Int64
    }

    private let perMinute: Int64
    private let capacity: Int
    private var young: [String: Bucket] = [:]
    private var old: [String: Bucket] = [:]

    /// - Parameter perMinute: also the burst; 0 turns the limit off.
    package init(perMinute: Int, capacity: Int = 10_000) {
        self.perMinute = Int64(perMinute)
        self.capacity = capacity
    }

    /// - Parameter milliseconds: of any clock that only grows.
    /// - Returns: nil when the request may pass, else seconds until one may.
    package mutating func refuse(_ client: String, milliseconds: Int64) -> Int? {
        guard perMinute > 0 else { return nil }
        let full = perMinute * 1000
        var bucket = young[client] ?? old[client] ?? Bucket(level: full, updated: milliseconds)
        let elapsed = max(0, milliseconds - bucket.updated)
        // perMinute requests in 60 000 ms are perMinute/60 thousandths in one.
        let gained = elapsed >= 60_000 ? full : elapsed * perMinute / 60
        if gained > 0 {
            bucket.level = min(full, bucket.level + gained)
            bucket.updated = milliseconds
        }
        defer { store(bucket, for: client) }
        guard bucket.level < 1000 else {
            bucket.level -= 1000
            return nil
        }
        let missing = 1000 - bucket.level
        return max(1, Int((missing * 60 + perMinute * 1000 - 1) / (perMinute * 1000)))
    }

    private mutating func store(_ bucket: Bucket, for client: String) {
        if young[client] == nil, young.count >= capacity / 2 {
            old = young
            young = [:]
        }
        young[client] = bucket
    }

    package var count: Int { young.count + old.count }
}

/// One limit for all loops, so that it holds however a client's connections are spread. Logins are no hot path: this is
/// the one lock that a request can meet, and no other request meets it.
package final class SharedRateLimiter: Sendable {
    private let limiter: Mutex<RateLimiter>
    package init(perMinute: Int) { limiter = Mutex(RateLimiter(perMinute: perMinute)) }

    package func refuse(_ client: String, milliseconds: Int64) -> Int? {
        let bucket = Self.bucketName(client)
        return limiter.withLock { $0.refuse(bucket, milliseconds: milliseconds) }
    }

    /// An IPv6 client owns a /64 at least: its addresses share one bucket.
    static func bucketName(_ client: String) -> String {
        guard let address = IPAddress(client), !address.isV4 else { return client }
        return String(
            address.description.split(separator: ":", omittingEmptySubsequences: false).prefix(4).joined(separator: ":")
        )
    }
}
