import Evidence

/// `render.yaml`, a Blueprint of Render: services, groups of variables, generated values.
struct RenderFormat: HostingFormat {
    var platform: String { "Render" }

    func claims(_ path: String, text: () -> String?) -> Bool {
        let name = SourceTree.name(of: path)
        return name.hasPrefix("render.") && (name.hasSuffix(".yaml") || name.hasSuffix(".yml"))
    }

    func read(_ path: String, in tree: SourceTree) throws -> HostingFile {
        var file = HostingFile()
        guard let root = try root(path, in: tree) else { return file }
        let workloads = RenderBlueprint(root).workloads
        file.parts.append(
            .init(environment: ManifestEnvironment.find(path, workloads: workloads), workloads: workloads))
        for project in root["projects"]?.list ?? [] {
            for environment in project["environments"]?.list ?? [] {
                let own = RenderBlueprint(environment, groups: root["envVarGroups"]).workloads
                let name = environment["name"]?.scalar?.text
                file.parts.append(
                    .init(
                        environment: ManifestEnvironment.find(path, workloads: own, label: name), workloads: own))
            }
        }
        return file
    }
}

struct RenderBlueprint {
    private let services: [ManifestNode]
    private let groups: [String: ManifestNode]

    init(_ root: ManifestNode, groups shared: ManifestNode? = nil) {
        services = root["services"]?.list ?? []
        var groups: [String: ManifestNode] = [:]
        for group in (shared?.list ?? []) + (root["envVarGroups"]?.list ?? []) {
            if let name = group["name"]?.scalar?.text { groups[name] = group }
        }
        self.groups = groups
    }

    var workloads: [Workload] {
        services.map { service in
            let name = service["name"]?.scalar?.text ?? "service"
            var workload = Workload(name, at: service["name"]?.position ?? service.position)
            for entry in service["envVars"]?.list ?? [] {
                if let group = entry["fromGroup"]?.scalar?.text {
                    take(group: group, at: entry.position, into: &workload)
                } else if let key = entry["key"], let text = key.scalar?.text {
                    workload.assign(
                        Assignment(text, value(entry, key: text, scope: name, chain: []), at: key.position))
                }
            }
            workload.sourceDirectory = service["rootDir"]?.scalar.flatMap { SourceTree.normal($0.text) } ?? ""
            workload.dockerfile = service["dockerfilePath"]?.scalar.flatMap { SourceTree.normal($0.text) }
            workload.image = service["image"]?["url"]?.scalar?.text
            return workload
        }
    }

    private func take(group name: String, at position: SourcePosition, into workload: inout Workload) {
        guard let group = groups[name] else {
            workload.gaps.append(Gap("the group \(name) is not in this file", at: position))
            return
        }
        for entry in group["envVars"]?.list ?? [] {
            guard let key = entry["key"], let text = key.scalar?.text else { continue }
            let value = value(entry, key: text, scope: "group " + name, chain: [])
            // A service's own variable wins over its groups'.
            let assignment = Assignment(text, value, at: position, origin: .file, valueAt: key.position)
            if workload[text].map({ $0.origin == .manifest }) ?? false {
                workload.overridden.append(assignment)
            } else {
                workload.assign(assignment)
            }
        }
    }

    private func value(_ entry: ManifestNode, key: String, scope: String, chain: [String]) -> BoundValue {
        if let text = entry["value"]?.scalar?.text { return .literal(text) }
        if entry["generateValue"]?.scalar?.text == "true" {
            // Each service gets its own; a group's is shared by those who use it.
            return .reference(SecretReference(.platform, key, scope: scope))
        }
        if let other = entry["fromService"], let name = other["name"]?.scalar?.text {
            guard let wanted = other["envVarKey"]?.scalar?.text else {
                return .reference(
                    SecretReference(.platform, other["property"]?.scalar?.text ?? "property", scope: name))
            }
            let address = "\(name)/\(wanted)"
            let service = services.first { $0["name"]?.scalar?.text == name }
            let target = service?["envVars"]?.list?.first { $0["key"]?.scalar?.text == wanted }
            guard let target, !chain.contains(address) else {
                return .reference(SecretReference(.platform, wanted, scope: name))
            }
            return value(target, key: wanted, scope: name, chain: chain + [address])
        }
        if let database = entry["fromDatabase"]?["name"]?.scalar?.text {
            return .reference(
                SecretReference(
                    .platform, entry["fromDatabase"]?["property"]?.scalar?.text ?? "property", scope: database))
        }
        // `sync: false`: somebody types it in, perhaps the same for each service.
        return .opaque("a value of \(key) that is typed in at Render")
    }
}
