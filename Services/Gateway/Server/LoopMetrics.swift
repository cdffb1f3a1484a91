import CoreMetrics
import HTTPKit
import ServiceKit

/// What one loop counts. On a request's path it is plain arithmetic; every tick hands the sums to the metrics backend.
final class LoopMetrics {
    enum EnrichmentEvent: String, CaseIterable {
        /// A confirmation, or a refusal, from this loop's cache.
        case hit
        case negativeHit = "negative_hit"
        /// Beyond its time to live: while asking anew, and in place of a plant that could not be asked.
        case stale
        case staleIfError = "stale_if_error"
        /// The plant was asked; another's answer was waited for.
        case call, joined
        /// The plant was not asked: too many calls under way, circuit open.
        case shed
        case shortCircuited = "short_circuited"
    }

    private struct RequestKey: Hashable {
        var route: String
        var method: String
        var status: Int
    }

    /// The requests of one route, method and status.
    private final class RequestSeries {
        let key: RequestKey
        let counter: Counter
        /// Shared by all statuses.
        let durations: DurationSeries
        var pending: Int64 = 0
        /// Handed to the backend.
        var flushed: Int64 = 0

        init(key: RequestKey, counter: Counter, durations: DurationSeries) {
            self.key = key
            self.counter = counter
            self.durations = durations
        }
    }

    private final class DurationSeries {
        let timer: Timer
        /// Nanoseconds.
        var pending: [Int64] = []
        init(timer: Timer) { self.timer = timer }
    }

    private static let enrichmentName = "lockstep_gateway_enrichment_total"
    private static let verdictName = "lockstep_gateway_verdicts_total"
    private static let disagreementName = "lockstep_gateway_plant_key_disagreements_total"
    private static let connectionsName = "lockstep_gateway_client_connections"
    private static let refusedName = "lockstep_gateway_connections_refused_total"
    private static let poolName = "lockstep_gateway_upstream_connections"
    private static let breakerName = "lockstep_gateway_enrichment_breaker_state"
    private static let breakerChangesName = "lockstep_gateway_enrichment_breaker_changes_total"
    private static let revocationsName = "lockstep_gateway_revocations"
    private static let cacheName = "lockstep_gateway_cached_verdicts"
    private static let cachedTokensName = "lockstep_gateway_cached_tokens"
    private static let tokenCacheName = "lockstep_gateway_token_cache_total"

    private let loopName: String
    private var requests: [RequestKey: RequestSeries] = [:]
    /// By key with status 0.
    private var durations: [RequestKey: DurationSeries] = [:]
    /// Of the last request: nearly always that of the next one too.
    private var recent: RequestSeries?
    private var outcomes: [String: (pending: Int64, counter: Counter)] = [:]
    private var enrichments: [EnrichmentEvent: (pending: Int64, flushed: Int64, counter: Counter)] = [:]
    private var verdicts: [String: (pending: Int64, counter: Counter)] = [:]
    private var tokenCache = (hits: Int64(0), misses: Int64(0))
    private var flushedTokenCache = (hits: Int64(0), misses: Int64(0))
    private let tokenCacheHits = Counter(label: tokenCacheName, dimensions: [("result", "hit")])
    private let tokenCacheMisses = Counter(label: tokenCacheName, dimensions: [("result", "miss")])
    private var verifications: [Int64] = []
    private let verificationTimer = Timer(label: MetricName.tokenVerificationDuration)
    private let disagreements = Counter(label: disagreementName)
    private var gauges: [String: Gauge] = [:]
    let tunnels: TunnelMetrics

    /// - Parameter loop: its number, the label of gauges that each loop has one of.
    init(loop: Int) {
        loopName = String(loop)
        tunnels = TunnelMetrics(loop: loopName)
    }

    /// - Parameter nanoseconds: from the head to the end of the answer.
    func request(route: String, method: String, status: Int, nanoseconds: Int64) {
        let series = series(RequestKey(route: route, method: method, status: status))
        series.pending += 1
        series.durations.pending.append(nanoseconds)
    }

    private func series(_ key: RequestKey) -> RequestSeries {
        if let recent, recent.key == key { return recent }
        if let known = requests[key] {
            recent = known
            return known
        }
        let labels = [("service", "gateway"), ("method", key.method), ("route", key.route)]
        let allStatuses = RequestKey(route: key.route, method: key.method, status: 0)
        let durations =
            durations[allStatuses]
            ?? DurationSeries(timer: Timer(label: MetricName.httpRequestDuration, dimensions: labels))
        self.durations[allStatuses] = durations
        let counter = Counter(label: MetricName.httpRequests, dimensions: labels + [("code", String(key.status))])
        let series = RequestSeries(key: key, counter: counter, durations: durations)
        requests[key] = series
        recent = series
        return series
    }

