import Evidence

/// One document of a manifest, as the cluster would be given it.
struct KubernetesObject: Sendable {
    let apiVersion: String
    let kind: String
    var name: String
    /// Nil where the document leaves it to whoever applies it.
    var namespace: String?
    var node: ManifestNode
    /// The names that it had before prefixes and suffixes: patches may speak of it by them.
    var formerNames: [String] = []
    /// Why it may hold more than it shows: a generator's file that is not in the tree.
    var hidden: String?

    var position: SourcePosition { node.position }

    /// Without the version: `apps`, `external-secrets.io`; empty for the core.
    var group: String {
        apiVersion.firstIndex(of: "/").map { String(apiVersion[..<$0]) } ?? ""
    }

    /// Nil for what is no object: a document without kind.
    init?(_ node: ManifestNode) {
        guard let apiVersion = node.spelled("apiVersion"), let kind = node.spelled("kind") else { return nil }
        self.apiVersion = apiVersion
        self.kind = kind
        self.node = node
        name = node.spelled("metadata", "name") ?? node.spelled("metadata", "generateName") ?? ""
        let namespace = node.spelled("metadata", "namespace")
        self.namespace = namespace?.isEmpty == true ? nil : namespace
    }

    /// One that a generator makes.
    init(_ node: ManifestNode, kind: String, name: String, namespace: String?, hidden: String?) {
        apiVersion = "v1"
        self.kind = kind
        self.name = name
        self.namespace = namespace
        self.node = node
        self.hidden = hidden
    }

    /// Each document of a text; a `List` gives its items.
    static func objects(in documents: [ManifestNode]) -> [KubernetesObject] {
        var pending = Array(documents.reversed())
        var objects: [KubernetesObject] = []
        while let node = pending.popLast() {
            guard let object = KubernetesObject(node) else { continue }
            if object.kind.hasSuffix("List"), let items = node["items"]?.list {
                pending += items.reversed()
            } else {
                objects.append(object)
            }
        }
        return objects
    }
}

extension ManifestNode {
    /// The node at the end of a chain of keys.
    func descend(_ keys: String...) -> ManifestNode? {
        var node: ManifestNode? = self
        for key in keys { node = node?[key] }
        return node
    }

    /// The text at the end of a chain of keys; nil where there is none, or null.
    func spelled(_ keys: String...) -> String? {
        var node: ManifestNode? = self
        for key in keys { node = node?[key] }
        guard let scalar = node?.scalar, !scalar.isNull else { return nil }
        return scalar.text
    }

    /// A scalar as a value: with what templates and `envsubst` fill in.
    var bound: BoundValue {
        if let filled, !filled.isBase64 { return filled.value }
        guard let scalar, !scalar.isNull else { return .empty }
        // A script's variables are its own.
        return scalar.text.hasPrefix("#!") ? .literal(scalar.text) : PlaceholderText.bound(scalar.text)
    }
}
