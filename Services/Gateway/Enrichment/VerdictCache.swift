import DequeModule
package import Tokens

/// Verdicts of one loop by token digest: confirmations for their time to live and then as stale ones, refusals for a
/// shorter one. Never beyond the token itself, and bounded by count and by bytes: the oldest go first.
package struct VerdictCache {
    package enum Finding: Sendable, Equatable {
        case confirmed(CustomerFacts)
        /// A no, of 401, 403 or 404: always a `Verdict.refused`.
        case refused(Verdict)
        /// Beyond its time to live, within `StaleBounds.whileRevalidating`.
        case stale(CustomerFacts)
        case none
    }

    private struct Entry {
        var verdict: Verdict
        var holders: [RevokedHolder]
        /// When the plant was asked; seconds since the epoch.
        var since: Int64
        /// Of a refusal: seconds since the epoch before which it counts.
        var refusedUntil: Int64
        /// The token's own end; seconds since the epoch.
        var expiresAt: Int64
        /// Estimated bytes.
        var size: Int
        /// Tells it from earlier entries of the same token in `order`.
        var number: UInt64
    }

    private let lifetimes: VerdictLifetimes
    let maximumCount: Int
    let maximumBytes: Int
    /// Seconds for which a verdict is fresh at most, while no revocation would arrive.
    private var limit: Int64?
    private var entries: [TokenDigest: Entry] = [:]
    private var holders = HolderIndex()
    /// In the order in which they were stored; names entries that have gone or were stored anew since.
    private var order: Deque<(digest: TokenDigest, number: UInt64)> = []
    private var nextNumber: UInt64 = 0
    /// Estimated, of all that is kept.
    package private(set) var bytes = 0
    /// Those that there was no room for any more.
    package private(set) var evictions: Int64 = 0

    /// - Parameters:
    ///   - maximumCount: verdicts.
    ///   - maximumBytes: of what is kept, estimated.
    package init(lifetimes: VerdictLifetimes, maximumCount: Int = 20_000, maximumBytes: Int = 16 * 1024 * 1024) {
        self.lifetimes = lifetimes
        self.maximumCount = max(1, maximumCount)
        self.maximumBytes = maximumBytes
    }

    package var count: Int { entries.count }

    /// - Parameters:
    ///   - now: seconds since the epoch.
    ///   - timeToLive: seconds, of a yes; nil: the cache's own.
    package func look(
        _ digest: TokenDigest, now: Int64, stale: StaleBounds, timeToLive: Int64? = nil
    ) -> Finding {
        guard let entry = entries[digest], now < entry.expiresAt else { return .none }
        let freshUntil = freshUntil(entry, timeToLive)
        switch entry.verdict {
        case .confirmed(let facts) where now < freshUntil: return .confirmed(facts)
        case .confirmed(let facts) where now < freshUntil + stale.whileRevalidating: return .stale(facts)
        case .refused where now < freshUntil: return .refused(entry.verdict)
        case .confirmed, .refused, .unavailable: return .none
        }
    }

    /// For a plant that can't be asked: what it last said, if that was a yes.
    /// - Parameter now: seconds since the epoch.
    package func standIn(
        _ digest: TokenDigest, now: Int64, stale: StaleBounds, timeToLive: Int64? = nil
    ) -> CustomerFacts? {
        guard let entry = entries[digest], case .confirmed(let facts) = entry.verdict, now < entry.expiresAt,
            now < freshUntil(entry, timeToLive) + stale.ifError
        else { return nil }
        return facts
    }

    /// When the plant was asked for what is kept; for another loop to count from. Seconds since the epoch.
    package func since(_ digest: TokenDigest) -> Int64? { entries[digest]?.since }

    /// Takes the place of what was known of this token. `unavailable` is no knowledge and changes nothing.
    /// - Parameter since: when the plant was asked; seconds since the epoch.
    package mutating func store(_ verdict: Verdict, for digest: TokenDigest, identity: Identity, since: Int64) {
        let lifetime: Int64
        var facts: CustomerFacts?
        switch verdict {
        case .confirmed(let confirmed):
            lifetime = lifetimes.confirmed
            facts = confirmed
        case .refused: lifetime = lifetimes.refused
        case .unavailable: return
        }
        // An older word does not take the place of a newer one.
        if let known = entries[digest], known.since > since { return }
        remove(digest)
        let freshUntil = min(identity.expiresAt, since + lifetime)
        guard lifetime > 0, freshUntil > since else { return }
        nextNumber += 1
        var entry = Entry(
            verdict: verdict, holders: RevokedHolder.all(of: identity, facts), since: since, refusedUntil: freshUntil,
            expiresAt: identity.expiresAt, size: 0, number: nextNumber)
        entry.size = Self.size(of: entry, facts)
        guard entry.size <= maximumBytes else { return }
        while count >= maximumCount || bytes + entry.size > maximumBytes { evictOldest() }
        holders.add(digest, of: entry.holders)
        bytes += entry.size
        order.append((digest, entry.number))
        entries[digest] = entry
        if order.count > 2 * count + 64 { order.removeAll { entries[$0.digest]?.number != $0.number } }
    }

    /// - Returns: how many verdicts went.
    @discardableResult
    package mutating func remove(of holder: RevokedHolder) -> Int {
        let concerned = holders.of(holder)
        for digest in concerned { remove(digest) }
        return concerned.count
    }

    /// Counts for what is kept already, too, and only as long as it stands.
    /// - Parameter seconds: nil: none beside the time to live.
    package mutating func limit(to seconds: Int64?) { limit = seconds }

    /// Fresh before, stale at and after; seconds since the epoch.
    private func freshUntil(_ entry: Entry, _ timeToLive: Int64?) -> Int64 {
        let until =
            if case .confirmed = entry.verdict {
                min(entry.expiresAt, entry.since + (timeToLive ?? lifetimes.confirmed))
            } else {
                entry.refusedUntil
            }
        return limit.map { min(until, entry.since + $0) } ?? until
    }

    package mutating func removeAll() {
        entries.removeAll()
        holders = HolderIndex()
        order.removeAll()
        bytes = 0
    }

    private mutating func remove(_ digest: TokenDigest) {
        guard let gone = entries.removeValue(forKey: digest) else { return }
        holders.remove(digest, of: gone.holders)
        bytes -= gone.size
    }

    /// There is an entry: `store` asks for more than is free alone.
    private mutating func evictOldest() {
        while let oldest = order.popFirst() {
            guard entries[oldest.digest]?.number == oldest.number else { continue }
            evictions += 1
            return remove(oldest.digest)
        }
    }

    /// An entry's own slot, its places in dictionary, order and index, and texts of more than 15 bytes, which lie outside of
    /// the value with a header of 32.
    private static func size(of entry: Entry, _ facts: CustomerFacts?) -> Int {
        var size = 256
        for holder in entry.holders { size += 160 + outside(holder.text) }
        size += outside(facts?.customerID) + outside(facts?.plan)
        if case .refused(_, let code) = entry.verdict { size += outside(code) }
        return size
    }

    private static func outside(_ text: String?) -> Int {
        guard let count = text?.utf8.count, count > 15 else { return 0 }
        return count + 32
    }
}
