import Tokens

/// What the plant is to say a word on.
struct ValidationQuestion: Sendable {
    var token: String
    var identity: Identity
    var requestID: String
    var traceparent: String
    /// Of the route that asks.
    var stale: StaleBounds
    /// Seconds, of the route that asks; nil: GW_ENRICHMENT_TTL_SECONDS.
    var timeToLive: Int64?
    /// Seconds since the epoch.
    var now: Int64
}

/// The word on it, with what another loop needs to know before it keeps it.
struct ValidationAnswer: Sendable {
    var verdict: Verdict
    /// `fresh` from a call, `cached` from what the owner kept, `unavailable`.
    var mark: EnrichmentMark
    /// When the plant was asked; seconds since the epoch.
    var since: Int64
    /// In which the call began, or that of the owner's cache.
    var epoch: Epoch
}

enum ValidationReply: Sendable {
    case answered(ValidationAnswer)
    /// The token's owner shuts down, and its calls with it.
    case abandoned
}
