import Evidence

/// `vercel.json` and `now.json`.
struct VercelFormat: HostingFormat {
    var platform: String { "Vercel" }

    func claims(_ path: String, text: () -> String?) -> Bool {
        ["vercel.json", "now.json"].contains(SourceTree.name(of: path))
    }

    func read(_ path: String, in tree: SourceTree) throws -> HostingFile {
        var file = HostingFile()
        guard let root = try root(path, in: tree) else { return file }
        var workload = Workload(
            HostingFile.name(root["name"]?.scalar?.text, path, platform: "vercel"), at: root.position)
        HostingFile.take(root["env"]?.map ?? [], into: &workload, Self.value)
        workload.gaps.append(Gap("variables of the project at Vercel are not in the file", at: root.position))
        workload.sourceDirectory = SourceTree.folder(of: path)
        for member in root["build"]?["env"]?.map ?? [] {
            guard let text = member.value.scalar?.text else { continue }
            file.loose.append(LooseBinding(member.key, Self.value(text), in: .buildArgument, at: member.position))
        }
        file.add(workload, in: ManifestEnvironment.find(path, workloads: [workload]))
        return file
    }

    /// `@name` is a secret of the account.
    private static func value(_ text: String) -> BoundValue {
        text.hasPrefix("@") && text.count > 1
            ? .reference(SecretReference(.platform, String(text.dropFirst()), scope: "vercel")) : .literal(text)
    }
}

/// `netlify.toml`: each context of a deploy is an environment of its own.
struct NetlifyFormat: HostingFormat {
    var platform: String { "Netlify" }

    func claims(_ path: String, text: () -> String?) -> Bool { SourceTree.name(of: path) == "netlify.toml" }

    func read(_ path: String, in tree: SourceTree) throws -> HostingFile {
        var file = HostingFile()
        guard let root = try root(path, in: tree) else { return file }
        let shared = root["build"]?["environment"]?.map ?? []
        let contexts = (root["context"]?.map ?? []).filter { $0.value["environment"] != nil }
        for context in contexts.isEmpty ? [nil] : contexts.map(Optional.some) {
            var workload = Workload(HostingFile.name(nil, path, platform: "netlify"), at: root.position)
            HostingFile.take(shared, into: &workload) { .literal($0) }
            HostingFile.take(context?.value["environment"]?.map ?? [], into: &workload) { .literal($0) }
            workload.gaps.append(Gap("variables of the site at Netlify are not in the file", at: root.position))
            workload.sourceDirectory = SourceTree.folder(of: path)
            file.add(
                workload,
                in: context.flatMap {
                    StackEnvironment.named(by: $0.key, evidence: "the context \($0.key) in \(path)")
                } ?? ManifestEnvironment.find(path, workloads: [workload]))
        }
        return file
    }
}

/// `app.json` of Heroku, also with `environments`.
struct HerokuFormat: HostingFormat {
    var platform: String { "Heroku" }

    func claims(_ path: String, text: () -> String?) -> Bool {
        guard SourceTree.name(of: path) == "app.json", let text = text() else { return false }
        // Expo's file has the same name.
        return !TextSearch.contains(text, "\"expo\"")
            && TextSearch.contains(text, "\"env\"", "\"buildpacks\"", "\"formation\"")
    }

    func read(_ path: String, in tree: SourceTree) throws -> HostingFile {
        var file = HostingFile()
        guard let root = try root(path, in: tree) else { return file }
        let name = HostingFile.name(root["name"]?.scalar?.text, path, platform: "heroku")
        file.add(workload(name, [root], path), in: ManifestEnvironment.find(path, workloads: []))
        for environment in root["environments"]?.map ?? [] {
            file.add(
                workload(name, [root, environment.value], path),
                in: StackEnvironment.named(
                    by: environment.key == "review" ? "preview" : environment.key,
                    evidence: "the environment \(environment.key) in \(path)"))
        }
        return file
    }

    private func workload(_ name: String, _ sources: [ManifestNode], _ path: String) -> Workload {
        var workload = Workload(name, at: sources[0]["name"]?.position ?? sources[0].position)
        workload.sourceDirectory = SourceTree.folder(of: path)
        for member in sources.flatMap({ $0["env"]?.map ?? [] }) {
            let value: BoundValue
            if let text = member.value.scalar?.text ?? member.value["value"]?.scalar?.text {
                value = .literal(text)
            } else if member.value["generator"]?.scalar?.text == "secret" {
                value = .reference(SecretReference(.platform, member.key, scope: name))
            } else {
                value = .opaque("a value of \(member.key) that is typed in at Heroku")
            }
            workload.assign(Assignment(member.key, value, at: member.position))
        }
        workload.gaps.append(Gap("variables that `heroku config:set` keeps are not in the file", at: workload.position))
        return workload
    }
}

/// `railway.json` and `railway.toml`, which hold no variables: they are kept at Railway.
struct RailwayFormat: HostingFormat {
    var platform: String { "Railway" }

    func claims(_ path: String, text: () -> String?) -> Bool {
        ["railway.json", "railway.toml"].contains(SourceTree.name(of: path))
    }

    func read(_ path: String, in tree: SourceTree) throws -> HostingFile {
        var file = HostingFile()
        guard let root = try root(path, in: tree) else { return file }
        var workload = Workload(HostingFile.name(nil, path, platform: "railway"), at: root.position)
        let folder = SourceTree.folder(of: path)
        workload.sourceDirectory = folder
        workload.dockerfile = root["build"]?["dockerfilePath"]?.scalar.flatMap {
            SourceTree.resolve($0.text, in: folder)
        }
        if let text = root["deploy"]?["startCommand"]?.scalar?.text {
            workload.command = ShellWords.split(text) ?? [text]
        }
        workload.gaps.append(Gap("variables are kept at Railway", at: root.position))
        file.add(workload, in: ManifestEnvironment.find(path, workloads: []))
        return file
    }
}
