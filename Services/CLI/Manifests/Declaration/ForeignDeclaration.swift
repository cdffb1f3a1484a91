import Evidence

/// The kind of `infrastructure.yaml` that lists `services.<name>.env_vars` and
/// `secrets: [{name, secret_name, version}]`, with `${…}` filled in from `environments`.
struct ForeignDeclaration {
    let root: ManifestNode
    let file: String
    let tree: SourceTree

    func stacks() -> [Stack] {
        let members = environments
        guard !members.isEmpty else {
            let named = StackEnvironment.named(by: SourceTree.name(of: file), evidence: "the name of \(file)")
            return stack(nil, named ?? declaredEnvironment).map { [$0] } ?? []
        }
        return members.compactMap { member in
            let named = StackEnvironment.named(by: member.key, evidence: "environments at \(member.position)")
            return stack(member, named)
        }
    }

    /// Secret-looking names with a text, outside the services.
    func loose() -> [LooseBinding] {
        var found: [LooseBinding] = []
        for member in root.map ?? [] where member.key != "services" {
            Leaves.each(member.value, name: member.key) { name, leaf, position in
                let last = name.split(separator: ".").last.map(String.init) ?? name
                guard SecretLikeName.isLikely(last), let text = leaf.scalar?.text, !text.isEmpty else { return }
                found.append(LooseBinding(last, PlaceholderText.bound(text), in: .configuration, at: position))
            }
        }
        return found
    }

    /// `environments:` as a mapping; a list of names gives members without content.
    private var environments: [ManifestNode.Member] {
        guard let node = root["environments"] else { return [] }
        if let map = node.map { return map }
        return (node.list ?? []).compactMap { entry in
            guard let name = (entry["name"] ?? entry).scalar?.text else { return nil }
            return .init(key: name, position: entry.position, value: entry)
        }
    }

    /// `environment: production` at the top of the file.
    private var declaredEnvironment: StackEnvironment? {
        guard let node = root["environment"] ?? root["env"], let name = node.scalar?.text else { return nil }
        return StackEnvironment.named(by: name, evidence: "environment at \(node.position)")
    }

    private func stack(_ member: ManifestNode.Member?, _ environment: StackEnvironment?) -> Stack? {
        let templates = TemplateNames(root: root, environment: member)
        var workloads: [Workload] = []
        for service in services {
            let reading = ForeignService(
                name: service.key, position: service.position, node: service.value, environment: member,
                templates: templates, file: file, tree: tree)
            if let workload = reading.workload() { workloads.append(workload) }
        }
        guard !workloads.isEmpty else { return nil }
        Neighbours.find(in: &workloads)
        return Stack(
            .declaration, name: member.map { "\(file) (\($0.key))" } ?? file, environment: environment, files: [file],
            workloads: workloads)
    }

    private var services: [ManifestNode.Member] {
        guard let node = root["services"] else { return [] }
        if let map = node.map { return map }
        return (node.list ?? []).compactMap { entry in
            guard let name = entry["name"]?.scalar?.text else { return nil }
            return .init(key: name, position: entry.position, value: entry)
        }
    }
}

/// Every scalar below a node, under its dotted name.
enum Leaves {
    static func each(
        _ node: ManifestNode, name: String, at position: SourcePosition? = nil,
        _ body: (String, ManifestNode, SourcePosition) -> Void
    ) {
        switch node.content {
        case .scalar: body(name, node, position ?? node.position)
        case .map(let members):
            for member in members { each(member.value, name: "\(name).\(member.key)", at: member.position, body) }
        case .list(let list):
            for (index, element) in list.enumerated() { each(element, name: "\(name).\(index)", body) }
        }
    }
}
