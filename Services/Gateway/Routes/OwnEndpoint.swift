import NIOHTTP1

/// What the gateway answers itself, and no route can take over.
enum OwnEndpoint: String {
    case health, ready, metrics, keys, routes, caches, upstreams

    init?(path: String) {
        switch path {
        case "/health", "/api/health": self = .health
        case "/ready": self = .ready
        case "/metrics": self = .metrics
        case "/internal/v1/keys": self = .keys
        case "/internal/v1/routes": self = .routes
        case "/internal/v1/caches": self = .caches
        case "/internal/v1/upstreams": self = .upstreams
        default: return nil
        }
    }
}
