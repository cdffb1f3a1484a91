import CoreMetrics
import Secrets
import Synchronization

/// Tells readiness and metrics how it stands with the secret's sources.
final class SourceReport: Sendable {
    private let manager: SecretManager
    private let readiness: Readiness?
    private let clock: WallClock
    /// Failures that were counted already, by source.
    private let counted = Mutex<[String: UInt64]>([:])

    init(manager: SecretManager, readiness: Readiness?, clock: WallClock) {
        self.manager = manager
        self.readiness = readiness
        self.clock = clock
    }

    func show() {
        let now = clock.now()
        let age = manager.ringAge(now: now)
        Meter(label: MetricName.ringAge).set(age)
        let health = manager.sourceHealth
        count(health)
        guard !health.isEmpty, let readiness else { return }
        readiness.set(SecretWatch.check, Self.status(health, fault: manager.reloadFault, now: now))
    }

    /// Never not ready: what is held is good.
    static func status(_ health: [SourceHealth], fault: SecretError?, now: Int64) -> Readiness.Status {
        if let entry = health.first(where: { $0.outage != nil }), let outage = entry.outage {
            let confirmed =
                entry.confirmedAt.map { "last confirmed \(max(0, now - $0)) s ago" } ?? "not confirmed since the start"
            return .warning(code: outage.code, detail: "\(entry.label): \(outage.reason); \(confirmed)")
        }
        if let fault { return .warning(code: "reload_rejected", detail: fault.message) }
        return .ready
    }

    private func count(_ health: [SourceHealth]) {
        counted.withLock { counted in
            for entry in health {
                // At zero from the start: of a series that first appears with 1, Prometheus' `increase` sees nothing.
                let fresh = entry.failures - counted[entry.label, default: 0]
                Counter(label: MetricName.secretSourceFailures, dimensions: [("source", entry.label)])
                    .increment(by: Int64(clamping: fresh))
                counted[entry.label] = entry.failures
            }
        }
    }
}
