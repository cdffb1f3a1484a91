/// What the fleet keeper remembers of a rotation, so that whoever goes on with it needs nothing else than the store.
/// Times are seconds since the epoch by the keeper's clock.
package struct RotationRecord: Codable, Sendable, Equatable {
    package var id: String
    /// The store as messages name it; never its content.
    package var store: String
    /// `begun`, `promoted`, `confirmed` (every issuer signs with the new key), `finished`, `rolled_back`
    package var phase: String
    package var fromKid: String
    package var toKid: String
    package var beganAt: Int64
    package var promotedAt: Int64?
    /// When the last issuer was seen to sign with the new key alone.
    package var confirmedAt: Int64?
    package var endedAt: Int64?
    /// Who took the last step: an operator's name and host, or `schedule on INSTANCE`.
    package var by: String
    package var isCompromised: Bool
    /// It takes a promotion back: `fromKid` is the key that was to come.
    package var isRollback: Bool
    /// Seconds; the longest that any issuer has told of since the promotion, also of one that has left.
    package var longestToken: Int64
    /// Seconds; the largest that any replica has told of.
    package var leeway: Int64
    /// The last signature of the old key that any issuer has told of.
    package var lastSignedAt: Int64?

    package init(
        id: String, store: String, phase: String, fromKid: String, toKid: String, beganAt: Int64,
        promotedAt: Int64? = nil, confirmedAt: Int64? = nil, endedAt: Int64? = nil, by: String,
        isCompromised: Bool = false, isRollback: Bool = false, longestToken: Int64 = 0, leeway: Int64 = 0,
        lastSignedAt: Int64? = nil
    ) {
        self.id = id
        self.store = store
        self.phase = phase
        self.fromKid = fromKid
        self.toKid = toKid
        self.beganAt = beganAt
        self.promotedAt = promotedAt
        self.confirmedAt = confirmedAt
        self.endedAt = endedAt
        self.by = by
        self.isCompromised = isCompromised
        self.isRollback = isRollback
        self.longestToken = longestToken
        self.leeway = leeway
        self.lastSignedAt = lastSignedAt
    }

    package enum CodingKeys: String, CodingKey {
        case id, store, phase, by, leeway
        case fromKid = "from_kid"
        case toKid = "to_kid"
        case beganAt = "began_at"
        case promotedAt = "promoted_at"
        case confirmedAt = "confirmed_at"
        case endedAt = "ended_at"
        case isCompromised = "compromised"
        case isRollback = "rollback"
        case longestToken = "longest_token"
        case lastSignedAt = "last_signed_at"
    }
}

/// `POST /internal/v1/rotation/lease`: asks for the right to take steps, or for more time with it.
package struct RotationLeaseRequest: Codable, Sendable, Equatable {
    package var holder: String
    /// 5 to 300.
    package var seconds: Int64
    /// Of the lease already held; nil asks for a new one.
    package var token: String?

    package init(holder: String, seconds: Int64, token: String? = nil) {
        self.holder = holder
        self.seconds = seconds
        self.token = token
    }
}

/// Answered with 200; 409 with a problem that names the holder where somebody else has it.
package struct RotationLease: Codable, Sendable, Equatable {
    package var token: String
    package var holder: String
    package var expiresAt: Int64

    package init(token: String, holder: String, expiresAt: Int64) {
        self.token = token
        self.holder = holder
        self.expiresAt = expiresAt
    }

    package enum CodingKeys: String, CodingKey {
        case token, holder
        case expiresAt = "expires_at"
    }
}
