package import Contracts
import Synchronization

/// What is revoked, for all who have a copy of it: each observer gets the set as it is, then every change.
package final class RevocationBoard: Sendable {
    package enum Change: Sendable {
        /// To begin with.
        case set(RevocationSet)
        case revoked(Revocation, expiresAt: Int64)
        /// Whether somebody's revocations do not arrive: then what was concluded of a token is worth less for long.
        case lost(Bool)
    }

    private struct State {
        var set: RevocationSet
        var isLost = false
        var observers: [@Sendable (Change) -> Void] = []
        var sweptAt: Int64 = 0
    }

    /// Seconds between two sweeps.
    package static let sweepInterval: Int64 = 60

    /// Seconds after an event for which a token that it concerns could still be accepted.
    private let kept: Int64
    private let state: Mutex<State>

    /// - Parameters:
    ///   - longestLife: that the verifier allows a token, in seconds.
    ///   - leeway: of the verifier, in seconds.
    package init(longestLife: Int64, leeway: Int64, capacity: Int = RevocationSet.defaultCapacity) {
        // Twice: for the clock of who told, and for the token's own expiry.
        kept = longestLife + 2 * leeway
        state = Mutex(State(set: RevocationSet(capacity: capacity)))
    }

    package var count: Int { state.withLock { $0.set.count } }

    /// Called at once with what is known, then in the order of changes, on whichever thread they come. Must not call back.
    package func observe(_ observer: @escaping @Sendable (Change) -> Void) {
        state.withLock { state in
            observer(.set(state.set))
            observer(.lost(state.isLost))
            state.observers.append(observer)
        }
    }

    /// - Parameter now: seconds since the epoch.
    package func revoke(_ revocation: Revocation, now: Int64) {
        let expiresAt = revocation.occurredAt + kept
        guard now < expiresAt else { return }
        state.withLock { state in
            state.set.insert(revocation, expiresAt: expiresAt)
            if now - state.sweptAt >= Self.sweepInterval {
                state.sweptAt = now
                state.set.sweep(now: now)
            }
            for observer in state.observers { observer(.revoked(revocation, expiresAt: expiresAt)) }
        }
    }

    package func setLost(_ isLost: Bool) {
        state.withLock { state in
            guard state.isLost != isLost else { return }
            state.isLost = isLost
            for observer in state.observers { observer(.lost(isLost)) }
        }
    }
}
