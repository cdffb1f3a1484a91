import Evidence

/// One `kustomization.yaml`, as far as it decides what a container is given.
struct Kustomization: Sendable {
    /// The names that kustomize looks for, in its order.
    static let fileNames = ["kustomization.yaml", "kustomization.yml", "Kustomization"]

    let file: String
    let folder: String
    let node: ManifestNode

    /// Nil for a file of that name that is something else (Flux has a kind `Kustomization` of its own).
    init?(_ node: ManifestNode, file: String) {
        guard node.map != nil else { return nil }
        if let version = node.spelled("apiVersion"), !version.hasPrefix("kustomize.config.k8s.io/") { return nil }
        self.file = file
        self.node = node
        folder = SourceTree.folder(of: file)
    }

    var isComponent: Bool { node.spelled("kind") == "Component" }

    /// `resources`, `bases` and `components` as written.
    var bases: [ManifestNode] { texts("resources") + texts("bases") + texts("components") }

    func texts(_ key: String) -> [ManifestNode] { node[key]?.list?.filter { $0.scalar != nil } ?? [] }

    /// Relative to the tree; nil for what lies elsewhere (`https://…`, `github.com/…?ref=`).
    func path(_ written: String) -> String? { SourceTree.resolve(written, in: folder) }

    /// Files that it takes in as texts: patches and what generators read.
    var files: [String] {
        var written = texts("patchesStrategicMerge").compactMap { $0.scalar?.text }
        for key in ["patches", "patchesJson6902"] {
            written += node[key]?.list?.compactMap { $0.spelled("path") } ?? []
        }
        for key in ["configMapGenerator", "secretGenerator"] {
            for generator in node[key]?.list ?? [] {
                written += (generator["envs"]?.list ?? []).compactMap { $0.scalar?.text }
                written += [generator.spelled("env")].compactMap { $0 }
                written += (generator["files"]?.list ?? []).compactMap { entry in
                    entry.scalar.map { String($0.text.split(separator: "=").last ?? "") }
                }
            }
        }
        return written.compactMap { path($0) }
    }
}
