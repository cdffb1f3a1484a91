import CoreMetrics
import HTTPKit
import ServiceKit

/// What one loop counts. On a request's path it is plain arithmetic; every tick hands the sums to the metrics backend.
final class LoopMetrics {
    enum EnrichmentEvent: String, CaseIterable { case hit, call, joined, shed }

    private struct RequestKey: Hashable {
        var route: String
        var method: String
        var status: Int
    }

    private static let enrichmentName = "lockstep_gateway_enrichment_total"
    private static let verdictName = "lockstep_gateway_verdicts_total"
    private static let disagreementName = "lockstep_gateway_plant_key_disagreements_total"
    private static let connectionsName = "lockstep_gateway_client_connections"
    private static let poolName = "lockstep_gateway_upstream_connections"
    private static let cacheName = "lockstep_gateway_cached_verdicts"

    private let loopName: String
    private var requests: [RequestKey: (pending: Int64, counter: Counter)] = [:]
    private var durations: [RequestKey: (pending: [Int64], timer: Timer)] = [:]
    private var outcomes: [String: (pending: Int64, counter: Counter)] = [:]
    private var enrichments: [EnrichmentEvent: (pending: Int64, counter: Counter)] = [:]
    private var verdicts: [String: (pending: Int64, counter: Counter)] = [:]
    private var verifications: [Int64] = []
    private let verificationTimer = Timer(label: MetricName.tokenVerificationDuration)
    private let disagreements = Counter(label: disagreementName)
    private var gauges: [String: Gauge] = [:]

    /// - Parameter loop: its number, the label of gauges that each loop has one of.
    init(loop: Int) { loopName = String(loop) }

    /// - Parameter nanoseconds: from the head to the end of the answer.
    func request(route: String, method: String, status: Int, nanoseconds: Int64) {
        let key = RequestKey(route: route, method: method, status: status)
        if requests[key] == nil {
            let labels = [("service", "gateway"), ("method", method), ("route", route), ("code", String(status))]
            requests[key] = (0, Counter(label: MetricName.httpRequests, dimensions: labels))
        }
        requests[key]?.pending += 1
        let series = RequestKey(route: route, method: method, status: 0)
        if durations[series] == nil {
            let labels = [("service", "gateway"), ("method", method), ("route", route)]
            durations[series] = ([], Timer(label: MetricName.httpRequestDuration, dimensions: labels))
        }
        durations[series]?.pending.append(nanoseconds)
    }

    /// - Parameter code: `valid` or the refusal's.
    func verification(code: String, nanoseconds: Int64) {
        if outcomes[code] == nil {
            outcomes[code] = (0, Counter(label: MetricName.tokenVerifications, dimensions: [("code", code)]))
        }
        outcomes[code]?.pending += 1
        verifications.append(nanoseconds)
    }

    func enrichment(_ event: EnrichmentEvent) {
        if enrichments[event] == nil {
            enrichments[event] = (0, Counter(label: Self.enrichmentName, dimensions: [("event", event.rawValue)]))
        }
        enrichments[event]?.pending += 1
    }

    func verdict(_ verdict: Verdict) {
        let name =
            switch verdict {
            case .confirmed: "confirmed"
            case .refused(let code, _): code.rawValue
            case .unavailable: "unavailable"
            }
        if verdicts[name] == nil {
            verdicts[name] = (0, Counter(label: Self.verdictName, dimensions: [("verdict", name)]))
        }
        verdicts[name]?.pending += 1
    }

    func plantDisagreement() { disagreements.increment() }

    func gauge(clients: Int) { set(Self.connectionsName, [], Double(clients)) }
    func gauge(cachedVerdicts: Int) { set(Self.cacheName, [], Double(cachedVerdicts)) }
    func gauge(upstream: String, open: Int, idle: Int) {
        set(Self.poolName, [("upstream", upstream), ("state", "open")], Double(open))
        set(Self.poolName, [("upstream", upstream), ("state", "idle")], Double(idle))
    }

    /// Off the path of requests: on every tick, and before this loop answers `/metrics`.
    func flush() {
        for (key, entry) in requests where entry.pending > 0 {
            entry.counter.increment(by: entry.pending)
            requests[key]?.pending = 0
        }
        for (key, entry) in durations where !entry.pending.isEmpty {
            for value in entry.pending { entry.timer.recordNanoseconds(value) }
            durations[key]?.pending.removeAll(keepingCapacity: true)
        }
        for (code, entry) in outcomes where entry.pending > 0 {
            entry.counter.increment(by: entry.pending)
            outcomes[code]?.pending = 0
        }
        for (event, entry) in enrichments where entry.pending > 0 {
            entry.counter.increment(by: entry.pending)
            enrichments[event]?.pending = 0
        }
        for (name, entry) in verdicts where entry.pending > 0 {
            entry.counter.increment(by: entry.pending)
            verdicts[name]?.pending = 0
        }
        for value in verifications { verificationTimer.recordNanoseconds(value) }
        verifications.removeAll(keepingCapacity: true)
    }

    private func set(_ name: String, _ labels: [(String, String)], _ value: Double) {
        let key = name + labels.map(\.1).joined(separator: "/")
        if gauges[key] == nil { gauges[key] = Gauge(label: name, dimensions: labels + [("loop", loopName)]) }
        gauges[key]?.record(value)
    }
}
