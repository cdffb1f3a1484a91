import Evidence

/// A plan as `terraform show -json` prints it: every value is worked out, and what is known only after it is applied is
/// missing (JSON Output Format, values representation).
enum TerraformPlan {
    private static let depthLimit = 20

    static func read(_ root: ManifestNode, _ path: String) -> ManifestReading {
        var resources: [ManifestNode] = []
        collect(root["planned_values"]?["root_module"], into: &resources, depth: 0)
        let scope = TerraformScope(
            module: TerraformModule(folder: SourceTree.folder(of: path), bodies: []), inputs: [:], address: "",
            modules: [:], tree: SourceTree([:]), budget: ReadingBudget(2_000_000))
        var objects: [String: (value: BoundValue, position: SourcePosition)] = [:]
        var found: [(String, String, TerraformBlocks.Found)] = []
        for resource in resources {
            guard resource["mode"]?.scalar?.text != "data", let type = resource["type"]?.scalar?.text,
                let values = resource["values"]
            else { continue }
            let label = resource["name"]?.scalar?.text ?? type
            let block = TerraformBlocks.Found(
                body: body(values, depth: 0), scope: scope, position: resource["address"]?.position ?? resource.position
            )
            for (address, member) in TerraformKubernetes.objects(type, block) {
                if let value = member.value.bound { objects[address] = (value, member.position) }
            }
            found.append((type, label, block))
        }
        var workloads = TerraformWorkloads(objects: objects)
        for (type, label, block) in found { workloads.take(type, label, block) }
        var reading = ManifestReading()
        guard !workloads.workloads.isEmpty else { return reading }
        let settled = AmazonAccounts.settled(workloads.workloads)
        let told = ["environment", "env", "stage"].lazy.compactMap { root["variables"]?[$0]?["value"]?.scalar?.text }
            .compactMap { StackEnvironment.named(by: $0, evidence: "a variable of the plan") }.first
        reading.stacks.append(
            Stack(
                .terraform, name: path, environment: told ?? ManifestEnvironment.find(path, workloads: settled),
                files: [path], workloads: settled))
        return reading
    }

    private static func collect(_ module: ManifestNode?, into resources: inout [ManifestNode], depth: Int) {
        guard let module, depth < depthLimit else { return }
        resources += module["resources"]?.list ?? []
        for child in module["child_modules"]?.list ?? [] { collect(child, into: &resources, depth: depth + 1) }
    }

    /// As the configuration would have it: a list of mappings is blocks.
    private static func body(_ node: ManifestNode, depth: Int) -> HCLBody {
        var body = HCLBody()
        guard depth < depthLimit else { return body }
        for member in node.map ?? [] {
            body.attributes.append(
                HCLAttribute(name: member.key, position: member.position, value: expression(member.value)))
            for entry in member.value.list ?? [] where entry.map != nil {
                body.blocks.append(
                    HCLBlock(
                        type: member.key, labels: [], position: entry.position, body: self.body(entry, depth: depth + 1)
                    ))
            }
        }
        return body
    }

    private static func expression(_ node: ManifestNode) -> HCLExpression {
        let kind: HCLExpression.Kind
        switch node.content {
        case .scalar(let scalar): kind = node.isNull ? .null : .text(scalar.text)
        case .list(let list): kind = .list(list.map(expression))
        case .map(let members):
            kind = .object(
                members.map {
                    .init(
                        key: HCLExpression(kind: .text($0.key), position: $0.position), value: expression($0.value))
                })
        }
        return HCLExpression(kind: kind, position: node.position)
    }

    /// A node of JSON as a value.
    static func value(_ node: ManifestNode) -> TerraformValue {
        switch node.content {
        case .scalar(let scalar): node.isNull ? .null : .bound(.literal(scalar.text), node.position)
        case .list(let list): .list(list.map(value))
        case .map(let members):
            .object(members.map { .init(key: $0.key, value: value($0.value), position: $0.position) })
        }
    }
}
