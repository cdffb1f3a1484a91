/// What a route may say beyond who is let in and where it leads. Nil: the gateway's own setting.
package struct RoutePolicy: Sendable, Equatable {
    /// Milliseconds.
    package struct Timeouts: Sendable, Equatable {
        package var connect: Int64?
        package var firstByte: Int64?
        package var idle: Int64?
        package var total: Int64?
        package init() {}
    }

    /// Seconds, of a verdict of the plant.
    package struct Enrichment: Sendable, Equatable {
        package var mode: EnrichmentFailure?
        package var timeToLive: Int64?
        package var stale: Int64?
        package var staleIfError: Int64?
        package init() {}
    }

    /// Nobody's in particular; a table without any is the common case.
    package static let none = RoutePolicy()

    package var enrichment: Enrichment?
    package var timeouts: Timeouts?
    /// Bytes of a request's body.
    package var maximumBody: Int64?
    /// Bytes per second of a request's body; 0: none is asked for.
    package var minimumBodyRate: Int?
    package var rateLimit: RateLimitRule?
    package var cors: CORSPolicy?
    /// Whether a WebSocket may be opened.
    package var webSocket = false
    package var onTokenEnd: TokenEndRule?
    package var requestHeaders: HeaderRules?
    package var responseHeaders: HeaderRules?

    package init() {}
}
