package import CoreMetrics

extension PrometheusRegistry: MetricsFactory {
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let made = series(label, dimensions, .counter) { .counter(CounterSeries()) }
        guard case .counter(let found)? = made else { return CounterSeries() }
        return found
    }

    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        let made = series(label, dimensions, .counter) { .floatingPointCounter(FloatingPointCounterSeries()) }
        guard case .floatingPointCounter(let found)? = made else { return FloatingPointCounterSeries() }
        return found
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions)
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate ? histogram(label, dimensions) : gauge(label, dimensions)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        // Timers record seconds, and Prometheus wants the unit in the name.
        histogram(label.hasSuffix("_seconds") ? label : label + "_seconds", dimensions)
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeSeries {
        guard case .gauge(let found)? = series(label, dimensions, .gauge, make: { .gauge(GaugeSeries()) }) else {
            return GaugeSeries()
        }
        return found
    }

    private func histogram(_ label: String, _ dimensions: [(String, String)]) -> HistogramSeries {
        let made = series(label, dimensions, .histogram) { .histogram(HistogramSeries()) }
        guard case .histogram(let found)? = made else { return HistogramSeries() }
        return found
    }

    package func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { remove(handler) }
}
