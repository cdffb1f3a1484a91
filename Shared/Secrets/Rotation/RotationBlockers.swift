/// Who is not ready for a step.
struct RotationBlockers {
    let fleet: [RotationReplica]
    let environment: DeploymentEnvironment
    let layout: RingDocument.Layout

    /// Replicas that would refuse tokens of `key`, were it to sign now.
    func holding(_ key: RingKey) -> [RotationBlocker] {
        common(needsIssuer: true) ?? fleet.compactMap { unfit($0) ?? lagging($0, key) }
    }

    /// Issuers that do not sign with `key` yet, or may not.
    func signing(_ key: RingKey) -> [RotationBlocker] {
        common(needsIssuer: true)
            ?? fleet.filter(\.isIssuer).compactMap { replica in
                if let missing = missing(replica) { return missing }
                guard replica.key(key)?.state != KeyState.current.rawValue else { return nil }
                return behind(
                    replica, code: "not_signing", reason: "does not sign with \(key.id) yet", what: "the promoted ring")
            }
    }

    /// Nobody to ask is nobody who has agreed.
    private func common(needsIssuer: Bool) -> [RotationBlocker]? {
        if fleet.isEmpty {
            return [
                RotationBlocker(
                    replica: "fleet", code: "no_replicas", reason: "no replica reports to the fleet keeper",
                    mend: "give every service PORTAL_URLS, the keeper first, and the same LOCKSTEP_INTERNAL_TOKEN")
            ]
        }
        if needsIssuer, !fleet.contains(where: \.isIssuer) {
            return [
                RotationBlocker(
                    replica: "fleet", code: "no_issuer", reason: "no issuer reports to the fleet keeper",
                    mend: "start the portal, or give it PORTAL_URLS")
            ]
        }
        return nil
    }

    private func unfit(_ replica: RotationReplica) -> RotationBlocker? {
        if let missing = missing(replica) { return missing }
        if replica.environment != environment.rawValue {
            return RotationBlocker(
                replica: replica.name, code: "environment",
                reason: "runs in \(replica.environment), and this ring is \(environment.rawValue)'s",
                mend: "correct its ENVIRONMENT, or have it report to the keeper of its own environment")
        }
        if layout == .jwks, !replica.readsSets {
            return RotationBlocker(
                replica: replica.name, code: "raw_only", reason: "reads raw secrets alone, and the ring is a JWK Set",
                mend: "rotate with --layout names, which writes three raw values")
        }
        return nil
    }

    private func missing(_ replica: RotationReplica) -> RotationBlocker? {
        replica.missingFor.map { seconds in
            RotationBlocker(
                replica: replica.name, code: "missing",
                reason: "was heard of \(seconds) s ago for the last time: it may serve where the keeper can't see it",
                mend: """
                    restore its way to the keeper; or, when it is surely gone, go on with --without \(replica.instance) or \
                    wait until the keeper has forgotten it
                    """)
        }
    }

    private func lagging(_ replica: RotationReplica, _ key: RingKey) -> RotationBlocker? {
        guard let held = replica.key(key) else {
            return behind(replica, code: "lagging", reason: "does not hold \(key.id) yet", what: "the new key")
        }
        if let disagreement = replica.disagreement {
            return RotationBlocker(
                replica: replica.name, code: "disagreed", reason: "disagrees with an issuer: \(disagreement)",
                mend: "mend that first: lockstep doctor")
        }
        guard !held.isVerified else { return nil }
        return RotationBlocker(
            replica: replica.name, code: "unverified", reason: "holds \(key.id) and has not verified a probe of it yet",
            mend: "it asks the issuers in turn; if it lasts, look at its log for key agreement")
    }

    private func behind(
        _ replica: RotationReplica, code: String, reason: String, what: String
    ) -> RotationBlocker {
        replica.isPinned
            ? RotationBlocker(
                replica: replica.name, code: "pinned",
                reason: "\(reason): its secret is a variable (\(replica.source))",
                mend: "redeploy \(replica.service) with \(what)")
            : RotationBlocker(
                replica: replica.name, code: code, reason: "\(reason) (it reads \(replica.source))",
                mend: "it follows when its source does; if it lasts, see that \(replica.source) is what was written")
    }
}
