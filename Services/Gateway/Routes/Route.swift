package import NIOHTTP1

/// Who must show a token on a route.
package enum AuthRule: String, Sendable, CaseIterable {
    /// A valid token, or 401.
    case required
    /// None, or a valid one.
    case optional
    /// Nothing is verified and no identity said; a token is passed on for the upstream to judge.
    case open = "public"
}

/// Where a route leads.
package enum UpstreamName: Hashable, Sendable {
    case plant
    /// The platform portal: the first of PORTAL_URLS.
    case platform
    case customer
    /// One named in the routes file by its address.
    case other(Origin)

    /// What a gateway assertion names as its audience.
    package var audience: String {
        switch self {
        case .plant: "plant"
        case .platform: "platform-portal"
        case .customer: "customer-portal"
        case .other(let origin): origin.text
        }
    }
}

package struct Route: Sendable, Equatable {
    package enum Destination: Sendable, Equatable {
        case upstream(UpstreamName)
        /// Answered 404, whatever is below.
        case nowhere
    }
    /// For logs and metrics.
    package var name: String
    /// Starts with `/`. With a trailing slash it matches what is below it, else also itself; always whole segments.
    package var prefix: String
    package var destination: Destination
    package var auth: AuthRule
    package var enrichment: Bool
    /// Removed from the front of the path, without its last slash.
    package var stripPrefix: String?
    /// Counts against GW_AUTH_RATE_LIMIT_PER_MINUTE.
    package var isRateLimited: Bool
    /// The assertion also binds method and path.
    package var isAdministrative: Bool
    /// Nil: all.
    package var methods: [HTTPMethod]?
    /// One of these is needed; empty: none in particular.
    package var roles: [String] = []
    /// All of these are needed.
    package var scopes: [String] = []

    package init(
        name: String, prefix: String, destination: Destination, auth: AuthRule = .required, enrichment: Bool = false,
        stripPrefix: String? = nil, isRateLimited: Bool = false, isAdministrative: Bool = false,
        methods: [HTTPMethod]? = nil
    ) {
        self.name = name
        self.prefix = prefix
        self.destination = destination
        self.auth = auth
        self.enrichment = enrichment
        self.stripPrefix = stripPrefix
        self.isRateLimited = isRateLimited
        self.isAdministrative = isAdministrative
        self.methods = methods
    }

    /// - Parameter path: canonical.
    func matches(_ path: String) -> Bool {
        guard path.utf8.starts(with: prefix.utf8) else { return false }
        return prefix.hasSuffix("/") || path.utf8.count == prefix.utf8.count
            || path.utf8[path.utf8.index(path.utf8.startIndex, offsetBy: prefix.utf8.count)] == UInt8(ascii: "/")
    }

    /// The path as the upstream sees it.
    func rewritten(_ path: String) -> String {
        guard let stripPrefix else { return path }
        return String(path.dropFirst(stripPrefix.count))
    }
}
