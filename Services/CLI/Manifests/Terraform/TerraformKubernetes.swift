import Evidence

/// The Kubernetes provider's resources.
struct TerraformKubernetes {
    let namespace: String?
    let objects: [String: (value: BoundValue, position: SourcePosition)]

    /// Where the containers of a kind stand; nil for a resource that runs none.
    static func containers(_ type: String) -> [String]? {
        guard type.hasPrefix("kubernetes_") else { return nil }
        let kind = type.dropFirst(11)
        switch kind.hasSuffix("_v1") ? kind.dropLast(3) : kind {
        case "deployment", "stateful_set", "daemonset", "daemon_set", "job", "replication_controller":
            return ["spec", "template", "spec", "container"]
        case "cron_job": return ["spec", "job_template", "spec", "template", "spec", "container"]
        case "pod": return ["spec", "container"]
        default: return nil
        }
    }

    func take(_ container: TerraformBlocks.Found, into workload: inout Workload, _ blocks: inout TerraformBlocks) {
        for source in blocks.blocks("env_from", in: container) {
            let places = blocks.blocks("secret_ref", in: source) + blocks.blocks("config_map_ref", in: source)
            guard let name = places.first?.text("name") else { continue }
            let start = path(name) + "#"
            let keys = objects.keys.filter { $0.hasPrefix(start) }.sorted()
            if keys.isEmpty { workload.gaps.append(Gap("\(name) is not in these files", at: source.position)) }
            let prefix = source.text("prefix") ?? ""
            for key in keys {
                guard let object = objects[key] else { continue }
                workload.assign(
                    Assignment(
                        prefix + key.dropFirst(start.count), object.value, at: source.position, origin: .file,
                        valueAt: object.position))
            }
        }
        for variable in blocks.blocks("env", in: container) {
            guard let name = variable.bound("name")?.literal else {
                workload.gaps.append(Gap("a variable's name is not known here", at: variable.position))
                continue
            }
            let places =
                blocks.find(["value_from", "secret_key_ref"], in: variable)
                + blocks.find(["value_from", "config_map_key_ref"], in: variable)
            guard let place = places.first, let object = place.text("name"), let key = place.text("key") else {
                let isOther = !blocks.blocks("value_from", in: variable).isEmpty
                workload.assign(
                    Assignment(
                        name, variable.bound("value") ?? (isOther ? .opaque("a field of the pod") : .empty),
                        at: variable.position("name")))
                continue
            }
            let address = "\(path(object))#\(key)"
            workload.assign(
                Assignment(
                    name, objects[address]?.value ?? .reference(SecretReference(.kubernetes, address)),
                    at: variable.position("name"), valueAt: objects[address]?.position))
        }
    }

    private func path(_ name: String) -> String { (namespace.map { $0 + "/" } ?? "") + name }

    /// Keys and values of Secrets and ConfigMaps.
    static func objects(_ type: String, _ resource: TerraformBlocks.Found) -> [(String, TerraformValue.Member)] {
        guard
            ["kubernetes_secret", "kubernetes_secret_v1", "kubernetes_config_map", "kubernetes_config_map_v1"].contains(
                type)
        else { return [] }
        var blocks = TerraformBlocks()
        guard let metadata = blocks.blocks("metadata", in: resource).first, let name = metadata.text("name") else {
            return []
        }
        let path = (metadata.text("namespace").map { $0 + "/" } ?? "") + name
        return ["data", "string_data"].flatMap { attribute -> [(String, TerraformValue.Member)] in
            guard case .object(let members) = resource.value(attribute) else { return [] }
            return members.map { ("\(path)#\($0.key)", $0) }
        }
    }
}
