package import Secrets

/// How this service stands with its issuers, in one value: what it reports to the fleet.
package struct AgreementStanding: Sendable, Equatable {
    /// `agreed`, `disagreed`, `unconfirmed`, `pending`, `unconfigured`
    package var agreement: String
    /// What is wrong, with both sides' keys, sources and environments.
    package var detail: String?
    /// The keys of the present ring that have verified a probe, by their own names.
    package var verified: Set<String>
    /// Keys that an issuer signs probes with and that are not held here.
    package var lagging: [String]
    /// Of the ring that all this was found out with.
    package var ringVersion: UInt64

    package init(
        agreement: String, detail: String? = nil, verified: Set<String> = [], lagging: [String] = [],
        ringVersion: UInt64 = 0
    ) {
        self.agreement = agreement
        self.detail = detail
        self.verified = verified
        self.lagging = lagging
        self.ringVersion = ringVersion
    }
}

extension AgreementState {
    var standing: AgreementStanding {
        var standing = AgreementStanding(
            agreement: "agreed", verified: verified, lagging: Set(issuers.flatMap(\.lagging)).sorted())
        if let first = issuers.first(where: { $0.proof.reason != nil }) {
            standing.agreement = "disagreed"
            standing.detail = first.disagreement
        } else if issuers.isEmpty {
            standing.agreement = configuration.needsIssuers ? "unconfigured" : "agreed"
        } else if let first = issuers.first(where: { $0.proof == .none }) {
            standing.agreement = isProving ? "pending" : "unconfirmed"
            standing.detail = "\(first.url): \(first.silence)"
        } else if let first = issuers.first(where: { $0.last?.isUnreachable ?? true }) {
            standing.agreement = "unconfirmed"
            standing.detail = "\(first.url): \(first.silence)"
        }
        return standing
    }
}

extension AgreementState.Issuer {
    fileprivate var silence: String {
        if case .unreachable(let reason)? = last?.outcome { reason } else { "not checked yet with the present ring" }
    }
}

/// How an issuer stands with the fleet's table: whether those who verify its tokens hold the key that it signs with.
package enum FleetVerdict: Sendable, Equatable {
    case agreed
    /// In words; `comparison` names both sides' keys and sources.
    case disagreed(reason: String, comparison: String)
    case unreachable(String)
}

/// An issuer's look at the fleet's table, as one more party that it must agree with.
package struct FleetCheck: Sendable {
    /// Stands where an issuer's address stands.
    package let label: String
    package let judge: @Sendable (KeyRing) async -> FleetVerdict

    package init(label: String, judge: @escaping @Sendable (KeyRing) async -> FleetVerdict) {
        self.label = label
        self.judge = judge
    }
}

extension ProbeObservation {
    init(_ verdict: FleetVerdict) {
        switch verdict {
        case .agreed: self.init(outcome: .agreed, issuer: "the fleet")
        case .disagreed(let reason, let comparison):
            self.init(outcome: .disagreed(reason), issuer: "the fleet", comparison: comparison)
        case .unreachable(let reason): self.init(outcome: .unreachable(reason))
        }
    }
}
