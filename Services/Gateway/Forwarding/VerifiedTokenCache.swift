import Secrets
package import Tokens

/// Verified tokens of one loop under one ring and policy, by the digest of the whole token: two tokens that share a
/// prefix, a payload or a signature are two entries.
///
/// Bounded by count and by bytes. What was asked for since the hand last passed is spared once (CLOCK), so that a flood of
/// tokens that are shown once does not drive out those that are shown again and again.
package struct VerifiedTokenCache {
    private struct Slot {
        var digest: TokenDigest
        var token: VerifiedToken
        /// Estimated bytes.
        var size: Int
        var isUsed: Bool
    }

    private let maximumCount: Int
    private let maximumBytes: Int
    /// Nil where one has gone; its place is in `free`.
    private var slots: [Slot?] = []
    private var free: [Int] = []
    private var places: [TokenDigest: Int] = [:]
    private var hand = 0
    /// Estimated, of all that is kept.
    package private(set) var bytes = 0

    /// - Parameters:
    ///   - maximumCount: tokens.
    ///   - maximumBytes: of what is kept, estimated.
    package init(maximumCount: Int = 20_000, maximumBytes: Int = 16 * 1024 * 1024) {
        self.maximumCount = max(1, maximumCount)
        self.maximumBytes = maximumBytes
    }

    package var count: Int { places.count }

    /// - Parameter now: seconds since the epoch. Outside of its validity a token is dropped and not answered, for the
    ///   verifier to say why.
    package mutating func identity(for digest: TokenDigest, now: Int64) -> Identity? {
        guard let place = places[digest], let slot = slots[place] else { return nil }
        guard slot.token.validity.contains(now) else {
            remove(at: place)
            return nil
        }
        if !slot.isUsed { slots[place]?.isUsed = true }
        return slot.token.identity
    }

    package mutating func store(_ token: VerifiedToken, for digest: TokenDigest) {
        let size = Self.size(of: token)
        guard size <= maximumBytes, places[digest] == nil else { return }
        while count >= maximumCount || bytes + size > maximumBytes { evict() }
        let slot = Slot(digest: digest, token: token, size: size, isUsed: false)
        let place: Int
        if let freed = free.popLast() {
            place = freed
            slots[place] = slot
        } else {
            place = slots.count
            slots.append(slot)
        }
        places[digest] = place
        bytes += size
    }

    /// There is something to evict: `store` asks for more than is free alone.
    private mutating func evict() {
        while true {
            if hand >= slots.count { hand = 0 }
            defer { hand += 1 }
            guard let slot = slots[hand] else { continue }
            guard slot.isUsed else { return remove(at: hand) }
            slots[hand]?.isUsed = false
        }
    }

    private mutating func remove(at place: Int) {
        guard let gone = slots[place] else { return }
        slots[place] = nil
        free.append(place)
        places.removeValue(forKey: gone.digest)
        bytes -= gone.size
    }

    /// Texts of more than 15 bytes lie outside of the value, each with a header of 32; the rest of an entry is as large as
    /// its slot and its place in the dictionary.
    private static func size(of token: VerifiedToken) -> Int {
        let identity = token.identity
        let texts =
            [identity.subject, identity.userID, identity.email, identity.issuer, identity.keyID.rawValue]
            + identity.roles
            + [identity.customerID, identity.scope, identity.sessionID, identity.tokenID].compactMap(\.self)
        let outside = texts.reduce(0) { $0 + ($1.utf8.count > 15 ? $1.utf8.count + 32 : 0) }
        return MemoryLayout<Slot>.stride + 64 + 32 + 16 * identity.roles.count + outside
    }
}
