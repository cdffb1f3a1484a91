import Synchronization

/// So many attempts per minute per key, as a token bucket that holds one minute's worth. In memory and per replica: it
/// protects this process's processor time; what an account can bear is the lockout's business, and that is stored.
///
/// The map is bounded. When it is full, full buckets are dropped first (they know nothing); if an attacker with very
/// many addresses keeps it full of empty ones, new keys share one bucket rather than pass unlimited.
final class RateLimiter: Sendable {
    private struct Bucket {
        var tokens: Double
        var refilledAt: Int64
    }

    private struct State {
        var buckets: [String: Bucket] = [:]
        var overflow: Bucket?
        var sweptAt: Int64 = .min
    }

    private let perMinute: Double
    private let maximumKeys: Int
    private let state = Mutex(State())

    init(perMinute: Int, maximumKeys: Int = 20_000) {
        self.perMinute = Double(perMinute)
        self.maximumKeys = maximumKeys
    }

    /// Takes one attempt.
    /// - Returns: nil when there was one, else the seconds until there is.
    func take(_ key: String, now: Int64) -> Int? {
        state.withLock { state in
            if state.buckets[key] == nil && state.buckets.count >= maximumKeys { sweep(&state, now: now) }
            guard state.buckets[key] != nil || state.buckets.count < maximumKeys else {
                var shared = state.overflow ?? Bucket(tokens: perMinute, refilledAt: now)
                defer { state.overflow = shared }
                return take(from: &shared, now: now)
            }
            return take(from: &state.buckets[key, default: Bucket(tokens: perMinute, refilledAt: now)], now: now)
        }
    }

    private func take(from bucket: inout Bucket, now: Int64) -> Int? {
        let elapsed = Double(max(0, now - bucket.refilledAt))
        bucket.tokens = min(perMinute, bucket.tokens + elapsed * perMinute / 60)
        bucket.refilledAt = now
        guard bucket.tokens >= 1 else {
            return max(1, Int(((1 - bucket.tokens) * 60 / perMinute).rounded(.up)))
        }
        bucket.tokens -= 1
        return nil
    }

    /// At most once a second: a full map must not make each attempt walk through all of it.
    private func sweep(_ state: inout State, now: Int64) {
        guard now != state.sweptAt else { return }
        state.sweptAt = now
        // After a minute every bucket is full again.
        state.buckets = state.buckets.filter { now - $0.value.refilledAt < 60 }
    }
}
