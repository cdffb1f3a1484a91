import HTTPKit

/// Body of `GET /internal/v1/caches`: each loop has its own, so each is told, and their sum.
struct CachesReport: Encodable {
    struct Feed: Encodable {
        private enum CodingKeys: String, CodingKey {
            case url, status, position
            case heardAt = "heard_at"
            case silence = "silence_seconds"
            case lag = "lag_seconds"
            case lastFailure = "last_failure"
        }

        let url: String
        /// `live`, `pending` or `lost`.
        let status: String
        /// The cursor of the last event that was read; null at the beginning.
        let position: String?
        /// Seconds since the epoch.
        let heardAt: Int64?
        /// Seconds since then; a question stays open for 20 s while there is nothing to tell.
        let silence: Int64?
        /// From the last event that came as it happened to its arrival, in seconds.
        let lag: Int64?
        let lastFailure: String?

        init(_ standing: RevocationFeed.Standing, now: Int64) {
            url = standing.url
            status = standing.isLive ? "live" : standing.isLost ? "lost" : "pending"
            position = standing.position
            heardAt = standing.heardAt
            silence = standing.heardAt.map { max(0, now - $0) }
            lag = standing.lag
            lastFailure = standing.lastFailure
        }
    }

    struct Sum: Encodable {
        private enum CodingKeys: String, CodingKey {
            case verdicts, enrichment, breakers
            case verifiedTokens = "verified_tokens"
        }

        let verifiedTokens: LoopCaches.Cache
        let verdicts: LoopCaches.Cache?
        let enrichment: [String: Int64]?
        /// Loops by the state of their breaker.
        let breakers: [String: Int]

        init(_ loops: [LoopCaches]) {
            verifiedTokens = loops.map(\.verifiedTokens).reduce(LoopCaches.Cache(), +)
            let verdicts = loops.compactMap(\.verdicts)
            self.verdicts = verdicts.isEmpty ? nil : verdicts.reduce(LoopCaches.Cache(), +)
            let events = loops.compactMap(\.enrichment)
            enrichment = events.isEmpty ? nil : events.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
            breakers = loops.compactMap(\.breaker).reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
    }

    private enum CodingKeys: String, CodingKey {
        case service, instance, sum, loops
        case feeds = "revocation_feeds"
    }

    let service = "gateway"
    let instance: String
    let sum: Sum
    let loops: [LoopCaches]
    let feeds: [Feed]

    /// - Parameter now: seconds since the epoch.
    init(_ sources: IntrospectionSources, loops: [LoopCaches], now: Int64) {
        instance = sources.instance
        sum = Sum(loops)
        self.loops = loops
        feeds = sources.feeds().map { Feed($0, now: now) }
    }
}
