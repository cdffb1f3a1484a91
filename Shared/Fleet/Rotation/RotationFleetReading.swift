import Contracts
import Secrets

extension RotationReplica {
    /// - Parameter now: the keeper's clock.
    init(_ row: FleetTable.Replica, now: Int64) {
        let report = row.report
        // A replica's times are by its own clock; the keeper's is this much ahead.
        let offset = (report.clockOffset ?? 0) / 1000
        self.init(
            service: report.service, instance: report.instance, environment: report.environment,
            source: report.source, isPinned: report.delivery == "pinned", readsSets: report.layouts.contains("jwks"),
            isIssuer: report.issuer != nil,
            keys: report.keys.map { key in
                Key(
                    names: [key.kid] + key.aliases, state: key.state, isVerified: key.verified,
                    lastSignedAt: key.lastSignedAt.map { $0 + offset })
            }, longestToken: report.longestToken ?? 0, leeway: report.leeway,
            missingFor: row.status == "live" ? nil : max(0, now - row.receivedAt),
            disagreement: report.agreement == "disagreed" ? report.detail ?? "its keys differ" : nil)
    }
}
