import Evidence

/// One Cloud Run service or job, to workloads: one for each container.
struct CloudRunService {
    private let object: KubernetesObject
    private let spec: ManifestNode
    /// `run.googleapis.com/secrets: alias:projects/P/secrets/N,…`: names that stand for secrets of other projects.
    private let aliases: [String: String]
    /// Knative on a cluster of one's own takes the cluster's Secrets; Cloud Run takes Secret Manager's.
    private let isGoogle: Bool

    init?(_ object: KubernetesObject) {
        let spec: ManifestNode?
        switch (object.group, object.kind) {
        case ("serving.knative.dev", "Service"), ("serving.knative.dev", "Configuration"),
            ("run.googleapis.com", "WorkerPool"):
            spec = object.node.descend("spec", "template", "spec")
        case ("run.googleapis.com", "Job"):
            spec = object.node.descend("spec", "template", "spec", "template", "spec")
        default: return nil
        }
        guard let spec else { return nil }
        self.object = object
        self.spec = spec
        var aliases: [String: String] = [:]
        for metadata in Self.metadata(of: object) {
            let text = metadata?.spelled("annotations", "run.googleapis.com/secrets") ?? ""
            for pair in text.split(separator: ",") {
                guard let colon = pair.firstIndex(of: ":") else { continue }
                let alias = pair[..<colon].trimmingPrefix(while: \.isWhitespace)
                aliases[String(alias)] = String(pair[pair.index(after: colon)...])
            }
        }
        self.aliases = aliases
        isGoogle = object.group == "run.googleapis.com" || Self.hasGoogleMark(object) || Self.namesVersions(spec)
    }

    private static func metadata(of object: KubernetesObject) -> [ManifestNode?] {
        [
            object.node["metadata"], object.node.descend("spec", "template", "metadata"),
            object.node.descend("spec", "template", "spec", "template", "metadata"),
        ]
    }

    private static func hasGoogleMark(_ object: KubernetesObject) -> Bool {
        metadata(of: object).contains { metadata in
            ["annotations", "labels"].contains { group in
                (metadata?[group]?.map ?? []).contains {
                    $0.key.hasPrefix("run.googleapis.com/") || $0.key.hasPrefix("cloud.googleapis.com/")
                }
            }
        }
    }

    /// A key that is a version's number or `latest` is Cloud Run's way.
    private static func namesVersions(_ spec: ManifestNode) -> Bool {
        let references = (spec["containers"]?.list ?? []).flatMap { $0["env"]?.list ?? [] }
            .compactMap { $0.spelled("valueFrom", "secretKeyRef", "key") }
        return references.allSatisfy { $0 == "latest" || Int($0) != nil }
    }

    private var containers: [ManifestNode] { spec["containers"]?.list ?? [] }

    private var names: [String] {
        let containers = containers
        return containers.enumerated().map { index, node in
            containers.count == 1 ? object.name : "\(object.name)/\(node.spelled("name") ?? String(index))"
        }
    }

    func workloads() -> [Workload] {
        let names = names
        return zip(containers, names).map { node, name in
            var workload = Workload(name, at: node.position)
            for entry in node["env"]?.list ?? [] {
                guard let variable = entry.spelled("name") else { continue }
                if let index = workload.assignments.firstIndex(where: { $0.name == variable }) {
                    workload.overridden.append(workload.assignments.remove(at: index))
                }
                workload.assignments.append(Assignment(variable, value(of: entry), at: entry.position))
            }
            for entry in node["envFrom"]?.list ?? [] {
                workload.gaps.append(Gap("envFrom takes names from an object of the cluster", at: entry.position))
            }
            workload.image = node.spelled("image")
            workload.command = ["command", "args"].flatMap { key in
                node[key]?.list?.compactMap { $0.scalar?.text } ?? []
            }
            workload.mounts = mounts(of: node)
            workload.neighbours = names.filter { $0 != name }
            return workload
        }
    }

    private func value(of entry: ManifestNode) -> BoundValue {
        guard let source = entry["valueFrom"], !source.isNull else { return entry["value"]?.bound ?? .empty }
        if let reference = source["secretKeyRef"] {
            guard let name = reference.spelled("name") else { return .opaque("a secretKeyRef without name") }
            return .reference(place(name, key: reference.spelled("key")))
        }
        if let reference = source["configMapKeyRef"], let name = reference.spelled("name") {
            let key = reference.spelled("key") ?? ""
            return .reference(SecretReference(.kubernetes, "\(ConfigObject.place(object.namespace, name))#\(key)"))
        }
        return .opaque(source.map?.first?.key ?? "valueFrom")
    }

    private func place(_ name: String, key: String?) -> SecretReference {
        guard isGoogle else {
            return SecretReference(
                .kubernetes, "\(ConfigObject.place(object.namespace, name))#\(key ?? "")")
        }
        let place = GoogleSecretPlace.reference(aliases[name] ?? name, version: key)
        // The namespace is the service's own project: an alias into it is the secret that a plain name means.
        guard let own = object.namespace, place.name.hasPrefix(own + "/") else { return place }
        return GoogleSecretPlace.reference(String(place.name.dropFirst(own.count + 1)), version: place.version)
    }

    private func mounts(of container: ManifestNode) -> [SecretMount] {
        var mounts: [SecretMount] = []
        for mount in container["volumeMounts"]?.list ?? [] {
            guard let name = mount.spelled("name"), var path = mount.spelled("mountPath"),
                let secret = spec["volumes"]?.list?.first(where: { $0.spelled("name") == name })?["secret"],
                let secretName = secret.spelled("secretName")
            else { continue }
            while path.count > 1, path.hasSuffix("/") { path.removeLast() }
            let items = secret["items"]?.list ?? []
            for item in items {
                guard let key = item.spelled("key"), let file = item.spelled("path") else { continue }
                mounts.append(
                    SecretMount("\(path)/\(file)", .reference(place(secretName, key: key)), at: mount.position))
            }
            // Without items the newest version stands in a file of the secret's name.
            if items.isEmpty {
                mounts.append(
                    SecretMount(
                        "\(path)/\(secretName)", .reference(place(secretName, key: "latest")), at: mount.position))
            }
        }
        return mounts
    }
}
