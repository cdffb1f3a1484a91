import Evidence

/// Every kustomization of a tree: which of them stand for a deployment, and what each builds.
struct Kustomizations {
    private let tree: SourceTree
    /// By folder.
    private var kustomizations: [String: Kustomization] = [:]
    private var unread: [UnreadFile] = []
    /// Folders that another kustomization builds upon.
    private var used: Set<String> = []
    /// Files that some kustomization takes in.
    private var taken: Set<String> = []

    init(_ paths: [String], _ tree: SourceTree) {
        self.tree = tree
        for name in Kustomization.fileNames {
            for path in paths where SourceTree.name(of: path) == name {
                // Of two in one folder kustomize takes neither; the first is the better guess.
                guard kustomizations[SourceTree.folder(of: path)] == nil else { continue }
                read(path)
            }
        }
        for kustomization in kustomizations.values {
            for base in kustomization.bases {
                guard let text = base.scalar?.text, let path = kustomization.path(text) else { continue }
                if tree.contains(path) { taken.insert(path) } else { used.insert(path) }
            }
            taken.formUnion(kustomization.files)
        }
    }

    private mutating func read(_ path: String) {
        do throws(UnreadFile) {
            let text = try tree.text(path)
            do throws(ManifestFaults) {
                let node = try YAMLDocument.documents(text, file: path).first
                if let node, let kustomization = Kustomization(node, file: path) {
                    kustomizations[kustomization.folder] = kustomization
                }
            } catch {
                unread += error.faults.map { UnreadFile($0.position, "\($0.problem); \($0.mend)") }
            }
        } catch {
            unread.append(error)
        }
    }

    /// Whether a file is for kustomize alone to apply: it is named by one, or stands beside one.
    func owns(_ path: String) -> Bool {
        taken.contains(path) || kustomizations[SourceTree.folder(of: path)] != nil
    }

    /// - Parameter parsed: the files that it owns, as far as they could be read.
    func read(_ parsed: [String: [KubernetesObject]]) -> ManifestReading {
        var reading = ManifestReading()
        reading.unread = unread
        var built: Set<String> = []
        // First those upon which none builds; what is left builds in a circle, which only shows when it is tried.
        let folders = kustomizations.keys.sorted()
        for folder in folders.filter({ !used.contains($0) }) + folders.filter(used.contains) {
            guard let top = kustomizations[folder], !top.isComponent, !built.contains(top.file) else { continue }
            var build = KustomizeBuild(tree: tree, kustomizations: kustomizations, parsed: parsed)
            let objects = build.objects(of: folder)
            built.formUnion(build.files)
            for unread in build.unread where !reading.unread.contains(unread) { reading.unread.append(unread) }
            for loose in build.loose where !reading.loose.contains(loose) { reading.loose.append(loose) }
            let stacks = KubernetesStack(
                name: folder.isEmpty ? "." : folder, environment: environment(of: top), objects: objects
            ).stacks()
            reading.stacks += stacks.map { $0.with(files: build.files) }
        }
        return reading
    }

    /// By the folder, from its end on; then by the namespace, prefix and suffix that it sets.
    private func environment(of top: Kustomization) -> StackEnvironment? {
        let parts = top.folder.split(separator: "/").map(String.init)
        for index in parts.indices.reversed() {
            let upTo = parts[...index].joined(separator: "/")
            if let named = StackEnvironment.named(by: parts[index], evidence: "the name of \(upTo)") { return named }
        }
        for key in ["namespace", "namePrefix", "nameSuffix"] {
            guard let node = top.node[key], let text = node.scalar?.text else { continue }
            if let named = StackEnvironment.named(by: text, evidence: "\(key) at \(node.position)") { return named }
        }
        return nil
    }
}

extension Stack {
    /// With files that took part without an object of their own: kustomizations, patches.
    fileprivate func with(files more: [String]) -> Stack {
        var files = files
        for file in more where !files.contains(file) { files.append(file) }
        return Stack(target, name: name, environment: environment, files: files, workloads: workloads)
    }
}
