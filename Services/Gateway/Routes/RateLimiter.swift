import HTTPKit
import Synchronization

/// Token buckets per client address on the login-like routes (GW_AUTH_RATE_LIMIT_PER_MINUTE).
///
/// Bounded: with more clients than `capacity` the table starts anew in two generations, so that a flood of addresses
/// costs the newest ones nothing and can at worst hand an old one a fresh bucket.
package struct RateLimiter {
    private struct Bucket {
        /// In parts of a request, of which `perMinute` come with each millisecond: exact, whatever the limit is.
        var level: Int64
        /// Milliseconds of the clock handed in.
        var updated: Int64
    }

    /// Of one request; the milliseconds of a minute.
    private static let cost: Int64 = 60_000

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
        let full = perMinute * Self.cost
        var bucket = young[client] ?? old[client] ?? Bucket(level: full, updated: milliseconds)
        let elapsed = max(0, milliseconds - bucket.updated)
        bucket.level = elapsed >= Self.cost ? full : min(full, bucket.level + elapsed * perMinute)
        bucket.updated = milliseconds
        defer { store(bucket, for: client) }
        guard bucket.level < Self.cost else {
            bucket.level -= Self.cost
            return nil
        }
        let missing = Self.cost - bucket.level
        return Int((missing + perMinute * 1000 - 1) / (perMinute * 1000))
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
        let bucket = IPAddress(client)?.clientNetwork ?? client
        return limiter.withLock { $0.refuse(bucket, milliseconds: milliseconds) }
    }
}
