/// The keys one service holds: an immutable snapshot, replaced whole.
package struct KeyRing: Sendable, Hashable {
    package let keys: [RingKey]
    /// Where it was loaded from, as log lines say it: `environment variable JWT_SECRET`, `file /run/secrets/jwt
    /// (JWT_SECRET_FILE)`.
    package let source: String
    package let environment: DeploymentEnvironment
    /// Grows with each replacement in this process; the first is 1.
    package let version: UInt64

    package init(keys: [RingKey], source: String, environment: DeploymentEnvironment, version: UInt64) {
        self.keys = keys
        self.source = source
        self.environment = environment
        self.version = version
    }

    /// The one key that signs.
    package var current: RingKey? { keys.first { $0.state == .current } }

    /// Exact by kid or alias, whatever the key's state; never a fallback.
    package func key(_ id: KeyID) -> RingKey? { keys.first { $0.id == id || $0.aliases.contains(id) } }
}
