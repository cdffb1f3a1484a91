import Evidence

/// A `SecretProviderClass` (Secrets Store CSI driver): the files that a volume of it shows, and the Secrets that it syncs.
struct SecretProvider: Sendable {
    struct File: Sendable {
        /// Below the mount; also what `secretObjects` calls it.
        let path: String
        let value: BoundValue
        let position: SourcePosition
    }

    let namespace: String?
    let name: String
    let files: [File]
    let synced: [ConfigObject]

    init?(_ object: KubernetesObject) {
        guard object.kind == "SecretProviderClass", let spec = object.node["spec"] else { return nil }
        namespace = object.namespace
        name = object.name
        let files = Self.files(of: spec)
        self.files = files
        synced = (spec["secretObjects"]?.list ?? []).compactMap { node -> ConfigObject? in
            guard let name = node.spelled("secretName") else { return nil }
            var made = ConfigObject(kind: .secret, namespace: object.namespace, name: name, position: node.position)
            for data in node["data"]?.list ?? [] {
                guard let key = data.spelled("key"), let source = data.spelled("objectName") else { continue }
                let place = SecretReference(.kubernetes, "\(ConfigObject.place(object.namespace, name))#\(key)")
                let value = files.last { $0.path == source }?.value ?? .reference(place)
                made.entries.append(.init(key: key, value: value, position: data.position))
            }
            return made
        }
    }

    /// The providers write their lists as YAML in a text.
    private static func files(of spec: ManifestNode) -> [File] {
        guard let parameters = spec["parameters"] else { return [] }
        switch spec.spelled("provider") {
        case "gcp":
            return nested(parameters["secrets"]).compactMap { node in
                guard let name = node.spelled("resourceName"),
                    let path = node.spelled("path") ?? node.spelled("fileName")
                else { return nil }
                return File(path: path, value: .reference(GoogleSecretPlace.reference(name)), position: node.position)
            }
        case "aws": return nested(parameters["objects"]).flatMap(amazon)
        case "azure":
            let vault = parameters.spelled("keyvaultName") ?? ""
            return nested(parameters["objects"]).compactMap { node in
                guard let name = node.spelled("objectName"), (node.spelled("objectType") ?? "secret") == "secret" else {
                    return nil
                }
                let version = node.spelled("objectVersion").flatMap { $0.isEmpty ? nil : $0 }
                let place = SecretReference(
                    .azure, vault.isEmpty ? name : "\(vault.lowercased())/\(name)", version: version)
                return File(
                    path: node.spelled("objectAlias") ?? name, value: .reference(place), position: node.position)
            }
        case "vault":
            return nested(parameters["objects"]).compactMap { node in
                guard let name = node.spelled("objectName"), let path = node.spelled("secretPath") else { return nil }
                let field = node.spelled("secretKey").map { "#\($0)" } ?? ""
                let place = SecretReference(.vault, VaultPath.canonical(path) + field)
                return File(path: name, value: .reference(place), position: node.position)
            }
        default: return []
        }
    }

    private static func amazon(_ node: ManifestNode) -> [File] {
        guard let object = node.spelled("objectName") else { return [] }
        let place =
            node.spelled("objectType") == "ssmparameter"
            ? SecretReference(.parameterStore, AmazonSecretName.parameter(object)) : AmazonSecretName.secret(object)
        let version = node.spelled("objectVersion") ?? node.spelled("objectVersionLabel")
        let whole = File(
            path: node.spelled("objectAlias") ?? object.split(separator: "/").joined(separator: "_"),
            value: .reference(
                SecretReference(
                    place.store, place.name, version: version == "AWSCURRENT" ? nil : version, scope: place.scope)),
            position: node.position)
        let parts = (node["jmesPath"]?.list ?? []).compactMap { part -> File? in
            guard let path = part.spelled("path"), let alias = part.spelled("objectAlias") else { return nil }
            let member = SecretReference(place.store, "\(place.name)#\(path)", scope: place.scope)
            return File(path: alias, value: .reference(member), position: part.position)
        }
        return [whole] + parts
    }

    /// A list of mappings in a block of text; Azure has one more level of texts under `array`.
    private static func nested(_ node: ManifestNode?) -> [ManifestNode] {
        guard let node else { return [] }
        if let list = node.list { return list }
        guard let document = NestedText.document(node) else { return [] }
        let list = document.list ?? document["array"]?.list ?? []
        return list.compactMap { $0.map == nil ? NestedText.document($0) : $0 }
    }
}

/// YAML in a scalar of YAML.
enum NestedText {
    /// Its first document, with the lines of the file it stands in; nil where it is none.
    static func document(_ node: ManifestNode) -> ManifestNode? {
        guard let text = node.scalar?.text,
            let document = try? YAMLDocument.documents(text, file: node.position.file).first
        else { return nil }
        // A block's text begins on the line after its sign; its indentation is lost.
        return document.shifted(by: text.contains("\n") ? node.position.line : node.position.line - 1)
    }
}

extension ManifestNode {
    func shifted(by lines: Int) -> ManifestNode {
        func moved(_ position: SourcePosition) -> SourcePosition {
            SourcePosition(file: position.file, line: position.line + lines, column: position.column)
        }
        let content: Content =
            switch self.content {
            case .scalar: self.content
            case .list(let list): .list(list.map { $0.shifted(by: lines) })
            case .map(let members):
                .map(
                    members.map {
                        Member(key: $0.key, position: moved($0.position), value: $0.value.shifted(by: lines))
                    })
            }
        var node = ManifestNode(content, at: moved(position), tag: tag)
        node.filled = filled
        return node
    }
}
