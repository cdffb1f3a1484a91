import Evidence

/// `fly.toml` of Fly.io, also one for each environment (`fly.staging.toml`). What `fly secrets set` keeps is not in it.
struct FlyFormat: HostingFormat {
    var platform: String { "Fly.io" }

    func claims(_ path: String, text: () -> String?) -> Bool {
        let name = SourceTree.name(of: path)
        return name.hasPrefix("fly.") && name.hasSuffix(".toml")
            || (name.hasSuffix(".fly.toml")) || (name.hasPrefix("fly-") && name.hasSuffix(".toml"))
    }

    func read(_ path: String, in tree: SourceTree) throws -> HostingFile {
        var file = HostingFile()
        guard let root = try root(path, in: tree) else { return file }
        let app = root["app"]?.scalar?.text
        var workload = Workload(
            HostingFile.name(app, path, platform: "fly"), at: root["app"]?.position ?? root.position)
        HostingFile.take(root["env"]?.map ?? [], into: &workload) { .literal($0) }
        workload.gaps.append(Gap("secrets that `fly secrets set` keeps are not in the file", at: workload.position))
        let folder = SourceTree.folder(of: path)
        workload.sourceDirectory = folder
        workload.image = root["build"]?["image"]?.scalar?.text
        workload.dockerfile = root["build"]?["dockerfile"]?.scalar.flatMap { SourceTree.resolve($0.text, in: folder) }
        for member in root["build"]?["args"]?.map ?? [] {
            guard let text = member.value.scalar?.text else { continue }
            file.loose.append(LooseBinding(member.key, .literal(text), in: .buildArgument, at: member.position))
        }
        for entry in root["files"]?.list ?? [] {
            guard let target = entry["guest_path"]?.scalar?.text, let name = entry["secret_name"]?.scalar?.text else {
                continue
            }
            workload.mounts.append(
                SecretMount(
                    target, .reference(SecretReference(.platform, name, scope: app ?? "fly")), at: entry.position))
        }
        file.add(workload, in: ManifestEnvironment.find(path, workloads: [workload], label: app))
        return file
    }
}
