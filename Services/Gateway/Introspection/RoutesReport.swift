/// Body of `GET /internal/v1/routes`: the routes in force, whether the file on disk is the one they came from, and how often
/// each was met.
struct RoutesReport: Encodable {
    struct Fault: Encodable {
        /// Seconds since the epoch.
        let since: Int64
        let lines: [String]
    }

    /// By status code.
    typealias Hits = [String: Int64]

    struct ServedRoute: Encodable {
        private enum CodingKeys: String, CodingKey { case hits }

        let route: CheckedRoute
        let hits: Hits

        func encode(to encoder: any Encoder) throws {
            try route.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(hits, forKey: .hits)
        }
    }

    struct File: Encodable {
        private enum CodingKeys: String, CodingKey {
            case file, sha256, fault
            case isInForce = "in_force"
            case loadedAt = "loaded_at"
        }

        /// Null for the built-in table.
        let file: String?
        let sha256: String?
        /// Whether what lies on disk is what is in force.
        let isInForce: Bool
        let loadedAt: Int64
        let fault: Fault?

        init(_ served: ServedRoutes, _ routes: RoutesInForce) {
            file = routes.source?.path
            sha256 = routes.source?.digest
            loadedAt = routes.loadedAt
            fault = served.fault.map { Fault(since: $0.since, lines: $0.lines) }
            isInForce = fault == nil
        }
    }

    struct Difference: Encodable {
        private enum CodingKeys: String, CodingKey {
            case change, code, route, requests
            case candidateRoute = "candidate_route"
        }

        let change: String
        let code: String
        let route: String
        let candidateRoute: String
        let requests: Int64
    }

    struct Trial: Encodable {
        let source: File
        /// Requests since the candidate was read.
        let judged: Int64
        let differences: [Difference]
    }

    private enum CodingKeys: String, CodingKey {
        case service, instance, source, routes, unmatched
        case dryRun = "dry_run"
    }

    let service = "gateway"
    let instance: String
    let source: File
    /// In order of precedence.
    let routes: [ServedRoute]
    /// Hits of no route in force: by those that no route was found for (`none`), the gateway's own endpoints, and routes of
    /// earlier tables.
    let unmatched: [String: Hits]
    let dryRun: Trial?

    /// - Parameter hits: of each loop since it started, by route and status.
    init(_ sources: IntrospectionSources, hits: [[String: [Int: Int64]]]) {
        instance = sources.instance
        let inForce = sources.routes.inForce
        source = File(sources.routes, inForce)
        var sums: [String: Hits] = [:]
        for loop in hits {
            for (route, counts) in loop {
                for (status, count) in counts { sums[route, default: [:]][String(status), default: 0] += count }
            }
        }
        routes = inForce.table.routes.map { ServedRoute(route: CheckedRoute($0), hits: sums[$0.name] ?? [:]) }
        for route in inForce.table.routes { sums[route.name] = nil }
        unmatched = sums
        dryRun = sources.dryRun.map { parts in
            let (judged, differences) = parts.ledger.counts
            return Trial(
                source: File(parts.candidate, parts.candidate.inForce), judged: judged,
                differences: differences.sorted { $0.value > $1.value }.map { difference, count in
                    Difference(
                        change: difference.change.rawValue, code: difference.code, route: difference.route,
                        candidateRoute: difference.candidateRoute, requests: count)
                })
        }
    }
}
