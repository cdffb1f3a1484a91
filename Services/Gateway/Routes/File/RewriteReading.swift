/// `rewrite`, and `strip_prefix` as earlier versions wrote it.
struct RewriteReading {
    let members: RouteMembers

    func read(_ route: inout Route) {
        if members.node("strip_prefix") != nil {
            guard members.node("rewrite") == nil else {
                return members.fault("strip_prefix", "has \"strip_prefix\" and \"rewrite\"", "keep \"rewrite\"")
            }
            if members.flag("strip_prefix") == true { strip(true, members, &route) }
        }
        guard let rewrite = members.members("rewrite", names: ["strip_prefix", "template"]) else { return }
        switch (rewrite.node("strip_prefix"), rewrite.node("template")) {
        case (nil, nil):
            if rewrite.isEmpty {
                rewrite.fault("template", "says nothing", "write \"strip_prefix\" or \"template\"")
            }
        case (.some, .some):
            rewrite.fault("template", "has \"strip_prefix\" and \"template\"", "keep the one that is meant")
        case (.some(let node), nil):
            if case .scalar("true", isPlain: true) = node.content { return strip(true, rewrite, &route) }
            if case .scalar("false", isPlain: true) = node.content { return }
            if let text = rewrite.text("strip_prefix") { strip(text, rewrite, &route) }
        case (nil, .some): template(rewrite, &route)
        }
    }

    /// The whole prefix.
    private func strip(_ whole: Bool, _ members: RouteMembers, _ route: inout Route) {
        guard route.template == nil else {
            return members.fault(
                "strip_prefix", "strips the prefix of a route that has none", "name what is stripped: /…")
        }
        route.stripPrefix = Self.withoutSlash(route.prefix)
    }

    private func strip(_ text: String, _ members: RouteMembers, _ route: inout Route) {
        let stripped = Self.withoutSlash(text)
        guard CanonicalPath.isCanonical(text), !stripped.isEmpty, Self.begins(route, with: stripped) else {
            return members.fault(
                "strip_prefix", "strips what its paths do not begin with",
                "write whole segments from the front of \(route.prefix)")
        }
        route.stripPrefix = stripped
    }

    private func template(_ members: RouteMembers, _ route: inout Route) {
        guard let text = members.text("template") else { return }
        guard let template = route.template else {
            return members.fault(
                "template", "rewrites all paths below a prefix to one", "use \"strip_prefix\", or a \"path\"")
        }
        do throws(PathTemplate.Fault) {
            let rewrite = try PathTemplate(text)
            guard let unknown = rewrite.captures.first(where: { !template.captures.contains($0) }) else {
                route.rewrite = rewrite
                return
            }
            members.fault("template", "uses {\(unknown)}, which its \"path\" does not capture", "correct the name")
        } catch {
            members.fault("template", "has a \"template\" that \(error.problem)", error.mend)
        }
    }

    private static func withoutSlash(_ text: String) -> String {
        text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    /// Whole segments, none of them a capture.
    private static func begins(_ route: Route, with text: String) -> Bool {
        let wanted = text.dropFirst().split(separator: "/").map { RoutePath.Segment.literal(String($0)) }
        return RoutePath(route).segments.starts(with: wanted)
    }
}
