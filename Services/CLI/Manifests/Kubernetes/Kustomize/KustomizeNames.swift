import Evidence

/// `namespace`, `namePrefix` and `nameSuffix`, on objects and on what names them.
struct KustomizeNames {
    private let namespace: String?
    private let prefix: String
    private let suffix: String

    /// Kinds that live in no namespace.
    private static let clusterWide: Set<String> = [
        "Namespace", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "PersistentVolume",
        "StorageClass",
        "ClusterSecretStore", "ClusterExternalSecret", "PriorityClass", "IngressClass",
    ]
    /// Kinds that keep their names.
    private static let fixed: Set<String> = ["Namespace", "CustomResourceDefinition", "APIService"]

    init(_ node: ManifestNode) {
        namespace = node.spelled("namespace")
        prefix = node.spelled("namePrefix") ?? ""
        suffix = node.spelled("nameSuffix") ?? ""
    }

    func apply(to objects: inout [KubernetesObject]) {
        guard namespace != nil || !prefix.isEmpty || !suffix.isEmpty else { return }
        var renamed: [String: [String: String]] = [:]
        for index in objects.indices {
            let kind = objects[index].kind
            if let namespace, !Self.clusterWide.contains(kind) { objects[index].namespace = namespace }
            guard !prefix.isEmpty || !suffix.isEmpty, !Self.fixed.contains(kind) else { continue }
            let before = objects[index].name
            objects[index].formerNames.append(before)
            objects[index].name = prefix + before + suffix
            if kind == "Secret" || kind == "ConfigMap" { renamed[kind, default: [:]][before] = objects[index].name }
        }
        guard !renamed.isEmpty else { return }
        for index in objects.indices where PodReading.runsPods(objects[index]) {
            objects[index].node = Self.following(
                objects[index].node, secrets: renamed["Secret"] ?? [:], maps: renamed["ConfigMap"] ?? [:])
        }
    }

    /// References to Secrets and ConfigMaps that are built along follow their new names; others are the cluster's own.
    private static func following(
        _ node: ManifestNode, secrets: [String: String], maps: [String: String]
    ) -> ManifestNode {
        switch node.content {
        case .scalar: return node
        case .list(let list):
            return node.replacing(.list(list.map { following($0, secrets: secrets, maps: maps) }))
        case .map(let members):
            let followed = members.map { member -> ManifestNode.Member in
                var value = following(member.value, secrets: secrets, maps: maps)
                switch member.key {
                case "secretKeyRef", "secretRef": value = value.renaming("name", by: secrets)
                case "configMapKeyRef", "configMapRef", "configMap": value = value.renaming("name", by: maps)
                case "secret": value = value.renaming("secretName", by: secrets).renaming("name", by: secrets)
                default: break
                }
                return .init(key: member.key, position: member.position, value: value)
            }
            return node.replacing(.map(followed))
        }
    }
}

extension ManifestNode {
    /// The same node with other content.
    func replacing(_ content: Content) -> ManifestNode {
        var node = self
        node.content = content
        return node
    }

    /// With a member set, in its old place where it was there.
    func setting(_ key: String, to value: ManifestNode, at position: SourcePosition? = nil) -> ManifestNode {
        var members = map ?? []
        if let index = members.firstIndex(where: { $0.key == key }) {
            members[index] = .init(key: key, position: position ?? members[index].position, value: value)
        } else {
            members.append(.init(key: key, position: position ?? value.position, value: value))
        }
        return replacing(.map(members))
    }

    fileprivate func renaming(_ key: String, by names: [String: String]) -> ManifestNode {
        guard let node = self[key], let old = node.scalar?.text, let new = names[old] else { return self }
        return setting(key, to: node.replacing(.scalar(.init(new, isPlain: false))))
    }
}
