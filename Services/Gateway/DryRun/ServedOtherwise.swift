/// In what two routes differ that let the same request through to the same place: the members of a routes file that decide
/// how it is served there. As they are written, so that a number that is also the default's counts.
enum ServedOtherwise {
    /// - Returns: names in the order of docs/ROUTES.md, separated by commas; empty: they are the same.
    static func members(_ present: Route, _ candidate: Route) -> String {
        let (old, new) = (present.policy, candidate.policy)
        var names: [String] = []
        // Who is let in either way may be named to the upstream by one alone.
        if present.auth != candidate.auth { names.append("auth") }
        if present.enrichment != candidate.enrichment || old.enrichment != new.enrichment { names.append("enrichment") }
        if present.isAdministrative != candidate.isAdministrative { names.append("admin_route") }
        if old.timeouts != new.timeouts { names.append("timeouts") }
        if old.minimumBodyRate != new.minimumBodyRate { names.append("min_body_rate") }
        if old.cors != new.cors { names.append("cors") }
        if old.requestHeaders != new.requestHeaders { names.append("request_headers") }
        if old.responseHeaders != new.responseHeaders { names.append("response_headers") }
        if old.webSocket != new.webSocket { names.append("websocket") }
        if old.onTokenEnd != new.onTokenEnd { names.append("on_token_end") }
        return names.joined(separator: ",")
    }

    /// Of a preflight, which meets nothing else.
    static func preflightMembers(_ present: Route, _ candidate: Route) -> String {
        present.policy.cors == candidate.policy.cors ? "" : "cors"
    }
}
