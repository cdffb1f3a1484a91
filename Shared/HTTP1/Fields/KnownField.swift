/// Fields that a gateway has a rule for. All others are `other`.
package enum KnownField: UInt8, CaseIterable, Sendable {
    case other
    // Framing and authority
    case host, contentLength, transferEncoding, expect
    // The hop
    case connection, keepAlive, te, trailer, upgrade, http2Settings
    case proxy, proxyConnection, proxyAuthenticate, proxyAuthorization, proxyAuthenticationInfo
    // Who asks, and by which way
    case authorization, cookie, setCookie, wwwAuthenticate
    case forwarded, via, xForwardedFor, xForwardedHost, xForwardedProto, xForwardedPort, xRealIP
    case xRequestID, traceparent, tracestate
    // Browsers
    case origin, accessControlRequestMethod, accessControlRequestHeaders
    case secWebSocketKey, secWebSocketVersion, secWebSocketProtocol, secWebSocketExtensions, secWebSocketAccept
    // Content
    case accept, contentType, contentEncoding, contentRange, userAgent, date, server, location, retryAfter

    /// In lower case; empty for `other`.
    package var name: String {
        switch self {
        case .other: ""
        case .host: "host"
        case .contentLength: "content-length"
        case .transferEncoding: "transfer-encoding"
        case .expect: "expect"
        case .connection: "connection"
        case .keepAlive: "keep-alive"
        case .te: "te"
        case .trailer: "trailer"
        case .upgrade: "upgrade"
        case .http2Settings: "http2-settings"
        case .proxy: "proxy"
        case .proxyConnection: "proxy-connection"
        case .proxyAuthenticate: "proxy-authenticate"
        case .proxyAuthorization: "proxy-authorization"
        case .proxyAuthenticationInfo: "proxy-authentication-info"
        case .authorization: "authorization"
        case .cookie: "cookie"
        case .setCookie: "set-cookie"
        case .wwwAuthenticate: "www-authenticate"
        case .forwarded: "forwarded"
        case .via: "via"
        case .xForwardedFor: "x-forwarded-for"
        case .xForwardedHost: "x-forwarded-host"
        case .xForwardedProto: "x-forwarded-proto"
        case .xForwardedPort: "x-forwarded-port"
        case .xRealIP: "x-real-ip"
        case .xRequestID: "x-request-id"
        case .traceparent: "traceparent"
        case .tracestate: "tracestate"
        case .origin: "origin"
        case .accessControlRequestMethod: "access-control-request-method"
        case .accessControlRequestHeaders: "access-control-request-headers"
        case .secWebSocketKey: "sec-websocket-key"
        case .secWebSocketVersion: "sec-websocket-version"
        case .secWebSocketProtocol: "sec-websocket-protocol"
        case .secWebSocketExtensions: "sec-websocket-extensions"
        case .secWebSocketAccept: "sec-websocket-accept"
        case .accept: "accept"
        case .contentType: "content-type"
        case .contentEncoding: "content-encoding"
        case .contentRange: "content-range"
        case .userAgent: "user-agent"
        case .date: "date"
        case .server: "server"
        case .location: "location"
        case .retryAfter: "retry-after"
        }
    }

    /// RFC 9110 §7.6.1: not for the next hop. With `Proxy`, which CGI upstreams read as their `HTTP_PROXY`, and with
    /// framing and `Expect`, which each hop sets anew.
    package var endsAtThisHop: Bool {
        switch self {
        case .connection, .keepAlive, .te, .trailer, .upgrade, .http2Settings, .proxy, .proxyConnection,
            .proxyAuthenticate, .proxyAuthorization, .proxyAuthenticationInfo, .transferEncoding, .expect:
            true
        default: false
        }
    }

    /// RFC 9110 §6.5.1: framing, routing, authentication and content fields, which a trailer must not bring in late.
    var isForbiddenInTrailers: Bool {
        switch self {
        case .host, .contentLength, .authorization, .cookie, .setCookie, .wwwAuthenticate, .forwarded, .via,
            .xForwardedFor, .xForwardedHost, .xForwardedProto, .xForwardedPort, .xRealIP, .contentType,
            .contentEncoding, .contentRange, .location:
            true
        default: endsAtThisHop
        }
    }
}
