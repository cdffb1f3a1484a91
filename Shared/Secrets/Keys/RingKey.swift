/// Where a key is in its life. `next` verifies and does not sign, `current` does both, `previous` verifies until its
/// `retireAt`, `revoked` does nothing.
package enum KeyState: String, Sendable, Codable, CaseIterable { case next, current, previous, revoked }

/// One key of a ring.
package struct RingKey: Sendable, Hashable {
    package let id: KeyID
    /// The derived kid of a JWK that brings its own, so that the same bytes are the same key raw and as a JWK.
    package let aliases: [KeyID]
    package let algorithm: KeyAlgorithm
    package let material: KeyMaterial
    package let state: KeyState
    /// Seconds since the epoch, from which on the key no longer verifies; nil: as long as it is configured.
    package let retireAt: Int64?

    /// - Parameter material: one that fits `algorithm`.
    package init(
        id: KeyID, aliases: [KeyID] = [], algorithm: KeyAlgorithm, material: KeyMaterial, state: KeyState,
        retireAt: Int64? = nil
    ) {
        self.id = id
        self.aliases = aliases
        self.algorithm = algorithm
        self.material = material
        self.state = state
        self.retireAt = retireAt
    }

    package init(
        id: KeyID, aliases: [KeyID] = [], algorithm: KeyAlgorithm, secret: SecretBytes, state: KeyState,
        retireAt: Int64? = nil
    ) {
        self.init(
            id: id, aliases: aliases, algorithm: algorithm, material: .secret(secret), state: state, retireAt: retireAt)
    }

    /// Of a symmetric key.
    package var secret: SecretBytes? { material.secret }

    /// The same key in another state.
    package func becoming(_ state: KeyState, retireAt: Int64? = nil) -> RingKey {
        RingKey(id: id, aliases: aliases, algorithm: algorithm, material: material, state: state, retireAt: retireAt)
    }

    /// What a holder may do nothing with: a secret shorter than its hash (RFC 7518 §3.2), material of another algorithm.
    package var isUsable: Bool {
        material.fits(algorithm) && secret.map { $0.count >= algorithm.minimumKeyBytes } ?? true
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