    /// - Parameter code: `valid` or the refusal's.
    func verification(code: String, nanoseconds: Int64) {
        if outcomes[code] == nil {
            outcomes[code] = (0, Counter(label: MetricName.tokenVerifications, dimensions: [("code", code)]))
        }
        outcomes[code]?.pending += 1
        verifications.append(nanoseconds)
    }

    /// A valid token, remembered or not.
    func verified(_ origin: LoopVerifier.Outcome) {
        switch origin {
        case .cached: tokenCache.hits += 1
        case .verified: tokenCache.misses += 1
        }
    }

    func enrichment(_ event: EnrichmentEvent) {
        if enrichments[event] == nil {
            enrichments[event] = (0, 0, Counter(label: Self.enrichmentName, dimensions: [("event", event.rawValue)]))
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

    func breaker(to state: CircuitBreaker.State) {
        Counter(label: Self.breakerChangesName, dimensions: [("to", "\(state)")]).increment()
    }

    /// Which bound it met.
    enum ConnectionBound: String { case all, client }

    func connectionRefused(_ bound: ConnectionBound) {
        Counter(label: Self.refusedName, dimensions: [("bound", bound.rawValue)]).increment()
    }

    func plantDisagreement() { disagreements.increment() }

    func gauge(clients: Int) { set(Self.connectionsName, [], Double(clients)) }
    func gauge(cachedTokens: Int) { set(Self.cachedTokensName, [], Double(cachedTokens)) }
    /// 0: closed, 1: half-open, 2: open.
    func gauge(breaker state: CircuitBreaker.State) { set(Self.breakerName, [], Double(state.rawValue)) }
    func gauge(revocations: Int) { set(Self.revocationsName, [], Double(revocations)) }
    func gauge(cachedVerdicts: Int) { set(Self.cacheName, [], Double(cachedVerdicts)) }
    /// - Parameter target: of a group's servers.
    func gauge(upstream: String, target: String? = nil, open: Int, idle: Int) {
        let labels = [("upstream", upstream)] + (target.map { [("target", $0)] } ?? [])
        set(Self.poolName, labels + [("state", "open")], Double(open))
        set(Self.poolName, labels + [("state", "idle")], Double(idle))
    }

    // MARK: since the loop started

    /// Requests by route and status.
    var hits: [String: [Int: Int64]] {
        requests.values.reduce(into: [:]) { hits, series in
            hits[series.key.route, default: [:]][series.key.status, default: 0] += series.flushed + series.pending
        }
    }

    var tokenCacheTotals: (hits: Int64, misses: Int64) {
        (flushedTokenCache.hits + tokenCache.hits, flushedTokenCache.misses + tokenCache.misses)
    }

    var enrichmentEvents: [EnrichmentEvent: Int64] { enrichments.mapValues { $0.flushed + $0.pending } }

    /// Off the path of requests: on every tick, and before this loop answers `/metrics`.
    func flush() {
        for series in requests.values where series.pending > 0 {
            series.counter.increment(by: series.pending)
            series.flushed += series.pending
            series.pending = 0
        }
        for series in durations.values where !series.pending.isEmpty {
            for value in series.pending { series.timer.recordNanoseconds(value) }
            series.pending.removeAll(keepingCapacity: true)
        }
        for (code, entry) in outcomes where entry.pending > 0 {
            entry.counter.increment(by: entry.pending)
            outcomes[code]?.pending = 0
        }
        for (event, entry) in enrichments where entry.pending > 0 {
            entry.counter.increment(by: entry.pending)
            enrichments[event]?.flushed += entry.pending
            enrichments[event]?.pending = 0
        }
        for (name, entry) in verdicts where entry.pending > 0 {
            entry.counter.increment(by: entry.pending)
            verdicts[name]?.pending = 0
        }
        tokenCacheHits.increment(by: tokenCache.hits)
        tokenCacheMisses.increment(by: tokenCache.misses)
        flushedTokenCache = tokenCacheTotals
        tokenCache = (0, 0)
        for value in verifications { verificationTimer.recordNanoseconds(value) }
        verifications.removeAll(keepingCapacity: true)
    }

    private func set(_ name: String, _ labels: [(String, String)], _ value: Double) {
        let key = name + labels.map(\.1).joined(separator: "/")
        if gauges[key] == nil { gauges[key] = Gauge(label: name, dimensions: labels + [("loop", loopName)]) }
        gauges[key]?.record(value)
    }
}
