/// What is remembered of a rotation beside the store. It may lag behind the store, which is the truth: every member can
/// be made again from what lies there, at the price of a longer wait. Times are seconds since the epoch by the keeper's
/// clock.
package struct RotationProgress: Sendable, Hashable {
    package enum Phase: String, Sendable, Hashable {
        case begun, promoted, confirmed, finished, rolledBack = "rolled_back"
    }

    package var phase: Phase
    package var fromKid: String
    package var toKid: String
    package var beganAt: Int64
    package var promotedAt: Int64?
    package var confirmedAt: Int64?
    package var endedAt: Int64?
    package var isCompromised: Bool
    /// It takes a promotion back: `fromKid` is the key that was to come.
    package var isRollback: Bool
    /// The longest life of a token and the largest leeway that any replica has told of since the promotion, and the last
    /// signature of the old key: who leaves the fleet takes its report with it.
    package var longestToken: Int64
    package var leeway: Int64
    package var lastSignedAt: Int64?

    package init(
        phase: Phase, fromKid: String, toKid: String, beganAt: Int64, promotedAt: Int64? = nil,
        confirmedAt: Int64? = nil, endedAt: Int64? = nil, isCompromised: Bool = false, isRollback: Bool = false,
        longestToken: Int64 = 0, leeway: Int64 = 0, lastSignedAt: Int64? = nil
    ) {
        self.phase = phase
        self.fromKid = fromKid
        self.toKid = toKid
        self.beganAt = beganAt
        self.promotedAt = promotedAt
        self.confirmedAt = confirmedAt
        self.endedAt = endedAt
        self.isCompromised = isCompromised
        self.isRollback = isRollback
        self.longestToken = longestToken
        self.leeway = leeway
        self.lastSignedAt = lastSignedAt
    }

    package var isOver: Bool { phase == .finished || phase == .rolledBack }

    mutating func end(_ phase: Phase, at now: Int64) {
        self.phase = phase
        endedAt = now
    }
}
