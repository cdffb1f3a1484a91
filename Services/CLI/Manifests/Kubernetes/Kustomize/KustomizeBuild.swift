import Evidence

/// What `kustomize build` makes of a folder, as far as it decides what a container is given: resources, then generators,
/// components, patches, namespace, names and replacements, in kustomize's own order.
struct KustomizeBuild {
    /// Bases of bases; a cycle ends before.
    private static let depthLimit = 32

    let tree: SourceTree
    let kustomizations: [String: Kustomization]
    let parsed: [String: [KubernetesObject]]
    private(set) var unread: [UnreadFile] = []
    private(set) var loose: [LooseBinding] = []
    /// Kustomizations and patches that took part.
    private(set) var files: [String] = []
    private var path: [String] = []

    init(tree: SourceTree, kustomizations: [String: Kustomization], parsed: [String: [KubernetesObject]]) {
        self.tree = tree
        self.kustomizations = kustomizations
        self.parsed = parsed
    }

    mutating func objects(of folder: String) -> [KubernetesObject] { objects(of: folder, upon: []) }

    private mutating func objects(of folder: String, upon before: [KubernetesObject]) -> [KubernetesObject] {
        guard let kustomization = kustomizations[folder] else { return before }
        guard !path.contains(folder), path.count < Self.depthLimit else {
            refuse(kustomization.node.position, "this kustomization builds upon itself; take one of the bases out")
            return before
        }
        path.append(folder)
        defer { path.removeLast() }
        if !files.contains(kustomization.file) { files.append(kustomization.file) }

        var objects = before
        for entry in kustomization.texts("resources") + kustomization.texts("bases") {
            objects += resources(entry, of: kustomization)
        }
        let generators = KustomizeGenerators(kustomization: kustomization, tree: tree)
        objects = generators.apply(to: objects, unread: &unread)
        note(objects)
        for entry in kustomization.texts("components") {
            guard let written = entry.scalar?.text, let folder = kustomization.path(written) else { continue }
            objects = self.objects(of: folder, upon: objects)
        }
        for patch in patches(of: kustomization) { patch.apply(to: &objects, unread: &unread) }
        KustomizeNames(kustomization.node).apply(to: &objects)
        KustomizeReplacements(kustomization.node).apply(to: &objects)
        return objects
    }

    /// Generated Secrets stand in the kustomization, or in files that it names.
    private mutating func note(_ objects: [KubernetesObject]) {
        var reading = ManifestReading()
        KubernetesFile.note(objects, in: &reading)
        for binding in reading.loose where !loose.contains(binding) { loose.append(binding) }
    }

    private mutating func resources(_ entry: ManifestNode, of kustomization: Kustomization) -> [KubernetesObject] {
        // What lies in another repository brings services that this check does not see; it hides none that it does.
        guard let written = entry.scalar?.text, !Self.isRemote(written), let path = kustomization.path(written) else {
            return []
        }
        if kustomizations[path] != nil { return objects(of: path, upon: []) }
        // A file of the tree that is not among them holds no objects, or is named as unread.
        if let objects = parsed[path] { return objects }
        if !tree.contains(path) {
            refuse(entry.position, "the resource \(written) is not in the tree; add it, or take the line out")
        }
        return []
    }

    private static func isRemote(_ text: String) -> Bool {
        text.contains("://") || text.hasPrefix("git@") || text.contains("?ref=") || text.contains(".git")
            || text.hasPrefix("github.com/")
    }

    private mutating func patches(of kustomization: Kustomization) -> [KustomizePatch] {
        var patches: [KustomizePatch] = []
        for entry in kustomization.texts("patchesStrategicMerge") {
            let written = entry.scalar?.text ?? ""
            if let path = kustomization.path(written), tree.contains(path) {
                patches += patch(at: path, target: nil, from: entry)
            } else if written.contains("\n") {
                patches += KustomizePatch.nested(entry, target: nil)
            } else {
                refuse(entry.position, "the patch \(written) is not in the tree; add it, or take the line out")
            }
        }
        for key in ["patches", "patchesJson6902"] {
            for entry in kustomization.node[key]?.list ?? [] {
                let target = entry["target"].map { KustomizeTarget($0) }
                if let inline = entry["patch"] {
                    patches += KustomizePatch.nested(inline, target: target)
                } else if let written = entry.spelled("path") {
                    guard let path = kustomization.path(written), tree.contains(path) else {
                        refuse(entry.position, "the patch \(written) is not in the tree; add it, or take the line out")
                        continue
                    }
                    patches += patch(at: path, target: target, from: entry)
                }
            }
        }
        return patches
    }

    private mutating func patch(at path: String, target: KustomizeTarget?, from entry: ManifestNode) -> [KustomizePatch]
    {
        if !files.contains(path) { files.append(path) }
        do throws(UnreadFile) {
            let text = try tree.text(path)
            do throws(ManifestFaults) {
                return try YAMLDocument.documents(text, file: path).compactMap { KustomizePatch($0, target: target) }
            } catch {
                let fault = error.faults.first
                throw UnreadFile(
                    fault?.position ?? SourcePosition(file: path, line: 1),
                    fault.map { "\($0.problem); \($0.mend)" } ?? "it is no YAML")
            }
        } catch {
            if !unread.contains(error) { unread.append(error) }
            return []
        }
    }

    private mutating func refuse(_ position: SourcePosition, _ reason: String) {
        let entry = UnreadFile(position, reason)
        if !unread.contains(entry) { unread.append(entry) }
    }
}
