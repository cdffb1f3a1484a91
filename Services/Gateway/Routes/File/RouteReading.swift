import NIOHTTP1

/// One route of the file.
struct RouteReading {
    static let defaultNames = [
        "hosts", "upstream", "auth", "enrichment", "methods", "roles", "scopes", "timeouts", "max_body",
        "min_body_rate", "rate_limit", "cors", "request_headers", "response_headers", "rate_limited", "admin_route",
        "websocket", "on_token_end",
    ]
    private static let names = ["name", "prefix", "path", "rewrite", "strip_prefix"] + defaultNames
    /// What the JSON list of earlier versions is written with.
    private static let aliases = [
        "stripPrefix": "strip_prefix", "adminRoute": "admin_route", "rateLimited": "rate_limited",
    ]

    let upstreams: UpstreamsReading
    let defaults: RouteMembers?
    let faults: RouteFaultList

    /// - Returns: nil when anything is wrong with it; all of that is noted.
    func read(_ node: YAMLNode, index: Int) -> RoutesDocument.ReadRoute? {
        let count = faults.count
        guard
            var members = RouteMembers(
                node, owner: "route \(index)", names: Self.names, aliases: Self.aliases, defaults: defaults,
                faults: faults)
        else { return nil }
        let name = readName(members)
        if let name { members.owner = "route \"\(name)\"" }
        let path = readPath(members)
        let destination = readUpstream(members)
        // What lacks either is read on, so that its other faults are told too.
        var route =
            switch path {
            case .template(let template): Route(name: "", template: template, destination: destination ?? .nowhere)
            case .prefix(let prefix): Route(name: "", prefix: prefix, destination: destination ?? .nowhere)
            case nil: Route(name: "", prefix: "/", destination: destination ?? .nowhere)
            }
        route.hosts = hosts(members)
        route.name = name ?? (route.hosts.first?.text ?? "") + route.prefix
        readAccess(members, &route)
        if path != nil { RewriteReading(members: members).read(&route) }
        RoutePolicyReading(members: members).read(&route)
        return faults.count == count && path != nil && destination != nil
            ? RoutesDocument.ReadRoute(route: route, members: members) : nil
    }

    private func readName(_ members: RouteMembers) -> String? {
        guard let name = members.text("name") else { return nil }
        guard name.utf8.count <= 128, name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            members.fault("name", "has a \"name\" with control characters, or of more than 128 bytes", "shorten it")
            return nil
        }
        return name
    }

    private enum Path {
        case prefix(String)
        case template(PathTemplate)
    }

    private func readPath(_ members: RouteMembers) -> Path? {
        switch (members.node("prefix") != nil, members.node("path") != nil) {
        case (true, true):
            members.fault("path", "has a \"prefix\" and a \"path\"", "keep the one that is meant")
        case (false, false):
            members.fault("prefix", "needs a \"prefix\" or a \"path\"", "write \"prefix: /…\" or \"path: /…/{id}\"")
        case (true, false):
            guard let prefix = members.text("prefix") else { return nil }
            guard CanonicalPath.isCanonical(prefix) else {
                members.fault(
                    "prefix", "needs a \"prefix\" that is a path in its canonical form",
                    prefix.contains("{")
                        ? "write \"path\" for a template"
                        : "begin it with a slash; no empty, . or .. segments, no query")
                return nil
            }
            return .prefix(prefix)
        case (false, true):
            guard let text = members.text("path") else { return nil }
            do throws(PathTemplate.Fault) {
                return .template(try PathTemplate(text))
            } catch {
                members.fault("path", "has a \"path\" that \(error.problem)", error.mend)
            }
        }
        return nil
    }

    private func readUpstream(_ members: RouteMembers) -> Route.Destination? {
        guard members.node("upstream") != nil else {
            members.fault(
                "upstream", "needs an \"upstream\"",
                "write plant, platform, customer, nowhere, a name of \"upstreams\", an absolute http(s) URL or unix:/path"
            )
            return nil
        }
        guard let text = members.text("upstream") else { return nil }
        switch text {
        case "plant": return .upstream(.plant)
        case "platform": return .upstream(.platform)
        case "customer": return .upstream(.customer)
        case "nowhere": return .nowhere
        default: break
        }
        if let group = upstreams.groups[text] { return group.single.map { .upstream(.other($0)) } ?? .group(text) }
        // It is there, and what is wrong with it was told there.
        if upstreams.places[text] != nil { return nil }
        if let origin = Origin(upstream: text) {
            guard let reason = UpstreamsReading.refusal(origin) else { return .upstream(.other(origin)) }
            members.fault("upstream", "has an \"upstream\" whose path \(reason)", "correct the address")
            return nil
        }
        let known = upstreams.places.keys.sorted() + ["plant", "platform", "customer", "nowhere"]
        members.fault(
            "upstream", "needs an \"upstream\" that is known, an absolute http(s) URL or unix:/path",
            ClosestName.of(text, among: known).map { "write \"\($0)\"" } ?? "known are \(known.joined(separator: ", "))"
        )
        return nil
    }

    private func hosts(_ members: RouteMembers) -> [HostPattern] {
        let names =
            members.texts("hosts", what: "host names, without port, or *.name") { HostPattern($0) != nil } ?? []
        let hosts = names.compactMap(HostPattern.init)
        if Set(hosts).count < hosts.count, Set(names).count == names.count {
            members.fault("hosts", "names a host twice in \"hosts\"", "keep one of them")
        }
        return hosts
    }

    private func readAccess(_ members: RouteMembers, _ route: inout Route) {
        route.auth = members.choice("auth", as: AuthRule.self) ?? .required
        route.isAdministrative = members.flag("admin_route") ?? false
        route.isRateLimited = members.flag("rate_limited") ?? false
        let isMethod: (String) -> Bool = { text in
            (1...32).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x41 && $0 <= 0x5A || $0 == 0x2D }
        }
        route.methods = members.texts("methods", what: "method names in capitals", isSound: isMethod)?
            .map(HTTPMethod.init(rawValue:))
        route.roles = names("roles", members)
        route.scopes = names("scopes", members)
        for (name, list) in [("roles", route.roles), ("scopes", route.scopes)]
        where !list.isEmpty && route.auth != .required {
            members.fault(
                name, "asks for roles or scopes where a token is not required",
                members.isOwn(name) ? "write \"auth: required\"" : "write \"\(name): []\" against the default")
        }
    }

    /// Visible ASCII without separators, as a token's roles and scopes are.
    private func names(_ name: String, _ members: RouteMembers) -> [String] {
        if members.isOwn(name), members.isEmptyList(name), defaults?.isOwn(name) == true { return [] }
        return members.texts(name, what: "names") {
            !$0.isEmpty && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x2C }
        } ?? []
    }
}
