/// What a service can say of its keys without showing one. Codable: it is the body of `GET /internal/v1/keys`.
package struct SecretDiagnostics: Sendable, Codable, Equatable {
    /// One place that was looked at, in the order of the chain.
    package struct Source: Sendable, Codable, Equatable {
        package var name: String
        /// `present`, `absent`, `rejected`
        package var status: String
        /// Why it was rejected, or why a present one is not what serves.
        package var reason: String?
        /// Not told for a key that fails the strength check.
        package var kid: String?
        package var bytes: Int?
        /// A store's own number of what it answered last.
        package var revision: String?
        /// Seconds since the epoch, when what is held was last found there; absent for variables.
        package var confirmedAt: Int64?
        /// Seconds since then.
        package var age: Int64?
        /// Why the last look that failed did, also when it is over.
        package var lastFailure: String?

        package init(name: String, status: String, reason: String? = nil, kid: String? = nil, bytes: Int? = nil) {
            self.name = name
            self.status = status
            self.reason = reason
            self.kid = kid
            self.bytes = bytes
        }
    }

    package struct Key: Sendable, Codable, Equatable {
        package var kid: String
        package var aliases: [String]
        package var algorithm: String
        package var state: String
        /// Seconds since the epoch.
        package var retireAt: Int64?

        package init(kid: String, aliases: [String], algorithm: String, state: String, retireAt: Int64?) {
            self.kid = kid
            self.aliases = aliases
            self.algorithm = algorithm
            self.state = state
            self.retireAt = retireAt
        }
    }

    package var environment: String
    package var environmentDetectedFrom: String
    package var sources: [Source]
    package var winner: String?
    package var ringVersion: UInt64
    package var keys: [Key]
    package var warnings: [String]

    package init(
        environment: String, environmentDetectedFrom: String, sources: [Source], winner: String?, ringVersion: UInt64,
        keys: [Key], warnings: [String]
    ) {
        self.environment = environment
        self.environmentDetectedFrom = environmentDetectedFrom
        self.sources = sources
        self.winner = winner
        self.ringVersion = ringVersion
        self.keys = keys
        self.warnings = warnings
    }
}

extension SecretDiagnostics.Key {
    init(_ key: RingKey) {
        // The alias of a weak key is derived from its bytes, and is as telling as its kid.
        let isShown = key.publishedID == key.id.rawValue
        self.init(
            kid: key.publishedID, aliases: isShown ? key.aliases.map(\.rawValue) : [],
            algorithm: key.algorithm.rawValue, state: key.state.rawValue, retireAt: key.retireAt)
    }
}
