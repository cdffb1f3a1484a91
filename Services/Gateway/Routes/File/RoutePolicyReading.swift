import NIOHTTP1

/// What a route says of time, size, rate, other origins, headers and enrichment.
struct RoutePolicyReading {
    let members: RouteMembers

    func read(_ route: inout Route) {
        var policy = RoutePolicy()
        readEnrichment(&route, &policy)
        policy.timeouts = timeouts()
        policy.maximumBody = members.size("max_body")
        policy.minimumBodyRate = members.integer("min_body_rate", in: 0...BodyPace.Rule.maximumRate)
        policy.rateLimit = rateLimit(route)
        policy.cors = CORSReading(members: members).read(route)
        let headers = HeaderRulesReading(members: members)
        policy.requestHeaders = headers.read("request_headers")
        policy.responseHeaders = headers.read("response_headers")
        readStreams(route, &policy)
        // One shared box for the many that say nothing.
        if policy != .none { route.policy = policy }
    }

    private func readEnrichment(_ route: inout Route, _ policy: inout RoutePolicy) {
        guard let node = members.node("enrichment") else { return }
        if case .map = node.content {
            route.enrichment = true
            policy.enrichment = enrichment()
        } else {
            route.enrichment = members.flag("enrichment") ?? false
        }
        if route.enrichment, route.auth == .open {
            members.fault(
                "enrichment", "asks for enrichment on a public route, where nobody is verified",
                members.isOwn("enrichment")
                    ? "take it away" : "write \"enrichment: false\" in that route against the default")
        }
    }

    private func enrichment() -> RoutePolicy.Enrichment? {
        let names = ["mode", "ttl", "stale", "stale_if_error"]
        guard let own = members.members("enrichment", names: names) else { return nil }
        var enrichment = RoutePolicy.Enrichment()
        enrichment.mode = own.choice("mode", as: EnrichmentFailure.self)
        enrichment.timeToLive = own.seconds("ttl", in: 1...3600)
        enrichment.stale = own.seconds("stale", in: 0...86_400)
        enrichment.staleIfError = own.seconds("stale_if_error", in: 0...86_400)
        if own.isEmpty {
            own.fault("mode", "says nothing", "write \"enrichment: true\", or one of \(names.joined(separator: ", "))")
        }
        return enrichment
    }

    private func readStreams(_ route: Route, _ policy: inout RoutePolicy) {
        policy.webSocket = members.flag("websocket") ?? false
        if policy.webSocket, !route.serves(.GET) {
            members.fault(
                "websocket", "allows WebSockets, which are asked for with GET, and does not serve it",
                members.isOwn("websocket") ? "add GET to \"methods\"" : "write \"websocket: false\" against the default"
            )
        }
        policy.onTokenEnd = members.choice("on_token_end", as: TokenEndRule.self)
        // A default is for those routes that have a token.
        if route.auth == .open, members.isOwn("on_token_end") {
            members.fault("on_token_end", "says what the end of a token does, on a public route", "take it away")
        }
    }

    private func timeouts() -> RoutePolicy.Timeouts? {
        let names = ["connect", "first_byte", "idle", "total"]
        guard let own = members.members("timeouts", names: names) else { return nil }
        let bounds: ClosedRange<Int64> = 1...86_400_000
        var timeouts = RoutePolicy.Timeouts()
        timeouts.connect = own.duration("connect", in: bounds)
        timeouts.firstByte = own.duration("first_byte", in: bounds)
        timeouts.idle = own.duration("idle", in: bounds)
        timeouts.total = own.duration("total", in: bounds)
        if own.isEmpty {
            own.fault("total", "says nothing", "write one of \(names.joined(separator: ", "))")
        }
        return timeouts
    }

    private func rateLimit(_ route: Route) -> RateLimitRule? {
        let names = ["per", "requests", "per_seconds", "burst"]
        guard let own = members.members("rate_limit", names: names) else { return nil }
        for name in ["requests", "per_seconds"] where own.node(name) == nil {
            own.fault(name, "has no \"\(name)\"", "write \"requests\" and \"per_seconds\"")
        }
        let per = own.choice("per", as: RateLimitRule.Subject.self) ?? .client
        if per == .subject, route.auth == .open {
            own.fault("per", "counts by subject on a public route, where nobody is verified", "write \"per: client\"")
        }
        let burst = own.integer("burst", in: 1...1_000_000)
        guard let requests = own.integer("requests", in: 1...1_000_000),
            let seconds = own.integer("per_seconds", in: 1...86_400)
        else { return nil }
        return RateLimitRule(per: per, requests: requests, seconds: seconds, burst: burst)
    }
}
