import DequeModule

/// Confirmed verdicts of one loop by token digest. Refusals are not kept: a customer who is let in again is let in at once.
package struct VerdictCache {
    private struct Entry {
        var facts: CustomerFacts
        /// Seconds since the epoch; not used at or after.
        var until: Int64
    }

    /// Seconds; 0 keeps nothing.
    private let timeToLive: Int64
    private let capacity: Int
    private var entries: [TokenDigest: Entry] = [:]
    /// In the order in which they were stored; may name entries that have gone since.
    private var order: Deque<TokenDigest> = []

    package init(timeToLive: Int64, capacity: Int = 20_000) {
        self.timeToLive = timeToLive
        self.capacity = capacity
    }

    package func facts(for digest: TokenDigest, now: Int64) -> CustomerFacts? {
        guard let entry = entries[digest], now < entry.until else { return nil }
        return entry.facts
    }

    /// Kept for the time to live, and never beyond the token itself.
    package mutating func store(_ facts: CustomerFacts, for digest: TokenDigest, expiresAt: Int64, now: Int64) {
        let until = min(expiresAt, now + timeToLive)
        guard until > now else { return }
        if entries.updateValue(Entry(facts: facts, until: until), forKey: digest) == nil { order.append(digest) }
        while order.count > capacity { entries.removeValue(forKey: order.removeFirst()) }
    }

    package mutating func removeAll() {
        entries.removeAll()
        order.removeAll()
    }

    package var count: Int { entries.count }
}
