/// A replica that a rotation waits for: why, and what to do.
package struct RotationBlocker: Sendable, Hashable, Codable {
    package enum Reason: String, Sendable, Hashable, Codable {
        /// It will see the change by itself.
        case lagging
        /// Only a redeploy shows it the change.
        case pinned
        /// It may be serving behind a partition.
        case missing
        /// It reads raw secrets alone, and the layout is a JWK Set.
        case rawOnly = "raw_only"
        case disagreeing
        case environment
        case clock
        /// An issuer that still signs with the old key.
        case signing
        /// Nobody reports who would have to.
        case unreported
    }

    /// Empty where no replica is meant.
    package let service: String
    package let instance: String
    package let reason: Reason
    /// A sentence for operators, what to do included.
    package let text: String

    package var description: String { service.isEmpty ? text : "\(service) \(instance): \(text)" }

    init(_ replica: RotationFleet.Replica, _ reason: Reason, _ text: String) {
        (service, instance, self.reason, self.text) = (replica.service, replica.instance, reason, text)
    }

    init(_ reason: Reason, _ text: String) {
        (service, instance, self.reason, self.text) = ("", "", reason, text)
    }
}

/// Who stands in the way of a step.
struct RotationGates {
    let fleet: RotationFleet
    let environment: String
    let layout: RingDocument.Layout

    /// Before a key may sign: each replica holds it, and each verifier has verified a probe of it.
    func holding(_ key: RingKey) -> [RotationBlocker] {
        guard !fleet.issuers.isEmpty else {
            return [RotationBlocker(.unreported, "no issuer reports to the fleet keeper; wait until a portal does")]
        }
        return fleet.replicas.compactMap { blocker($0, key) }
    }

    /// Before the old key's last signature is known: each issuer signs with this key alone.
    /// - Parameter since: reports from before this time say nothing of it.
    func signing(_ key: RingKey, since: Int64) -> [RotationBlocker] {
        guard !fleet.issuers.isEmpty else {
            return [RotationBlocker(.unreported, "no issuer reports to the fleet keeper; wait until a portal does")]
        }
        return fleet.issuers.compactMap { replica in
            if replica.isMissing { return missing(replica) }
            guard replica.key(key.names)?.state != KeyState.current.rawValue else {
                return replica.receivedAt > since
                    ? nil : RotationBlocker(replica, .lagging, "has not reported since the key was promoted; wait")
            }
            return replica.isPinned
                ? pinned(replica, key)
                : RotationBlocker(
                    replica, .signing, "does not sign with \(key.id) yet; it reads \(replica.source) again by itself")
        }
    }

    /// Before the layout changes to a JWK Set.
    func reading() -> [RotationBlocker] {
        fleet.replicas.filter { !$0.layouts.contains(layout.rawValue) }.map(rawOnly)
    }

    private func blocker(_ replica: RotationFleet.Replica, _ key: RingKey) -> RotationBlocker? {
        if replica.isMissing { return missing(replica) }
        guard replica.environment == environment else {
            return RotationBlocker(
                replica, .environment,
                "runs in \(replica.environment), the store is of \(environment); give it the right ENVIRONMENT")
        }
        guard replica.layouts.contains(layout.rawValue) else { return rawOnly(replica) }
        guard let held = replica.key(key.names), held.state != KeyState.revoked.rawValue else {
            return replica.isPinned
                ? pinned(replica, key)
                : RotationBlocker(
                    replica, .lagging, "does not hold \(key.id) yet; it reads \(replica.source) again by itself")
        }
        guard replica.isIssuer || held.verified else {
            return RotationBlocker(
                replica, .lagging, "holds \(key.id) and has not verified a probe of it yet; wait for its next round")
        }
        if replica.disagrees {
            return RotationBlocker(
                replica, .disagreeing, "disagrees with an issuer (\(replica.detail ?? "no detail")); mend that first")
        }
        if let offset = replica.clockOffset, abs(offset) > replica.leeway * 1000 {
            return RotationBlocker(
                replica, .clock, "its clock is \(abs(offset) / 1000) s off, beyond its leeway; set its clock")
        }
        return nil
    }

    private func missing(_ replica: RotationFleet.Replica) -> RotationBlocker {
        RotationBlocker(
            replica, .missing,
            """
            does not report and may be serving behind a partition; bring it back, or make sure that it is gone and use \
            --without \(replica.instance), or wait until the keeper forgets it (FLEET_FORGET_SECONDS)
            """)
    }

    private func pinned(_ replica: RotationFleet.Replica, _ key: RingKey) -> RotationBlocker {
        RotationBlocker(
            replica, .pinned,
            """
            does not hold \(key.id) as this step needs it, and its secret is pinned (\(replica.source)): redeploy \
            \(replica.service) with what lies in the store
            """)
    }

    private func rawOnly(_ replica: RotationFleet.Replica) -> RotationBlocker {
        RotationBlocker(
            replica, .rawOnly,
            "can't read the layout \(layout.rawValue) (it reads \(replica.layouts.joined(separator: ", "))); "
                + (layout == .jwks
                    ? "use --layout names, or move it to a version that reads JWK Sets" : "use --layout jwks"))
    }
}
