import Evidence

/// Which folders of manifests belong together although they stand apart (`services/portal/k8s`, `services/api/k8s`): those
/// of which one names a host that runs in the other. Mere neighbourhood shows nothing, as a repository may hold many
/// products.
struct RelatedFolders {
    private var names: [Set<String>] = []
    private var hosts: [Set<String>] = []
    private var parts: [String] = []

    /// - Parameter part: folders of different environments are never one.
    mutating func add(_ objects: [KubernetesObject], part: String) {
        var names: Set<String> = []
        var hosts: Set<String> = []
        for object in objects {
            if object.kind == "Service" || PodReading.runsPods(object) { names.insert(object.name) }
            if object.kind == "ConfigMap" || PodReading.runsPods(object) { Self.collect(object.node, into: &hosts) }
        }
        self.names.append(names)
        self.hosts.append(hosts)
        parts.append(part)
    }

    /// Indices of what was added, in groups; each group and the whole in their order.
    func groups() -> [[Int]] {
        var leader = Array(names.indices)
        var placed: [Set<String>] = names
        for one in names.indices {
            for other in names.indices.dropFirst(one + 1) where parts[one] == parts[other] {
                let (a, b) = (leader[one], leader[other])
                guard a != b, placed[a].isDisjoint(with: placed[b]),
                    !hosts[one].isDisjoint(with: names[other]) || !hosts[other].isDisjoint(with: names[one])
                else { continue }
                placed[a].formUnion(placed[b])
                for index in leader.indices where leader[index] == b { leader[index] = a }
            }
        }
        return names.indices.filter { leader[$0] == $0 }.map { first in
            names.indices.filter { leader[$0] == first }
        }
    }

    /// Hosts in addresses; a word that is no address may be anything.
    private static func collect(_ node: ManifestNode, into hosts: inout Set<String>) {
        switch node.content {
        case .list(let list): for element in list { collect(element, into: &hosts) }
        case .map(let members): for member in members { collect(member.value, into: &hosts) }
        case .scalar(let scalar):
            guard scalar.text.utf8.contains(UInt8(ascii: ":")), scalar.text.contains("://") else { return }
            hosts.formUnion(HostNames.labels(in: scalar.text))
        }
    }
}
