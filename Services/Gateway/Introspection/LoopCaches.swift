import HTTPKit

/// What one loop keeps of tokens and verdicts.
struct LoopCaches: Encodable, Sendable {
    struct Cache: Encodable, Sendable {
        private enum CodingKeys: String, CodingKey {
            case entries, bytes, hits, misses, evictions
            case maximumEntries = "maximum_entries"
            case maximumBytes = "maximum_bytes"
        }

        var entries = 0
        var maximumEntries = 0
        /// Estimated.
        var bytes = 0
        var maximumBytes = 0
        var hits: Int64 = 0
        var misses: Int64 = 0
        /// For want of room; what expired or was revoked is none.
        var evictions: Int64 = 0

        static func + (left: Cache, right: Cache) -> Cache {
            Cache(
                entries: left.entries + right.entries, maximumEntries: left.maximumEntries + right.maximumEntries,
                bytes: left.bytes + right.bytes, maximumBytes: left.maximumBytes + right.maximumBytes,
                hits: left.hits + right.hits, misses: left.misses + right.misses,
                evictions: left.evictions + right.evictions)
        }
    }

    struct Revocations: Encodable, Sendable {
        var entries: Int
        var capacity: Int
    }

    private enum CodingKeys: String, CodingKey {
        case loop, verdicts, enrichment, breaker, revocations
        case verifiedTokens = "verified_tokens"
    }

    var loop: Int
    var verifiedTokens: Cache
    /// Null with enrichment off.
    var verdicts: Cache?
    /// By event, as `lockstep_gateway_enrichment_total` counts them.
    var enrichment: [String: Int64]?
    /// `closed`, `halfOpen` or `open`.
    var breaker: String?
    var revocations: Revocations

    /// On the loop.
    init(_ loop: GatewayLoop) {
        self.loop = loop.number
        verifiedTokens = loop.tokenCache
        let events = loop.metrics.enrichmentEvents
        if let enricher = loop.enricher {
            var cache = enricher.cacheFigures
            cache.hits = [.hit, .negativeHit, .stale, .staleIfError].reduce(0) { $0 + (events[$1] ?? 0) }
            cache.misses = [.call, .joined, .shed, .shortCircuited].reduce(0) { $0 + (events[$1] ?? 0) }
            verdicts = cache
            enrichment = Dictionary(uniqueKeysWithValues: events.map { ($0.key.rawValue, $0.value) })
            breaker = "\(enricher.breakerState)"
        }
        revocations = Revocations(entries: loop.revocations.count, capacity: RevocationSet.defaultCapacity)
    }
}
