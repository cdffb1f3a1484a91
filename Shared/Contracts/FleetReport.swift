/// What one replica says of itself to the fleet keeper: the body of `POST /internal/v1/fleet/reports` (DESIGN §7).
/// Times are seconds since the epoch by the replica's own clock, unless said.
package struct FleetReport: Codable, Sendable, Equatable {
    /// `gateway`, `plant`, `platform-portal`, `customer-portal`, or what a service in another language calls itself.
    package var service: String
    /// Unique among the replicas of all services; a restarted process brings another one, or the same with a later
    /// `startedAt`.
    package var instance: String
    package var environment: String
    /// Where its ring came from, as diagnostics name it.
    package var source: String
    /// How its ring can change: `watched` (file or store: by itself), `pinned` (a variable: by a redeploy alone).
    package var delivery: String
    package var ringVersion: UInt64
    /// Seconds since what is held was last confirmed to be what lies in the source; 0 for a variable.
    package var ringAge: Int64
    package var keys: [FleetKey]
    /// The names of the issuers that this replica signs as; empty for a verifier.
    package var issuer: String?
    /// Issuers: seconds a token of theirs lives at most. Nil for verifiers.
    package var longestToken: Int64?
    /// `JWT_LEEWAY_SECONDS`.
    package var leeway: Int64
    /// `agreed`, `disagreed`, `unconfirmed`, `pending`, `unconfigured`: as readiness says it.
    package var agreement: String
    /// What is wrong, in words, where `agreement` is not `agreed`.
    package var detail: String?
    /// Milliseconds that the keeper's clock is ahead of this replica's, by the replica's own measurement; nil: not
    /// measured yet.
    package var clockOffset: Int64?
    /// What it can read as a ring: `jwks`, `names` (raw values under three names).
    package var layouts: [String]
    package var build: String
    package var startedAt: Int64

    package init(
        service: String, instance: String, environment: String, source: String, delivery: String, ringVersion: UInt64,
        ringAge: Int64, keys: [FleetKey], issuer: String? = nil, longestToken: Int64? = nil, leeway: Int64,
        agreement: String, detail: String? = nil, clockOffset: Int64? = nil, layouts: [String] = ["jwks", "names"],
        build: String, startedAt: Int64
    ) {
        self.service = service
        self.instance = instance
        self.environment = environment
        self.source = source
        self.delivery = delivery
        self.ringVersion = ringVersion
        self.ringAge = ringAge
        self.keys = keys
        self.issuer = issuer
        self.longestToken = longestToken
        self.leeway = leeway
        self.agreement = agreement
        self.detail = detail
        self.clockOffset = clockOffset
        self.layouts = layouts
        self.build = build
        self.startedAt = startedAt
    }

    package enum CodingKeys: String, CodingKey {
        case service, instance, environment, source, delivery, keys, issuer, leeway, agreement, detail, layouts, build
        case ringVersion = "ring_version"
        case ringAge = "ring_age"
        case longestToken = "longest_token"
        case clockOffset = "clock_offset_ms"
        case startedAt = "started_at"
    }
}

/// One key of a replica's ring.
package struct FleetKey: Codable, Sendable, Equatable {
    /// Withheld (`weak`) for a key that fails the strength check.
    package var kid: String
    package var aliases: [String]
    package var algorithm: String
    /// `next`, `current`, `previous`, `revoked`
    package var state: String
    /// The replica has verified a probe signed by this key, since it holds its present ring. For a key that no issuer
    /// signs probes with (`previous`, `revoked`) it stays false.
    package var verified: Bool
    /// Issuers: when it last signed an access token with this key.
    package var lastSignedAt: Int64?

    package init(
        kid: String, aliases: [String] = [], algorithm: String, state: String, verified: Bool,
        lastSignedAt: Int64? = nil
    ) {
        self.kid = kid
        self.aliases = aliases
        self.algorithm = algorithm
        self.state = state
        self.verified = verified
        self.lastSignedAt = lastSignedAt
    }

    package enum CodingKeys: String, CodingKey {
        case kid, aliases, algorithm, state, verified
        case lastSignedAt = "last_signed_at"
    }
}
