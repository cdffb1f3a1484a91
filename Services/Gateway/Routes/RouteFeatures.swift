/// What a route may use that is more than the data path may be able to do.
package enum RouteFeature: String, Sendable, CaseIterable {
    // The members that a file writes them with.
    case hosts, upstream, enrichment, timeouts, cors
    case maximumBody = "max_body"
    case rateLimit = "rate_limit"
    case requestHeaders = "request_headers"
    case responseHeaders = "response_headers"
}

/// The one place that says what this gateway performs. A table that asks for more is refused at start: a limit or a
/// rule that is silently ignored is worse than none.
package enum RouteFeatures {
    /// Each leaves this list in the change that performs it.
    package static let notPerformed: Set<RouteFeature> = [.upstream]

    /// In the order of `RouteFeature`.
    package static func unperformed(_ route: Route) -> [RouteFeature] {
        RouteFeature.allCases.filter { notPerformed.contains($0) && isUsed($0, by: route) }
    }

    package static func isUsed(_ feature: RouteFeature, by route: Route) -> Bool {
        switch feature {
        case .hosts: !route.hosts.isEmpty
        case .upstream: if case .group = route.destination { true } else { false }
        case .enrichment: route.policy.enrichment != nil
        case .timeouts: route.policy.timeouts != nil
        case .maximumBody: route.policy.maximumBody != nil
        case .rateLimit: route.policy.rateLimit != nil
        case .cors: route.policy.cors != nil
        case .requestHeaders: route.policy.requestHeaders != nil
        case .responseHeaders: route.policy.responseHeaders != nil
        }
    }
}
