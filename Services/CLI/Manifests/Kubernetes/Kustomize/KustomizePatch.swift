import Evidence

/// Which objects a patch is for.
struct KustomizeTarget: Sendable {
    private let kind: String?
    private let name: String?
    private let namespace: String?
    private let group: String?
    private let labels: [(String, String)]

    init(_ node: ManifestNode) {
        kind = node.spelled("kind")
        name = node.spelled("name")
        namespace = node.spelled("namespace")
        group = node.spelled("group")
        labels = (node.spelled("labelSelector") ?? "").split(separator: ",").compactMap { pair in
            let parts = pair.split(separator: "=")
            guard parts.count == 2 else { return nil }
            return (String(parts[0]), String(parts[1]))
        }
    }

    func matches(_ object: KubernetesObject) -> Bool {
        if let kind, !Self.matches(kind, object.kind) { return false }
        if let group, group != object.group { return false }
        if let namespace, !Self.matches(namespace, object.namespace ?? "default") { return false }
        if let name, !([object.name] + object.formerNames).contains(where: { Self.matches(name, $0) }) { return false }
        return labels.allSatisfy { object.node.spelled("metadata", "labels", $0.0) == $0.1 }
    }

    /// kustomize anchors each pattern at both ends.
    private static func matches(_ pattern: String, _ text: String) -> Bool {
        if pattern == text { return true }
        guard pattern.contains(where: { !($0.isLetter || $0.isNumber || $0 == "-") }), pattern.utf8.count < 256,
            let expression = try? Regex("(?:\(pattern))")
        else { return false }
        return (try? expression.wholeMatch(in: text)) != nil
    }
}

/// A change that a kustomization makes to objects.
struct KustomizePatch: Sendable {
    private enum Change: Sendable {
        case merge(ManifestNode)
        case operations([JSONPatch])
    }

    private let change: Change
    private let target: KustomizeTarget?

    /// A mapping is a strategic merge, a list a JSON patch (RFC 6902); nil for what is neither.
    init?(_ node: ManifestNode, target: KustomizeTarget?) {
        if node.map != nil {
            change = .merge(node)
        } else if let list = node.list {
            change = .operations(list.compactMap { JSONPatch($0) })
        } else {
            return nil
        }
        self.target = target
    }

    /// A patch written in the kustomization itself, as a text or as nodes.
    static func nested(_ node: ManifestNode, target: KustomizeTarget?) -> [KustomizePatch] {
        guard node.scalar != nil else { return [KustomizePatch(node, target: target)].compactMap { $0 } }
        return NestedText.documents(node).compactMap { KustomizePatch($0, target: target) }
    }

    func apply(to objects: inout [KubernetesObject], unread: inout [UnreadFile]) {
        switch change {
        case .merge(let patch):
            let named = KubernetesObject(patch)
            for index in objects.indices.reversed() where isFor(objects[index], named) {
                if patch.spelled("$patch") == "delete" {
                    objects.remove(at: index)
                } else {
                    let base = objects[index].node
                    // A patch that a target selects may call itself anything.
                    let merged = StrategicMerge.merge(patch, into: base)
                    objects[index].node =
                        base["metadata"].map { metadata in
                            merged.setting("metadata", to: merged["metadata"] ?? metadata)
                        } ?? merged
                }
            }
        case .operations(let operations):
            guard let target else { return }
            for index in objects.indices where target.matches(objects[index]) {
                for operation in operations { objects[index].node = operation.applied(to: objects[index].node) }
            }
        }
    }

    private func isFor(_ object: KubernetesObject, _ patch: KubernetesObject?) -> Bool {
        if let target { return target.matches(object) }
        guard let patch, patch.kind == object.kind, patch.group == object.group else { return false }
        if let namespace = patch.namespace, let own = object.namespace, namespace != own { return false }
        return object.name == patch.name || object.formerNames.contains(patch.name)
    }
}

extension NestedText {
    /// Every document of a text in a scalar, with the lines of the file it stands in.
    static func documents(_ node: ManifestNode) -> [ManifestNode] {
        guard let text = node.scalar?.text,
            let documents = try? YAMLDocument.documents(text, file: node.position.file)
        else { return [] }
        let lines = text.contains("\n") ? node.position.line : node.position.line - 1
        return documents.map { $0.shifted(by: lines) }
    }
}
