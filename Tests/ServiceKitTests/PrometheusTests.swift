import CoreMetrics
import Testing

@testable import ServiceKit

@Suite("Prometheus exposition")
struct PrometheusTests {
    private func registry(maximumSeries: Int = 1000) -> PrometheusRegistry {
        PrometheusRegistry(maximumSeries: maximumSeries, processMetrics: nil)
    }

    @Test("counters and gauges are sorted by name and labels, with type and help")
    func sorted() {
        let registry = registry()
        Counter(label: "b_total", dimensions: [("z", "1"), ("a", "2")], factory: registry).increment(by: 3)
        Counter(label: "b_total", dimensions: [("a", "1"), ("z", "1")], factory: registry).increment()
        Meter(label: "a_level", dimensions: [], factory: registry).set(1.5)
        Counter(label: MetricName.keyDrift, dimensions: [], factory: registry).increment()
        #expect(
            registry.render() == """
                # TYPE a_level gauge
                a_level 1.5
                # TYPE b_total counter
                b_total{a="1",z="1"} 1
                b_total{a="2",z="1"} 3
                # HELP lockstep_key_drift_total How often an issuer's key was found to differ from ours.
                # TYPE lockstep_key_drift_total counter
                lockstep_key_drift_total 1

                """)
    }

    @Test("the same labels in another order are the same series")
    func sameSeries() {
        let registry = registry()
        Counter(label: "c", dimensions: [("a", "1"), ("b", "2")], factory: registry).increment()
        Counter(label: "c", dimensions: [("b", "2"), ("a", "1")], factory: registry).increment()
        #expect(registry.render() == "# TYPE c counter\nc{a=\"1\",b=\"2\"} 2\n")
    }

    @Test("a timer is a histogram in seconds with cumulative buckets")
    func histogram() {
        let registry = registry()
        let timer = Timer(label: "took", dimensions: [("route", "/x")], factory: registry)
        timer.recordNanoseconds(3_000_000 as Int64)
        timer.recordSeconds(20)
        let text = registry.render()
        #expect(text.contains("# TYPE took_seconds histogram\n"))
        #expect(text.contains("took_seconds_bucket{route=\"/x\",le=\"0.0025\"} 0\n"))
        #expect(text.contains("took_seconds_bucket{route=\"/x\",le=\"0.005\"} 1\n"))
        #expect(text.contains("took_seconds_bucket{route=\"/x\",le=\"10\"} 1\n"))
        #expect(text.contains("took_seconds_bucket{route=\"/x\",le=\"+Inf\"} 2\n"))
        #expect(text.contains("took_seconds_sum{route=\"/x\"} 20.003\n"))
        #expect(text.contains("took_seconds_count{route=\"/x\"} 2\n"))
    }

    @Test("a value on a bound counts below it")
    func bound() {
        let series = HistogramSeries()
        series.record(0.005)
        #expect(HistogramSeries.bounds.firstIndex(of: 0.005).map { series.current.counts[$0] } == 1)
    }

    @Test("label values are escaped: none can close its quotes or its line")
    func escaping() {
        let registry = registry()
        Counter(label: "c", dimensions: [("path", "a\"} 1\nfake 2\\")], factory: registry).increment()
        #expect(registry.render() == "# TYPE c counter\nc{path=\"a\\\"} 1\\nfake 2\\\\\"} 1\n")
    }

    @Test("names keep to what the format allows")
    func names() {
        let registry = registry()
        Counter(label: "http.requests-total", dimensions: [("status.code", "1")], factory: registry).increment()
        #expect(registry.render().contains("http_requests_total{status_code=\"1\"} 1\n"))
        #expect(Exposition.metricName("5xx") == "_5xx")
    }

    @Test("label values beyond the cap share one overflow series, which is counted")
    func cardinality() {
        let registry = registry(maximumSeries: 3)
        for index in 0..<10 {
            Counter(label: "c", dimensions: [("path", "/\(index)")], factory: registry).increment()
        }
        let text = registry.render()
        #expect(text.split(separator: "\n").filter { $0.hasPrefix("c{") }.count == 4)
        #expect(text.contains("c{path=\"overflow\"} 7\n"))
        #expect(text.contains("lockstep_metrics_overflow_total{metric=\"c\"} 7\n"))
    }

    @Test("a metric made again as another kind does not corrupt the first")
    func kindConflict() {
        let registry = registry()
        Counter(label: "c", dimensions: [], factory: registry).increment()
        Meter(label: "c", dimensions: [], factory: registry).set(9)
        #expect(registry.render() == "# TYPE c counter\nc 1\n")
    }

    @Test("a destroyed metric is gone")
    func destroyed() {
        let registry = registry()
        let counter = Counter(label: "c", dimensions: [], factory: registry)
        counter.increment()
        counter.destroy()
        #expect(registry.render() == "")
    }

    @Test("meters go up and down, and odd numbers have the format's words")
    func meters() {
        let registry = registry()
        let meter = Meter(label: "m", dimensions: [], factory: registry)
        meter.set(2)
        meter.increment(by: 3.0)
        meter.decrement(by: 1.0)
        #expect(registry.render().contains("m 4\n"))
        #expect(Exposition.number(.infinity) == "+Inf")
        #expect(Exposition.number(-.infinity) == "-Inf")
        #expect(Exposition.number(.nan) == "NaN")
    }

    @Test("the process tells its memory, its processor time and its start")
    func process() throws {
        let text = ProcessMetrics.render()
        for name in ["process_resident_memory_bytes", "process_cpu_seconds_total", "process_start_time_seconds"] {
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("\(name) ") })
            let value = try #require(Double(line.split(separator: " ")[1]))
            #expect(value > 0)
        }
        let start = try #require(text.split(separator: "\n").first { $0.hasPrefix("process_start_time_seconds ") })
        let seconds = try #require(Int64(start.split(separator: " ")[1]))
        #expect(seconds <= WallClock.system.now() + 1)
        #expect(seconds > WallClock.system.now() - 86_400)
    }
}
