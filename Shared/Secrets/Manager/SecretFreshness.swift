import Synchronization

/// How fresh the ring is: what readiness, metrics and fleet reports say of it.
extension SecretManager {
    /// Seconds since what is held was last found in the source it came from; 0 for a variable, which can't change. It
    /// grows while a store is down, and while something lies there that was not adopted.
    package func ringAge(now: Int64) -> Int64 {
        state.withLock { state in
            guard let winner = state.resolution.winner, let entry = state.book.health[winner.id] else { return 0 }
            return entry.confirmedAt.map { max(0, now - $0) } ?? 0
        }
    }

    /// `watched`: another key comes by itself (file, store). `pinned`: by a redeploy alone (variable, version number).
    package var delivery: String {
        state.withLock { $0.resolution.winner?.isPinned ?? ($0.published == nil) } ? "pinned" : "watched"
    }

    /// Every file and store that is looked at, in the order of the chain.
    package var sourceHealth: [SourceHealth] {
        let health = state.withLock { $0.book.health }
        return reader.plan.candidates.compactMap { health[$0.id] }
    }

    /// Why what lies in a source now was not adopted; nil when what is held is what lies there.
    package var reloadFault: SecretError? { state.withLock { $0.pending } }

    /// The store that the ring comes from, where it can be written to; nil for a variable and for a mounted file.
    package var writableStore: (any WritableSecretStore)? {
        guard let winner = state.withLock({ $0.resolution.winner }) else { return nil }
        return reader.source(of: winner.id) as? any WritableSecretStore
    }
}
