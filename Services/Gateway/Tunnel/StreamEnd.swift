/// Why a tunnel, or an answer that was still on its way, came to its end. The raw value is a stable word for logs and
/// metrics.
enum StreamEnd: String, Sendable {
    /// The one who closed first, in good order.
    case client, upstream
    /// The client's connection broke; the upstream's did.
    case clientLost = "client_lost"
    case upstreamLost = "upstream_lost"
    /// Nothing was said for too long, either way.
    case idle
    /// Somebody did not take what was sent to it.
    case stalled
    /// The route's own total time is over.
    case total
    /// The token of the request is not good any more.
    case expired, revoked
    /// This gateway stops.
    case shutdown

    /// What both ends of a WebSocket are told (RFC 6455 §7.4.1); nil where there is nobody to tell, or nothing that they do
    /// not see for themselves.
    var closeCode: UInt16? {
        switch self {
        case .expired, .revoked: 1008
        case .shutdown, .idle, .total: 1001
        case .client, .upstream, .clientLost, .upstreamLost, .stalled: nil
        }
    }
}
