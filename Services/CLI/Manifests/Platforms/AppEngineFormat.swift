import Evidence

/// `app.yaml` of App Engine: `env_variables`, also from `includes`.
struct AppEngineFormat: HostingFormat {
    private static let includeLimit = 10

    var platform: String { "App Engine" }

    func claims(_ path: String, text: () -> String?) -> Bool {
        let name = SourceTree.name(of: path)
        guard name.hasSuffix(".yaml") || name.hasSuffix(".yml"),
            name.hasPrefix("app.") || name.hasPrefix("app-") || name.hasPrefix("app_")
        else { return false }
        guard let text = text() else { return name == "app.yaml" }
        return TextSearch.contains(text, "runtime:") && !TextSearch.contains(text, "apiVersion:")
    }

    func read(_ path: String, in tree: SourceTree) throws -> HostingFile {
        var file = HostingFile()
        guard let root = try root(path, in: tree) else { return file }
        let service = root["service"] ?? root["module"]
        var workload = Workload(service?.scalar?.text ?? "default", at: service?.position ?? root.position)
        var seen: Set<String> = [path]
        take(root, path, tree, into: &workload, &seen)
        workload.sourceDirectory = SourceTree.folder(of: path)
        if let text = root["entrypoint"]?.scalar?.text { workload.command = ShellWords.split(text) ?? [text] }
        file.add(workload, in: ManifestEnvironment.find(path, workloads: [workload], label: service?.scalar?.text))
        return file
    }

    /// What is included comes first, so that the file itself wins.
    private func take(
        _ root: ManifestNode, _ path: String, _ tree: SourceTree, into workload: inout Workload,
        _ seen: inout Set<String>
    ) {
        for include in root["includes"]?.list ?? [] {
            guard let name = include.scalar?.text,
                let target = SourceTree.resolve(name, in: SourceTree.folder(of: path)), seen.count < Self.includeLimit,
                seen.insert(target).inserted
            else { continue }
            guard let text = try? tree.text(target), let inner = try? ManifestNode.documents(text, file: target).first
            else {
                workload.gaps.append(Gap("\(name) is not in the tree or can't be read", at: include.position))
                continue
            }
            take(inner, target, tree, into: &workload, &seen)
        }
        HostingFile.take(root["env_variables"]?.map ?? [], into: &workload, TaskPlaceholder.value)
    }
}

/// `.do/app.yaml`, an app specification of DigitalOcean.
struct DigitalOceanFormat: HostingFormat {
    var platform: String { "DigitalOcean" }

    func claims(_ path: String, text: () -> String?) -> Bool {
        guard path.hasSuffix(".yaml") || path.hasSuffix(".yml") else { return false }
        return path.hasPrefix(".do/") || path.contains("/.do/")
    }

    func read(_ path: String, in tree: SourceTree) throws -> HostingFile {
        var file = HostingFile()
        guard let document = try root(path, in: tree) else { return file }
        let root = document["spec"] ?? document
        let app = root["name"]?.scalar?.text ?? "app"
        let workloads = ["services", "workers", "jobs", "functions"].flatMap { root[$0]?.list ?? [] }.map { service in
            var workload = Workload(
                service["name"]?.scalar?.text ?? app, at: service["name"]?.position ?? service.position)
            for (scope, list) in [(app, root["envs"]), (service["name"]?.scalar?.text ?? app, service["envs"])] {
                for entry in list?.list ?? [] {
                    guard let key = entry["key"], let name = key.scalar?.text else { continue }
                    let text = entry["value"]?.scalar?.text
                    // `EV[…]` is encrypted; a secret without a value is kept by the platform.
                    let isKept = text.map { $0.hasPrefix("EV[") } ?? true
                    workload.assign(
                        Assignment(
                            name,
                            isKept ? .opaque("a value of \(name) that \(scope) keeps") : .literal(text ?? ""),
                            at: key.position))
                }
            }
            workload.sourceDirectory = service["source_dir"]?.scalar.flatMap { SourceTree.normal($0.text) }
            workload.dockerfile = service["dockerfile_path"]?.scalar.flatMap { SourceTree.normal($0.text) }
            return workload
        }
        file.parts.append(
            .init(
                environment: ManifestEnvironment.find(path, workloads: workloads, label: app), workloads: workloads))
        return file
    }
}
