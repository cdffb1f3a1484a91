/// Kubernetes' strategic merge patch: mappings merge, lists of named things merge by their names, other lists are replaced
/// (kubectl's `patchMergeKey` of the core types).
enum StrategicMerge {
    /// By which member the elements of a list are known.
    private static let keys: [String: String] = [
        "containers": "name", "initContainers": "name", "ephemeralContainers": "name", "env": "name", "volumes": "name",
        "volumeMounts": "mountPath", "volumeDevices": "devicePath", "imagePullSecrets": "name",
        "ports": "containerPort",
        "hostAliases": "ip",
    ]

    static func merge(_ patch: ManifestNode, into base: ManifestNode) -> ManifestNode {
        guard let changes = patch.map, let members = base.map, patch.spelled("$patch") != "replace" else {
            return patch.withoutDirectives
        }
        var merged = members
        for change in changes where !change.key.hasPrefix("$") {
            if change.value.isNull {
                merged.removeAll { $0.key == change.key }
            } else if let index = merged.firstIndex(where: { $0.key == change.key }) {
                let value = merge(change.value, into: merged[index].value, as: change.key)
                // What the patch writes is where a reader looks for it.
                let position =
                    change.value.map == nil && change.value.list == nil ? change.position : merged[index].position
                merged[index] = .init(key: change.key, position: position, value: value)
            } else {
                merged.append(.init(key: change.key, position: change.position, value: change.value.withoutDirectives))
            }
        }
        if changes.contains(where: { $0.key == "$patch" && $0.value.scalar?.text == "delete" }) {
            return base.replacing(.map([]))
        }
        return exclusive(base.replacing(.map(merged)), changed: changes)
    }

    private static func merge(_ patch: ManifestNode, into base: ManifestNode, as name: String) -> ManifestNode {
        guard let changes = patch.list, let elements = base.list, let key = keys[name] else {
            return patch.map == nil ? patch : merge(patch, into: base)
        }
        var merged = elements
        for change in changes {
            // `- $patch: replace` among the elements: the list is what stands beside it.
            if change.spelled("$patch") == "replace", change[key] == nil {
                return patch.replacing(.list(changes.filter { $0[key] != nil }))
            }
            guard let id = change.spelled(key) else { continue }
            let index = merged.firstIndex { $0.spelled(key) == id }
            if change.spelled("$patch") == "delete" {
                if let index { merged.remove(at: index) }
            } else if let index {
                var element = merge(change, into: merged[index])
                if name == "env" { element = ManifestNode(element.content, at: change.position, tag: element.tag) }
                merged[index] = element
            } else {
                merged.append(change.withoutDirectives)
            }
        }
        return base.replacing(.list(merged))
    }

    /// `value` and `valueFrom` exclude each other: the patch's one counts.
    private static func exclusive(_ node: ManifestNode, changed: [ManifestNode.Member]) -> ManifestNode {
        guard let members = node.map, node["value"] != nil, node["valueFrom"] != nil, node["name"] != nil else {
            return node
        }
        guard let kept = changed.last(where: { $0.key == "value" || $0.key == "valueFrom" })?.key else { return node }
        let other = kept == "value" ? "valueFrom" : "value"
        return node.replacing(.map(members.filter { $0.key != other }))
    }
}

extension ManifestNode {
    /// Without `$patch` and its like, and without members that a patch takes away.
    fileprivate var withoutDirectives: ManifestNode {
        switch content {
        case .scalar: self
        case .list(let list): replacing(.list(list.map(\.withoutDirectives)))
        case .map(let members):
            replacing(
                .map(
                    members.filter { !$0.key.hasPrefix("$") && !$0.value.isNull }.map {
                        Member(key: $0.key, position: $0.position, value: $0.value.withoutDirectives)
                    }))
        }
    }
}
