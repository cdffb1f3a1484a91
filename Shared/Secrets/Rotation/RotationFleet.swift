/// One replica as rotation sees it.
package struct RotationReplica: Sendable, Hashable {
    package struct Key: Sendable, Hashable {
        package var names: [String]
        package var state: String
        /// It has verified a probe that this key signed.
        package var isVerified: Bool
        /// Seconds since the epoch by the keeper's clock; nil: never, or not told.
        package var lastSignedAt: Int64?

        package init(names: [String], state: String, isVerified: Bool, lastSignedAt: Int64? = nil) {
            self.names = names
            self.state = state
            self.isVerified = isVerified
            self.lastSignedAt = lastSignedAt
        }
    }

    package var service: String
    package var instance: String
    package var environment: String
    /// Where its ring came from.
    package var source: String
    /// Its secret is a variable: it can't change while the process runs.
    package var isPinned: Bool
    /// It can read a JWK Set.
    package var readsSets: Bool
    package var isIssuer: Bool
    package var keys: [Key]
    /// Issuers: seconds.
    package var longestToken: Int64
    /// Seconds.
    package var leeway: Int64
    /// Seconds since it was heard of last, where it is not live.
    package var missingFor: Int64?
    /// What it says is wrong with its keys.
    package var disagreement: String?

    package init(
        service: String, instance: String, environment: String, source: String, isPinned: Bool, readsSets: Bool,
        isIssuer: Bool, keys: [Key], longestToken: Int64 = 0, leeway: Int64 = 0, missingFor: Int64? = nil,
        disagreement: String? = nil
    ) {
        self.service = service
        self.instance = instance
        self.environment = environment
        self.source = source
        self.isPinned = isPinned
        self.readsSets = readsSets
        self.isIssuer = isIssuer
        self.keys = keys
        self.longestToken = longestToken
        self.leeway = leeway
        self.missingFor = missingFor
        self.disagreement = disagreement
    }

    package var name: String { "\(service) \(instance)" }

    func key(_ key: RingKey) -> Key? {
        let names = Set(key.names.map(\.rawValue))
        return keys.first { !names.isDisjoint(with: $0.names) }
    }
}

/// Why a step waits for a replica, and what somebody can do about it.
package struct RotationBlocker: Sendable, Hashable, Codable {
    /// `SERVICE INSTANCE`, or `fleet`.
    package var replica: String
    /// Stable: `missing`, `environment`, `raw_only`, `pinned`, `lagging`, `unverified`, `disagreed`, `not_signing`,
    /// `no_replicas`, `no_issuer`.
    package var code: String
    package var reason: String
    package var mend: String

    package init(replica: String, code: String, reason: String, mend: String) {
        self.replica = replica
        self.code = code
        self.reason = reason
        self.mend = mend
    }
}
