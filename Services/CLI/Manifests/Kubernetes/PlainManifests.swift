import Evidence

/// Manifests that are applied as they stand, grouped by what is likely to be applied together.
struct PlainManifests {
    private struct Group: Hashable {
        let root: String
        /// The part of the path that names an environment; empty where none does.
        let part: String
    }

    private var objects: [(folder: String, group: Group, environment: StackEnvironment?, object: KubernetesObject)] = []

    /// Folders that hold manifests of one cluster, in subfolders by service.
    private static let roots: Set<String> = [
        "k8s", "kubernetes", "kube", "manifests", "kubernetes-manifests", "k8s-manifests", "deploy", "deployment",
        "deployments", "cluster", "clusters", "gitops",
    ]

    mutating func add(_ found: [KubernetesObject], from path: String) {
        let folder = SourceTree.folder(of: path)
        let parts = path.split(separator: "/").map(String.init)
        let start = parts.dropLast().firstIndex { Self.roots.contains($0.lowercased()) }
        var root = start.map { Array(parts[...$0]) } ?? Array(parts.dropLast())
        var environment: StackEnvironment?
        var named = ""
        for (index, part) in parts.enumerated() {
            guard
                let found = StackEnvironment.named(
                    by: part, evidence: "the name of \(parts[...index].joined(separator: "/"))")
            else { continue }
            environment = found
            named = found.label
            if start == nil, index < root.count { root = Array(parts[..<index]) }
        }
        let group = Group(root: root.joined(separator: "/"), part: named)
        for object in found { objects.append((folder, group, environment, object)) }
    }

    func stacks() -> [Stack] {
        var order: [Group] = []
        var groups: [Group: [Int]] = [:]
        for (index, entry) in objects.enumerated() {
            if groups[entry.group] == nil { order.append(entry.group) }
            groups[entry.group, default: []].append(index)
        }
        var related = RelatedFolders()
        for group in order { related.add((groups[group] ?? []).map { objects[$0].object }, part: group.part) }
        let filled = Set(order.filter { fillsIn($0, groups) })
        let templates = Set(filled.map { Group(root: $0.root, part: "") })
        return related.groups().flatMap { indices -> [Stack] in
            let joined = indices.map { order[$0] }.filter { !templates.contains($0) }
            let sources = joined.flatMap { filled.contains($0) ? [Group(root: $0.root, part: ""), $0] : [$0] }
            let members = sources.flatMap { groups[$0] ?? [] }.map { objects[$0] }
            // What stands beside the environments' folders is for each of them.
            let shared = joined.filter { !$0.part.isEmpty }.flatMap { groups[Group(root: $0.root, part: "")] ?? [] }
            let folders = hasTwins(members.map(\.object)) ? Dictionary(grouping: members, by: \.folder) : ["": members]
            return folders.sorted { $0.key < $1.key }.flatMap { folder, members in
                KubernetesStack(
                    name: folder.isEmpty ? name(joined) : folder, environment: members.last?.environment,
                    objects: members.map(\.object), shared: shared.map { objects[$0].object }
                ).stacks()
            }
        }
    }

    /// Whether an environment brings settings alone (`secret-staging.yaml`) to services that stand beside it: then they
    /// run once with each environment's, and not by themselves.
    private func fillsIn(_ group: Group, _ groups: [Group: [Int]]) -> Bool {
        guard !group.part.isEmpty else { return false }
        let own = (groups[group] ?? []).map { objects[$0].object }
        let beside = (groups[Group(root: group.root, part: "")] ?? []).map { objects[$0].object }
        let kinds: Set<String> = ["Secret", "ConfigMap", "ExternalSecret", "SealedSecret"]
        return !own.contains(where: PodReading.runsPods) && own.contains { kinds.contains($0.kind) }
            && beside.contains(where: PodReading.runsPods)
    }

    private func name(_ groups: [Group]) -> String {
        let roots = groups.map { $0.root.isEmpty ? "." : $0.root }.joined(separator: " + ")
        let part = groups.first?.part ?? ""
        return part.isEmpty ? roots : "\(roots): \(part)"
    }

    /// Two objects of one name in one namespace are never applied together: the folders are apart.
    private func hasTwins(_ objects: [KubernetesObject]) -> Bool {
        var seen: Set<String> = []
        return objects.contains { object in
            PodReading.runsPods(object)
                && !seen.insert("\(object.kind)/\(object.namespace ?? "")/\(object.name)").inserted
        }
    }
}
