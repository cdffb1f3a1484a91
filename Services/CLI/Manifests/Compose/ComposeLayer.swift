import Evidence

/// One compose file as one project sees it, before it is merged with others.
struct ComposeLayer {
    struct Include {
        let paths: [String]
        /// Where its own relative paths stand.
        let folder: String
        /// Nil for the `.env` of that folder.
        let environmentFiles: [String]?
        let position: SourcePosition
    }

    /// What a top-level secret or config holds.
    struct Store {
        let value: BoundValue
        let position: SourcePosition
        /// The file of the tree that it is read from.
        let file: String?
    }

    let file: String
    var services: [ServiceDraft] = []
    /// Of `services`, by name.
    var index: [String: Int] = [:]
    var secrets: [String: Store] = [:]
    var configs: [String: Store] = [:]
    var includes: [Include] = []
    var unread: [UnreadFile] = []

    subscript(service: String) -> ServiceDraft? { index[service].map { services[$0] } }
}

/// Reads a parsed compose file into a layer. Lenient: what compose refuses names itself, and the rest counts.
struct ComposeLayerReader {
    let tree: SourceTree
    let scope: VariableScope
    /// What relative paths stand under.
    let folder: String
    var layer: ComposeLayer

    static func read(
        _ root: ManifestNode, file: String, folder: String, scope: VariableScope, tree: SourceTree
    ) -> ComposeLayer {
        var reader = ComposeLayerReader(tree: tree, scope: scope, folder: folder, layer: ComposeLayer(file: file))
        reader.readStores(root["secrets"], into: \.secrets)
        reader.readStores(root["configs"], into: \.configs)
        reader.readIncludes(root["include"])
        if let node = root["services"], !node.isNull { reader.nameOddServices(node) }
        for member in ComposeShape.services(of: root, isNamed: true) ?? [] {
            let draft = reader.service(member)
            reader.layer.index[draft.name] = reader.layer.services.count
            reader.layer.services.append(draft)
        }
        return reader.layer
    }

    // MARK: what the parts share

    mutating func unread(_ position: SourcePosition, _ reason: String) {
        layer.unread.append(UnreadFile(position, reason))
    }

    private mutating func nameOddServices(_ node: ManifestNode) {
        if node.map == nil { unread(node.position, "services is a \(node.kindName); write NAME: and its keys") }
        for member in node.map ?? [] where !ComposeShape.isService(member.value) {
            unread(member.position, "the service \(member.key) is a \(member.value.kindName); write its keys")
        }
    }

    mutating func bound(_ text: String, at position: SourcePosition) -> VariableScope.Binding {
        if let binding = scope.bind(text) { return binding }
        unread(position, "a $ starts nothing that can be read; write ${NAME}, or $$ for a dollar sign")
        return .init(value: .opaque("a text with an unreadable $"), valueAt: nil)
    }

    /// The text of a scalar as it is without a shell's variables; nil for anything else.
    func likely(_ node: ManifestNode?) -> String? {
        guard let scalar = node?.scalar, scalar.kind != .null else { return nil }
        return scope.bind(scalar.text)?.value.likely
    }

    /// As it is written, as far as it is not known.
    func spelled(_ node: ManifestNode?) -> String? {
        guard let scalar = node?.scalar, scalar.kind != .null else { return nil }
        guard let value = scope.bind(scalar.text)?.value else { return scalar.text }
        return value.likely ?? value.spelled
    }

    /// A path of the tree.
    func path(_ text: String) -> String? {
        text.hasPrefix("~") ? nil : SourceTree.resolve(text, in: folder)
    }

    // MARK: secrets, configs and includes

    private mutating func readStores(
        _ node: ManifestNode?, into stores: WritableKeyPath<ComposeLayer, [String: ComposeLayer.Store]>
    ) {
        for member in node?.map ?? [] {
            let node = member.value
            var file: String?
            let value: BoundValue
            if let text = spelled(node["file"]) {
                file = path(text).flatMap { tree.contains($0) ? $0 : nil }
                value = fileValue(text, at: file)
            } else if let name = likely(node["environment"]) {
                value = scope[name]?.value ?? .reference(SecretReference(.variable, name))
            } else if let content = node["content"]?.scalar {
                value = bound(content.text, at: node["content"]?.position ?? member.position).value
            } else {
                let name = likely(node["external"]?["name"]) ?? likely(node["name"]) ?? member.key
                value = .reference(SecretReference(.compose, name))
            }
            layer[keyPath: stores][member.key] = .init(value: value, position: member.position, file: file)
        }
    }

    private func fileValue(_ text: String, at path: String?) -> BoundValue {
        guard let path, let content = try? tree.text(path) else {
            return .reference(SecretReference(.file, self.path(text) ?? text))
        }
        // Whoever reads a secret from a file takes the newline off that editors put there.
        return .literal(content.hasSuffix("\n") ? String(content.dropLast()) : content)
    }

    private mutating func readIncludes(_ node: ManifestNode?) {
        for entry in node?.list ?? [] {
            let written = entry["path"] ?? entry
            let texts = (written.list ?? [written]).compactMap { likely($0) }
            let paths = texts.compactMap { path($0) }.filter(tree.contains)
            guard let first = paths.first, paths.count == texts.count else {
                unread(entry.position, "include names a file that is not in the tree; its services are not checked")
                continue
            }
            let files = (entry["env_file"]?.list ?? entry["env_file"].map { [$0] })?.compactMap { likely($0) }
            layer.includes.append(
                .init(
                    paths: paths,
                    folder: likely(entry["project_directory"]).flatMap { path($0) }
                        ?? SourceTree.folder(of: first),
                    environmentFiles: files?.compactMap { path($0) }, position: entry.position))
        }
    }
}
