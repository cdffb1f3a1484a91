/// `upstreams`: names for groups of servers.
struct UpstreamsReading {
    private static let reserved = ["plant", "platform", "customer", "nowhere"]

    let faults: RouteFaultList
    private(set) var groups: [String: UpstreamGroup] = [:]
    private(set) var places: [String: TextPosition] = [:]

    init(faults: RouteFaultList) { self.faults = faults }

    mutating func read(_ members: RouteMembers) {
        guard let node = members.node("upstreams") else { return }
        guard case .map(let list) = node.content else {
            return members.fault(
                "upstreams", "has \"upstreams\" that are \(node.kindName)", "write \"name: {targets: […]}\"")
        }
        for member in list {
            guard Self.isName(member.key), !Self.reserved.contains(member.key) else {
                faults.add(
                    member.position, "\"\(member.key)\" can't be an upstream's name",
                    "use lower-case letters, digits and -; \(Self.reserved.joined(separator: ", ")) are taken")
                continue
            }
            places[member.key] = member.position
            groups[member.key] = group(member)
        }
    }

    private static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                $0 >= 0x61 && $0 <= 0x7A || $0 >= 0x30 && $0 <= 0x39 || $0 == UInt8(ascii: "-")
                    || $0 == UInt8(ascii: "_")
            }
    }

    private func group(_ member: YAMLNode.Member) -> UpstreamGroup? {
        let owner = "upstream \"\(member.key)\""
        guard
            let members = RouteMembers(
                member.value, owner: owner, names: ["targets", "health", "outlier", "tls"], faults: faults)
        else { return nil }
        guard let node = members.node("targets"), case .list(let list) = node.content, !list.isEmpty else {
            members.fault("targets", "has no list of \"targets\"", "write at least one, \"- url: http://…\"")
            return nil
        }
        guard list.count <= TargetSet.maximum else {
            members.fault("targets", "has more than \(TargetSet.maximum) \"targets\"", "keep fewer")
            return nil
        }
        var targets: [UpstreamGroup.Target] = []
        for node in list {
            guard let target = target(node, owner) else { continue }
            if targets.contains(where: { $0.origin == target.origin }) {
                faults.add(node.position, "\(owner) names \(target.origin.text) twice", "give it a weight instead")
            }
            targets.append(target)
        }
        return UpstreamGroup(
            name: member.key, targets: targets, health: health(members), outlier: outlier(members),
            tls: UpstreamTLSReading(members: members).read(targets))
    }

    private func target(_ node: YAMLNode, _ owner: String) -> UpstreamGroup.Target? {
        let url: String?
        var weight = 1
        var authority: String?
        if case .scalar(let text, _) = node.content {
            url = text
        } else {
            guard
                let members = RouteMembers(
                    node, owner: "\(owner): target", names: ["url", "weight", "authority"], faults: faults)
            else { return nil }
            if members.node("url") == nil { members.fault("url", "has no \"url\"", "write one, http://…") }
            url = members.text("url")
            weight = members.integer("weight", in: 1...1000) ?? 1
            authority = self.authority(members, url)
        }
        guard let url else { return nil }
        guard let origin = Origin(upstream: url) else {
            faults.add(
                node.position, "\(owner) has a target that is no absolute http(s) URL and no Unix socket",
                "write http://name:port or unix:/path")
            return nil
        }
        if let reason = Self.refusal(origin) {
            faults.add(node.position, "\(owner) has a target whose path \(reason)", "correct the address")
            return nil
        }
        return UpstreamGroup.Target(origin: origin, weight: weight, authority: authority)
    }

    /// What stands in `Host` where the address has no name of its own.
    private func authority(_ members: RouteMembers, _ url: String?) -> String? {
        guard let text = members.text("authority") else { return nil }
        guard let origin = Origin("http://" + text), origin.basePath.isEmpty, !text.hasSuffix("/") else {
            members.fault("authority", "has an \"authority\" that is no host or host:port", "write name or name:port")
            return nil
        }
        guard url?.hasPrefix(Origin.unixScheme) ?? true else {
            members.fault(
                "authority", "has an \"authority\" beside a URL, which has its own", "keep it for Unix sockets")
            return nil
        }
        return text
    }

    /// Why an address is none for a route.
    static func refusal(_ origin: Origin) -> String? {
        let path = origin.basePath
        if path.isEmpty { return nil }
        guard CanonicalPath.isCanonical(path) else { return "is not in its canonical form" }
        return ForbiddenPaths.contains(path) ? "is closed to every route" : nil
    }

    private func health(_ members: RouteMembers) -> UpstreamGroup.HealthCheck? {
        let names = ["path", "interval", "timeout", "healthy_after", "unhealthy_after", "statuses"]
        guard let health = members.members("health", names: names) else { return nil }
        guard health.node("path") != nil else {
            health.fault("path", "has no \"path\"", "write the one that answers 2xx, such as /health")
            return nil
        }
        guard let path = health.text("path") else { return nil }
        guard CanonicalPath.isCanonical(path) else {
            health.fault("path", "has a \"path\" that is not in its canonical form", "begin it with a slash; no query")
            return nil
        }
        var check = UpstreamGroup.HealthCheck(path: path)
        if let interval = health.duration("interval", in: 100...3_600_000) { check.interval = interval }
        if let timeout = health.duration("timeout", in: 10...600_000) { check.timeout = timeout }
        if let count = health.integer("healthy_after", in: 1...100) { check.healthyAfter = count }
        if let count = health.integer("unhealthy_after", in: 1...100) { check.unhealthyAfter = count }
        let statuses = health.texts("statuses", what: "status codes, 200 to 599") { text in
            text.utf8.count == 3 && Int(text).map { (200...599).contains($0) } ?? false
        }
        check.statuses = Set((statuses ?? []).compactMap { Int($0) })
        if check.timeout > check.interval {
            health.fault("timeout", "waits longer than until the next question", "keep \"timeout\" within \"interval\"")
        }
        return check
    }

    private func outlier(_ members: RouteMembers) -> UpstreamGroup.OutlierEjection? {
        let names = ["failures", "eject_for", "max_ejected_percent"]
        guard let outlier = members.members("outlier", names: names) else { return nil }
        var ejection = UpstreamGroup.OutlierEjection()
        if let failures = outlier.integer("failures", in: 1...1000) { ejection.failures = failures }
        if let time = outlier.duration("eject_for", in: 100...3_600_000) { ejection.ejectFor = time }
        if let percent = outlier.integer("max_ejected_percent", in: 1...100) { ejection.maximumPercent = percent }
        return ejection
    }
}
