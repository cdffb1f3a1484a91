/// Body of `GET /internal/v1/upstreams`: every upstream and its servers, as all loops together see them.
struct UpstreamReport: Encodable, Equatable, Sendable {
    struct Upstream: Encodable, Equatable, Sendable {
        let name: String
        let targets: [Target]
    }

    struct Target: Encodable, Equatable, Sendable {
        enum State: String, Encodable, Sendable {
            /// Nobody asks it how it is, or it has not answered yet; it serves.
            case unchecked
            case healthy, unhealthy, ejected
        }

        struct Connections: Encodable, Equatable, Sendable {
            let open: Int
            let idle: Int
        }

        enum CodingKeys: String, CodingKey {
            case url, weight, state, reason, ejections, requests, failures, connections
            case ejectedUntil = "ejected_until"
            case connectFailures = "connect_failures"
        }

        let url: String
        var weight: Int?
        var state = State.unchecked
        /// Of an unhealthy one.
        var reason: String?
        /// Seconds since the epoch.
        var ejectedUntil: Int64?
        /// So far; nil without a rule.
        var ejections: Int?
        let requests: Int
        /// Nil where nobody counts them.
        var failures: Int?
        let connectFailures: Int
        let connections: Connections

        init(_ url: String, _ counters: TargetCounters) {
            self.url = url
            requests = counters.requests
            failures = counters.failures
            connectFailures = counters.connectFailures
            connections = Connections(open: counters.open, idle: counters.idle)
        }
    }

    var service = "gateway"
    /// By name.
    var upstreams: [Upstream] = []
}
