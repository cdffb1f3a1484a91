import Evidence

/// Nodes to a `Declaration`, with every fault noted; what it returns beside faults holds what could be read.
struct DeclarationReading {
    let file: String
    var faults: [ManifestFault] = []
    private var environmentNames: [String] = []

    init(file: String) {
        self.file = file
    }

    mutating func declaration(_ root: ManifestNode) -> Declaration {
        members(root, of: "the file", allowed: ["version", "environments", "services"])
        if let version = root["version"] {
            if version.scalar?.text != "1" { fault(version.position, "this version is not known", "write version: 1") }
        } else if root.map != nil {
            fault(root.position, "the file has no version", "write version: 1 at its top")
        }
        let environments = environments(root)
        environmentNames = environments.map(\.name)
        var services: [Declaration.Service] = []
        if let node = root["services"], let list = members(node, of: "services", allowed: nil) {
            for member in list {
                if let service = service(member) { services.append(service) }
            }
        } else if root.map != nil, root["services"] == nil {
            fault(root.position, "there are no services", "list them under services:")
        }
        return Declaration(file: file, environments: environments, services: services)
    }

    private mutating func environments(_ root: ManifestNode) -> [Declaration.Environment] {
        guard let node = root["environments"] else {
            if root.map != nil {
                fault(root.position, "there are no environments", "list them under environments:")
            }
            return []
        }
        var environments: [Declaration.Environment] = []
        for member in members(node, of: "environments", allowed: nil) ?? [] {
            let named = StackEnvironment.named(by: member.key, evidence: "its name")
            if named == nil {
                fault(
                    member.position, "the name \(member.key) tells no environment",
                    "use a word such as staging or production in it")
            }
            if !member.value.isNull {
                members(
                    member.value, of: "the environment \(member.key)",
                    allowed: ["registry", "project", "release", "targets"])
            }
            guard let named else { continue }
            environments.append(
                .init(
                    name: member.key, environment: named.environment,
                    registry: member.value["registry"].flatMap { text($0, of: "registry") },
                    project: member.value["project"].flatMap { text($0, of: "project") },
                    release: member.value["release"].flatMap { release($0) },
                    targets: member.value["targets"].map { targetFacts($0, of: member.key) } ?? [],
                    position: member.position))
        }
        return environments
    }

    private mutating func service(_ member: ManifestNode.Member) -> Declaration.Service? {
        let name = member.key
        if name.wholeMatch(of: /[a-z]([-a-z0-9]{0,61}[a-z0-9])?/) == nil {
            fault(
                member.position, "\(name) is no name for a service", "use small letters, digits and hyphens, 63 at most"
            )
        }
        let node = member.value
        guard members(node, of: "the service \(name)", allowed: ["executable", "tokens", "environments"]) != nil else {
            return nil
        }
        let executable = required("executable", in: node, of: name, at: member.position).flatMap {
            text($0, of: "executable")
        }
        var deployments: [Declaration.Deployment] = []
        if let node = required("environments", in: node, of: name, at: member.position) {
            for member in members(node, of: "the environments of \(name)", allowed: nil) ?? [] {
                if !environmentNames.contains(member.key) {
                    fault(
                        member.position, "\(name) runs in \(member.key), which is not among the file's environments",
                        "name one of: \(environmentNames.joined(separator: ", "))")
                }
                if let deployment = deployment(member, of: name) { deployments.append(deployment) }
            }
        }
        return Declaration.Service(
            name: name, executable: executable ?? "", tokens: node["tokens"].flatMap { tokens($0, of: name) },
            deployments: deployments, position: member.position)
    }

    private mutating func tokens(_ node: ManifestNode, of service: String) -> Declaration.Tokens? {
        guard members(node, of: "tokens of \(service)", allowed: ["issues", "verifies"]) != nil else { return nil }
        let issues = required("issues", in: node, of: "tokens of \(service)", at: node.position)
        let verifies = required("verifies", in: node, of: "tokens of \(service)", at: node.position)
        return Declaration.Tokens(
            issues: issues.map { issuers($0, of: "issues") } ?? [],
            verifies: verifies.map { issuers($0, of: "verifies") } ?? [], position: node.position)
    }

    /// One name, a list of them, or `none`.
    private mutating func issuers(_ node: ManifestNode, of key: String) -> [String] {
        guard let list = node.list else {
            return text(node, of: key).flatMap { $0 == "none" ? nil : [$0] } ?? []
        }
        var names: [String] = []
        for node in list {
            guard let name = text(node, of: key) else { continue }
            if name == "none" {
                fault(node.position, "none stands in a list", "write \(key): none, or the names alone")
            } else if names.contains(name) {
                fault(node.position, "\(name) stands twice in \(key)", "keep one")
            } else {
                names.append(name)
            }
        }
        return names
    }

    // MARK: what the parts share

    mutating func fault(_ position: SourcePosition, _ problem: String, _ mend: String) {
        // An anchor that is used five times is wrong once.
        let fault = ManifestFault(position, problem, mend: mend)
        if !faults.contains(fault) { faults.append(fault) }
    }

    /// The members of a mapping; keys beyond `allowed` are faults.
    @discardableResult
    mutating func members(_ node: ManifestNode, of what: String, allowed: [String]?) -> [ManifestNode.Member]? {
        guard let members = node.map else {
            fault(node.position, "\(what) is a \(node.kindName), not a mapping", "write keys with values")
            return nil
        }
        if let allowed {
            for member in members where !allowed.contains(member.key) {
                fault(
                    member.position, "the key \(member.key) of \(what) is not understood",
                    "write one of: \(allowed.joined(separator: ", "))")
            }
        }
        return members
    }

    mutating func required(
        _ key: String, in node: ManifestNode, of what: String, at position: SourcePosition
    ) -> ManifestNode? {
        if let value = node[key] { return value }
        if node.map != nil { fault(position, "\(what) has no \(key)", "write \(key):") }
        return nil
    }

    mutating func text(_ node: ManifestNode, of key: String) -> String? {
        guard let scalar = node.scalar, scalar.kind != .null, !scalar.text.isEmpty else {
            fault(node.position, "\(key) is empty or a \(node.kindName), not a word", "write one value")
            return nil
        }
        return scalar.text
    }

    mutating func integer(_ node: ManifestNode, of key: String, in range: ClosedRange<Int>) -> Int? {
        guard let scalar = node.scalar, scalar.isUnambiguousNumber, let number = Int(scalar.text),
            range.contains(number)
        else {
            fault(
                node.position, "\(key) is no number that fits",
                "write a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }
}
