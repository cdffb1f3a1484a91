import CoreMetrics
import ServiceKit

struct VerificationMetrics: Sendable {
    private let timer = Timer(label: MetricName.tokenVerificationDuration)

    /// - Parameter code: `valid`, or the refusal's.
    func count(_ code: String) {
        Counter(label: MetricName.tokenVerifications, dimensions: [("code", code)]).increment()
    }

    /// - Parameter code: as above.
    func count(_ code: String, took duration: Duration) {
        count(code)
        timer.recordNanoseconds(duration.nanoseconds)
    }
}

extension Duration {
    /// Saturating.
    var nanoseconds: Int64 {
        let (seconds, overflow) = components.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : seconds &+ components.attoseconds / 1_000_000_000
    }
}
