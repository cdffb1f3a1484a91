/// Verified tokens of one loop under one ring and policy, by the digest of the whole token: two tokens that share a
/// prefix, a payload or a signature are two entries.
///
/// Bounded by count and by bytes. A full cache takes a token when it is shown for the second time, and lets go of one that
/// nobody asked for since the hand last passed (CLOCK): a flood of tokens that are shown once drives out none that is shown
/// again and again, and costs no more than their verification.
package struct VerifiedTokenCache {
    private struct Slot {
        var token: KnownToken
        /// Seconds since the epoch.
        var expiresAt: Int64
        /// Estimated bytes.
        var size: Int
        var isUsed: Bool
    }

    let maximumCount: Int
    let maximumBytes: Int
    /// Nil where one has gone; its place is in `free`.
    private var slots: [Slot?] = []
    private var free: [Int] = []
    private var places: [TokenDigest: Int] = [:]
    private var hand = 0
    private var sights = RecentSights()
    /// Estimated, of all that is kept.
    package private(set) var bytes = 0
    /// Those that there was no room for any more.
    package private(set) var evictions: Int64 = 0

    /// - Parameters:
    ///   - maximumCount: tokens.
    ///   - maximumBytes: of what is kept, estimated.
    package init(maximumCount: Int = 20_000, maximumBytes: Int = 32 * 1024 * 1024) {
        self.maximumCount = max(1, maximumCount)
        self.maximumBytes = maximumBytes
    }

    package var count: Int { places.count }

    /// - Parameter now: seconds since the epoch. Outside of its validity a token is dropped and not answered, for the
    ///   verifier to say why.
    package mutating func token(for digest: TokenDigest, now: Int64) -> KnownToken? {
        guard let place = places[digest], let slot = slots[place] else { return nil }
        guard slot.token.validity.contains(now) else {
            remove(at: place)
            return nil
        }
        if !slot.isUsed { slots[place]?.isUsed = true }
        return slot.token
    }

    /// A full cache keeps what it is given for the second time of late, or in the place of what has expired.
    /// - Parameter now: seconds since the epoch.
    package mutating func store(_ token: KnownToken, now: Int64) {
        let size = token.size
        guard size <= maximumBytes, places[token.digest] == nil else { return }
        if isFull(for: size) { dropExpired(now: now) }
        if isFull(for: size) {
            guard sights.note(token.digest) else { return }
            repeat { evict() } while isFull(for: size)
        }
        let slot = Slot(token: token, expiresAt: token.validity.upperBound, size: size, isUsed: false)
        let place: Int
        if let freed = free.popLast() {
            place = freed
            slots[place] = slot
        } else {
            place = slots.count
            slots.append(slot)
        }
        places[token.digest] = place
        bytes += size
    }

    private func isFull(for size: Int) -> Bool { count >= maximumCount || bytes + size > maximumBytes }

    /// Looks at two places further on: what nobody asks for any more would stay for ever else, where tokens are many and
    /// each is seldom shown.
    private mutating func dropExpired(now: Int64) {
        for _ in 0..<2 {
            if hand >= slots.count { hand = 0 }
            if let slot = slots[hand], slot.expiresAt <= now { remove(at: hand) }
            hand += 1
        }
    }

    /// There is something to evict: `store` asks for more than is free alone.
    private mutating func evict() {
        while true {
            if hand >= slots.count { hand = 0 }
            defer { hand += 1 }
            guard let slot = slots[hand] else { continue }
            guard slot.isUsed else {
                evictions += 1
                return remove(at: hand)
            }
            slots[hand]?.isUsed = false
        }
    }

    private mutating func remove(at place: Int) {
        guard let gone = slots[place] else { return }
        slots[place] = nil
        free.append(place)
        places.removeValue(forKey: gone.token.digest)
        bytes -= gone.size
    }
}
