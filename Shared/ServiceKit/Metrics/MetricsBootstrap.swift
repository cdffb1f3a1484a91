import CoreMetrics
import Synchronization

/// Gives swift-metrics the Prometheus registry. swift-metrics allows it once per process; a second call does nothing.
enum MetricsBootstrap {
    private static let isDone = Mutex(false)

    static func install(service: String) {
        let isFirst = isDone.withLock { done in
            defer { done = true }
            return !done
        }
        guard isFirst else { return }
        MetricsSystem.bootstrap(PrometheusRegistry.shared)
        Meter(label: MetricName.buildInfo, dimensions: [("service", service), ("version", BuildInfo.version)]).set(1)
    }
}
