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
    /// Whether it serves: what is held back speaks against nobody.
    package var ready: Bool
    /// Keys that an issuer signs probes with and this replica does not hold: a rotation waits for it. No alarm.
    package var lagging: [String]
    /// Tokens that it has refused of late.
    package var refusals: [FleetRefusals]
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
        build: String, startedAt: Int64, ready: Bool = true, lagging: [String] = [],
        refusals: [FleetRefusals] = []
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
        self.ready = ready
        self.lagging = lagging
        self.refusals = refusals
    }

    package enum CodingKeys: String, CodingKey {
        case service, instance, environment, source, delivery, keys, issuer, leeway, agreement, detail, layouts, build
        case ready, lagging, refusals
        case ringVersion = "ring_version"
        case ringAge = "ring_age"
        case longestToken = "longest_token"
        case clockOffset = "clock_offset_ms"
        case startedAt = "started_at"
    }

    /// What has an obvious meaning when it is left out may be: a service in another language need not send it.
    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        service = try members.decode(String.self, forKey: .service)
        instance = try members.decode(String.self, forKey: .instance)
        environment = try members.decode(String.self, forKey: .environment)
        source = try members.decode(String.self, forKey: .source)
        delivery = try members.decodeIfPresent(String.self, forKey: .delivery) ?? "pinned"
        ringVersion = try members.decode(UInt64.self, forKey: .ringVersion)
        ringAge = try members.decodeIfPresent(Int64.self, forKey: .ringAge) ?? 0
        keys = try members.decode([FleetKey].self, forKey: .keys)
        issuer = try members.decodeIfPresent(String.self, forKey: .issuer)
        longestToken = try members.decodeIfPresent(Int64.self, forKey: .longestToken)
        leeway = try members.decodeIfPresent(Int64.self, forKey: .leeway) ?? 60
        agreement = try members.decode(String.self, forKey: .agreement)
        detail = try members.decodeIfPresent(String.self, forKey: .detail)
        clockOffset = try members.decodeIfPresent(Int64.self, forKey: .clockOffset)
        layouts = try members.decodeIfPresent([String].self, forKey: .layouts) ?? ["names"]
        build = try members.decodeIfPresent(String.self, forKey: .build) ?? "unknown"
        startedAt = try members.decode(Int64.self, forKey: .startedAt)
        ready = try members.decodeIfPresent(Bool.self, forKey: .ready) ?? true
        lagging = try members.decodeIfPresent([String].self, forKey: .lagging) ?? []
        refusals = try members.decodeIfPresent([FleetRefusals].self, forKey: .refusals) ?? []
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

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        kid = try members.decode(String.self, forKey: .kid)
        aliases = try members.decodeIfPresent([String].self, forKey: .aliases) ?? []
        algorithm = try members.decodeIfPresent(String.self, forKey: .algorithm) ?? "HS256"
        state = try members.decode(String.self, forKey: .state)
        verified = try members.decodeIfPresent(Bool.self, forKey: .verified) ?? false
        lastSignedAt = try members.decodeIfPresent(Int64.self, forKey: .lastSignedAt)
    }
}

/// The keeper's answer to a report.
package struct FleetReceipt: Codable, Sendable, Equatable {
    /// The keeper's clock when it answered, milliseconds since the epoch.
    package var nowMilliseconds: Int64

    package init(nowMilliseconds: Int64) { self.nowMilliseconds = nowMilliseconds }

    package enum CodingKeys: String, CodingKey {
        case nowMilliseconds = "now_ms"
    }
}
