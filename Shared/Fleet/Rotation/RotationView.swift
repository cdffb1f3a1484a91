package import Contracts
package import Secrets

// The machine in `Secrets` knows no wire types; here they meet.

extension RotationFleet {
    package init(_ table: FleetTable) {
        self.init(
            replicas: table.replicas.map { row in
                let report = row.report
                return Replica(
                    service: report.service, instance: report.instance, environment: report.environment,
                    source: report.source, isPinned: report.delivery == "pinned", isMissing: row.status != "live",
                    isIssuer: report.issuer != nil, longestToken: report.longestToken ?? 0, leeway: report.leeway,
                    disagrees: report.agreement == "disagreed", detail: report.detail,
                    clockOffset: report.clockOffset, layouts: report.layouts,
                    keys: report.keys.map {
                        Key(
                            names: [$0.kid] + $0.aliases, state: $0.state, verified: $0.verified,
                            lastSignedAt: $0.lastSignedAt)
                    }, receivedAt: row.receivedAt)
            })
    }
}

extension RotationProgress {
    /// Nil for a phase that a later version wrote.
    package init?(_ record: RotationRecord) {
        guard let phase = Phase(rawValue: record.phase) else { return nil }
        self.init(
            phase: phase, fromKid: record.fromKid, toKid: record.toKid, beganAt: record.beganAt,
            promotedAt: record.promotedAt, confirmedAt: record.confirmedAt, endedAt: record.endedAt,
            isCompromised: record.isCompromised, isRollback: record.isRollback, longestToken: record.longestToken,
            leeway: record.leeway, lastSignedAt: record.lastSignedAt)
    }

    package func record(id: String, store: String, by: String) -> RotationRecord {
        RotationRecord(
            id: id, store: store, phase: phase.rawValue, fromKid: fromKid, toKid: toKid, beganAt: beganAt,
            promotedAt: promotedAt, confirmedAt: confirmedAt, endedAt: endedAt, by: by, isCompromised: isCompromised,
            isRollback: isRollback, longestToken: longestToken, leeway: leeway, lastSignedAt: lastSignedAt)
    }
}
