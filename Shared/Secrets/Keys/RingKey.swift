/// Where a key is in its life. `next` verifies and does not sign, `current` does both, `previous` verifies until its
/// `retireAt`, `revoked` does nothing.
package enum KeyState: String, Sendable, Codable, CaseIterable { case next, current, previous, revoked }

/// One symmetric key of a ring.
package struct RingKey: Sendable, Hashable {
    package let id: KeyID
    /// The derived kid of a JWK that brings its own, so that the same bytes are the same key raw and as a JWK.
    package let aliases: [KeyID]
    package let algorithm: KeyAlgorithm
    package let secret: SecretBytes
    package let state: KeyState
    /// Seconds since the epoch, from which on the key no longer verifies; nil: as long as it is configured.
    package let retireAt: Int64?

    package init(
        id: KeyID, aliases: [KeyID] = [], algorithm: KeyAlgorithm, secret: SecretBytes, state: KeyState,
        retireAt: Int64? = nil
    ) {
        self.id = id
        self.aliases = aliases
        self.algorithm = algorithm
        self.secret = secret
        self.state = state
        self.retireAt = retireAt
    }

    /// Not revoked, and before `retireAt`.
    /// - Parameter now: seconds since the epoch.
    package func verifies(at now: Int64) -> Bool {
        guard state != .revoked else { return false }
        guard let retireAt else { return true }
        return now < retireAt
    }

    /// `id` and `aliases`.
    package var names: [KeyID] { [id] + aliases }
}
