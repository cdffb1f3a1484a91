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
        /// One of the table's `upstreams`, by its name.
        case group(String)
        /// Answered 404, whatever is below.
        case nowhere
    }
    /// For logs and metrics.
    package var name: String
    package var destination: Destination
    package var auth: AuthRule
    package var enrichment: Bool
    /// Counts against GW_AUTH_RATE_LIMIT_PER_MINUTE.
    package var isRateLimited: Bool
    /// The assertion also binds method and path.
    package var isAdministrative: Bool
    private var details: RouteDetailsBox

    /// Empty: any host.
    package var hosts: [HostPattern] {
        get { details.value.hosts }
        set { details = details.with(\.hosts, newValue) }
    }
    /// Starts with `/`. With a trailing slash it matches what is below it, else also itself; always whole segments.
    /// Of a route with a template its text, which is no prefix.
    package var prefix: String {
        get { details.value.prefix }
        set { details = details.with(\.prefix, newValue) }
    }
    /// In place of the prefix; matches the whole path.
    package var template: PathTemplate? {
        get { details.value.template }
        set { details = details.with(\.template, newValue) }
    }
    /// Removed from the front of the path, without its last slash.
    package var stripPrefix: String? {
        get { details.value.stripPrefix }
        set { details = details.with(\.stripPrefix, newValue) }
    }
    /// What takes the place of the whole path; its captures are the template's.
    package var rewrite: PathTemplate? {
        get { details.value.rewrite }
        set { details = details.with(\.rewrite, newValue) }
    }
    /// Nil: all.
    package var methods: [HTTPMethod]? {
        get { details.value.methods }
        set { details = details.with(\.methods, newValue) }
    }
    /// One of these is needed; empty: none in particular.
    package var roles: [String] {
        get { details.value.roles }
        set { details = details.with(\.roles, newValue) }
    }
    /// All of these are needed.
    package var scopes: [String] {
        get { details.value.scopes }
        set { details = details.with(\.scopes, newValue) }
    }
    package var policy: RoutePolicy {
        get { details.value.policy }
        set { details = details.with(\.policy, newValue) }
    }

    package init(
        name: String, prefix: String, destination: Destination, auth: AuthRule = .required, enrichment: Bool = false,
        stripPrefix: String? = nil, isRateLimited: Bool = false, isAdministrative: Bool = false,
        methods: [HTTPMethod]? = nil
    ) {
        self.name = name
        self.destination = destination
        self.auth = auth
        self.enrichment = enrichment
        self.isRateLimited = isRateLimited
        self.isAdministrative = isAdministrative
        details = RouteDetailsBox(RouteDetails(prefix: prefix, stripPrefix: stripPrefix, methods: methods))
    }

    package init(name: String, template: PathTemplate, destination: Destination, auth: AuthRule = .required) {
        self.init(name: name, prefix: template.text, destination: destination, auth: auth)
        self.template = template
    }

    package func serves(_ method: HTTPMethod) -> Bool { methods?.contains(method) ?? true }

    /// The path as the upstream sees it.
    /// - Parameter path: one that matched.
    package func rewritten(_ path: String) -> String {
        if let rewrite { return rewrite.filled(with: template?.captures(of: path) ?? [:]) }
        guard let stripPrefix, !stripPrefix.isEmpty else { return path }
        let rest = path.utf8.dropFirst(stripPrefix.utf8.count)
        // No request target is empty (RFC 9112 §3.2.1).
        return rest.isEmpty ? "/" : String(Substring(rest))
    }
}
