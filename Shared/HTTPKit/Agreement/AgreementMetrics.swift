import CoreMetrics
import Secrets
import ServiceKit

/// Key agreement and ring loads as metrics. Issuers are labelled by their address: it is known before they answer.
struct AgreementMetrics: Sendable {
    private static let statuses = ["agreed", "disagreed", "unreachable", "pending"]

    func loaded(_ ring: KeyRing, isFirst: Bool) {
        Counter(label: MetricName.keyLoads, dimensions: [("result", isFirst ? "loaded" : "replaced")]).increment()
        Meter(label: MetricName.ringVersion).set(Int64(clamping: ring.version))
    }

    /// At zero from the start: of a series that first appears with 1, Prometheus' `increase` sees nothing.
    func begin(_ urls: [String]) {
        for url in urls { Counter(label: MetricName.keyDrift, dimensions: [("issuer", url)]).increment(by: 0) }
    }

    func show(_ issuers: [AgreementState.Issuer]) {
        for issuer in issuers {
            for status in Self.statuses {
                Meter(label: MetricName.keyAgreement, dimensions: [("issuer", issuer.url), ("status", status)])
                    .set(issuer.status == status ? 1 : 0)
            }
        }
    }

    func countDrift(_ url: String) {
        Counter(label: MetricName.keyDrift, dimensions: [("issuer", url)]).increment()
    }
}
