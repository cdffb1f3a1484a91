import Synchronization

/// The swift-metrics backend; text exposition format 0.0.4. Labels come from metric dimensions; bounded cardinality.
///
/// Installed by `Startup.run`; everyone records through swift-metrics' `Counter`, `Timer`, `Gauge`/`Meter`. A metric's
/// kind is the one it was first made with; a metric made again as another kind records nowhere.
package final class PrometheusRegistry: Sendable {
    package static let shared = PrometheusRegistry()
    /// For the answer to `GET /metrics`.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    enum Series: Sendable {
        case counter(CounterSeries)
        case floatingPointCounter(FloatingPointCounterSeries)
        case gauge(GaugeSeries)
        case histogram(HistogramSeries)

        var object: AnyObject {
            switch self {
            case .counter(let series): series
            case .floatingPointCounter(let series): series
            case .gauge(let series): series
            case .histogram(let series): series
            }
        }
    }

    enum Kind: String, Sendable { case counter, gauge, histogram }

    struct Family: Sendable {
        let kind: Kind
        /// By rendered labels.
        var series: [String: Series] = [:]
    }

    private let maximumSeries: Int
    private let families = Mutex<[String: Family]>([:])
    /// A process's own figures; a parameter for the tests, which compare whole expositions.
    private let processMetrics: (@Sendable () -> String)?

    package convenience init() {
        self.init(maximumSeries: 1000, processMetrics: { ProcessMetrics.render() })
    }

    /// - Parameter maximumSeries: label combinations per metric; more go to one series whose labels all say `overflow`.
    init(maximumSeries: Int, processMetrics: (@Sendable () -> String)?) {
        self.maximumSeries = maximumSeries
        self.processMetrics = processMetrics
    }

    /// The whole exposition, sorted by name and labels.
    package func render() -> String {
        var text = ""
        let snapshot = families.withLock { $0 }
        for (name, family) in snapshot.sorted(by: { $0.key < $1.key }) where !family.series.isEmpty {
            Exposition.append(family, name: name, to: &text)
        }
        if let processMetrics { text += processMetrics() }
        return text
    }

    /// The series of these labels, made when it is new; nil when the metric is of another kind.
    func series(
        _ label: String, _ dimensions: [(String, String)], _ kind: Kind, make: () -> Series
    ) -> Series? {
        let name = Exposition.metricName(label)
        let labels = Exposition.labels(dimensions)
        return families.withLock { families in
            if let known = families[name] {
                guard known.kind == kind else { return nil }
                if let found = known.series[labels] { return found }
            }
            var key = labels
            if let known = families[name], known.series.count >= maximumSeries {
                key = Exposition.labels(dimensions.map { ($0.0, "overflow") })
                Self.countOverflow(of: name, in: &families)
                if let found = families[name]?.series[key] { return found }
            }
            let made = make()
            families[name, default: Family(kind: kind)].series[key] = made
            return made
        }
    }

    private static func countOverflow(of name: String, in families: inout [String: Family]) {
        let key = Exposition.labels([("metric", name)])
        if case .counter(let known)? = families[MetricName.overflow]?.series[key] {
            known.increment(by: 1)
        } else {
            let counter = CounterSeries()
            counter.increment(by: 1)
            families[MetricName.overflow, default: Family(kind: .counter)].series[key] = .counter(counter)
        }
    }

    func remove(_ handler: AnyObject) {
        families.withLock { families in
            for (name, family) in families {
                families[name]?.series = family.series.filter { $0.value.object !== handler }
            }
        }
    }
}
