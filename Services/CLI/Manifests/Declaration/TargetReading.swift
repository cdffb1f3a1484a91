import Evidence

/// What an environment, or a service in it, says about single targets.
extension DeclarationReading {
    mutating func targetFacts(_ node: ManifestNode, of environment: String) -> [Declaration.TargetFacts] {
        let known = Declaration.targetFacts
        return (members(node, of: "targets of \(environment)", allowed: known.map(\.target)) ?? []).compactMap {
            member in
            guard let allowed = known.first(where: { $0.target == member.key })?.facts,
                let members = members(member.value, of: "\(member.key) of \(environment)", allowed: allowed)
            else { return nil }
            let facts = members.compactMap { fact -> Declaration.Variable? in
                guard let value = text(fact.value, of: fact.key) else { return nil }
                // Each ends in names, addresses and paths of manifests; none needs more than these.
                guard value.wholeMatch(of: /[A-Za-z0-9._\/-]+/) != nil else {
                    fault(
                        fact.value.position, "\(fact.key) is not understood", "use letters, digits, dots, hyphens and /"
                    )
                    return nil
                }
                return .init(name: fact.key, value: value, position: fact.position)
            }
            return .init(target: member.key, facts: facts, position: member.position)
        }
    }

    mutating func overrides(_ node: ManifestNode, of what: String) -> [Declaration.Override] {
        let known = Declaration.targetFacts.map(\.target).filter { $0 != "github" }
        return (members(node, of: "targets of \(what)", allowed: known) ?? []).compactMap { member in
            let what = "\(what) on \(member.key)"
            let node = member.value
            guard members(node, of: what, allowed: ["variables", "secrets", "volumes"]) != nil else { return nil }
            return .init(
                target: member.key, variables: node["variables"].map { variables($0, of: what) } ?? [],
                secrets: node["secrets"].map { secrets($0, of: what) } ?? [],
                volumes: node["volumes"].map { volumes($0, of: what) }, position: member.position)
        }
    }

    mutating func release(_ node: ManifestNode) -> String? {
        guard let tag = text(node, of: "release") else { return nil }
        if tag == "latest" {
            fault(node.position, "latest is another release tomorrow", "write the tag of a release")
        } else if tag.wholeMatch(of: /[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?/) == nil {
            fault(node.position, "release is no tag of an image", "use letters, digits, dots and hyphens, 63 at most")
        }
        return tag
    }

    mutating func host(_ node: ManifestNode) -> String? {
        guard let name = text(node, of: "host") else { return nil }
        if name.wholeMatch(of: /[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+/) == nil {
            fault(node.position, "host is no name of a host", "write it without scheme, port and path")
        }
        return name
    }
}
