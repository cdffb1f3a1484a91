import Evidence

/// One service of a foreign declaration in one environment.
struct ForeignService {
    let name: String
    let position: SourcePosition
    let node: ManifestNode
    let environment: ManifestNode.Member?
    let templates: TemplateNames
    let file: String
    let tree: SourceTree

    private static let variableKeys = ["env_vars", "env", "environment_variables", "environment", "variables"]
    private static let secretKeys = ["secrets", "secret_env_vars", "secret_env"]

    /// Nil where the service does not run in this environment.
    func workload() -> Workload? {
        guard node.map != nil, node["enabled"]?.scalar?.text != "false" else { return nil }
        if let environment, let list = node["environments"]?.list,
            !list.contains(where: { $0.scalar?.text == environment.key })
        {
            return nil
        }
        var workload = Workload(name, at: position)
        for layer in [node] + overrides {
            for assignment in assignments(of: layer) {
                if let index = workload.assignments.firstIndex(where: { $0.name == assignment.name }) {
                    workload.overridden.append(workload.assignments.remove(at: index))
                }
                workload.assignments.append(assignment)
            }
            if let image = layer["image"]?.scalar?.text { workload.image = templates.bound(image).literal ?? image }
        }
        workload.sourceDirectory = sourceDirectory
        if let tokens = node["tokens"] {
            workload.issues = issuers(tokens["issues"])
            workload.verifies = issuers(tokens["verifies"])
        }
        return workload
    }

    /// From the weakest to the strongest.
    private var overrides: [ManifestNode] {
        guard let environment else { return [] }
        return [
            node["environments"]?[environment.key], node["overrides"]?[environment.key],
            environment.value["services"]?[name],
        ].compactMap { $0 }
    }

    private func assignments(of layer: ManifestNode) -> [Assignment] {
        let variables = Self.variableKeys.compactMap { layer[$0] }.flatMap { entries(of: $0, isSecret: false) }
        let secrets = Self.secretKeys.compactMap { layer[$0] }.flatMap { entries(of: $0, isSecret: true) }
        return variables + secrets
    }

    /// A mapping of names, a list of entries, or a list of `NAME=text`.
    private func entries(of node: ManifestNode, isSecret: Bool) -> [Assignment] {
        if let map = node.map {
            return map.compactMap { member in
                value(member.value, isSecret: isSecret).map { Assignment(member.key, $0, at: member.position) }
            }
        }
        return (node.list ?? []).compactMap { entry in
            if let text = entry.scalar?.text {
                if isSecret { return Assignment(text, .reference(place(text, nil)), at: entry.position) }
                guard let equals = text.firstIndex(of: "=") else {
                    return Assignment(text, .reference(SecretReference(.variable, text)), at: entry.position)
                }
                let value = templates.bound(String(text[text.index(after: equals)...]))
                return Assignment(String(text[..<equals]), value, at: entry.position)
            }
            guard let name = (entry["name"] ?? entry["env_var"] ?? entry["key"])?.scalar?.text,
                let value = value(entry, isSecret: isSecret)
            else { return nil }
            return Assignment(name, value, at: entry.position)
        }
    }

    /// Text, `{value: …}`, `{secret_name: …, version: …}`, or one of these for each environment.
    private func value(_ node: ManifestNode, isSecret: Bool) -> BoundValue? {
        if let scalar = node.scalar {
            if scalar.kind == .null { return isSecret ? nil : .empty }
            return isSecret ? .reference(place(scalar.text, nil)) : templates.bound(scalar.text)
        }
        let named = node["secret_name"] ?? node["secretName"] ?? node["secret"] ?? (isSecret ? node["name"] : nil)
        if let secret = named?.scalar?.text { return .reference(place(secret, node["version"]?.scalar?.text)) }
        if let value = node["value"] { return value.scalar.map { templates.bound($0.text) } }
        if let environment, let own = node[environment.key] ?? node["default"] {
            return value(own, isSecret: isSecret)
        }
        return .opaque("the value of a \(node.kindName)")
    }

    private func place(_ name: String, _ version: String?) -> SecretReference {
        func text(_ template: String) -> String { Self.spelled(templates.bound(template)) }
        return GoogleSecretPlace.reference(text(name), version: version.map(text))
    }

    /// A name with what is not known spelled as in the file: equal templates name equal places.
    private static func spelled(_ value: BoundValue) -> String {
        value.pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .reference(let reference, _, _): "${\(reference.name)}"
            case .opaque(let expression): expression
            }
        }.joined()
    }

    private func issuers(_ node: ManifestNode?) -> [String]? {
        guard let node else { return nil }
        return (node.list ?? [node]).compactMap { $0.scalar?.text }.filter { $0 != "none" }
    }

    private var sourceDirectory: String? {
        let build = node["build"]
        let named =
            build?["context"] ?? build ?? node["source"] ?? node["source_dir"] ?? node["path"] ?? node["context"]
        guard let text = named?.scalar?.text,
            let path = SourceTree.resolve(text, in: SourceTree.folder(of: file)), !path.isEmpty,
            tree.files.contains(where: { $0.hasPrefix(path + "/") })
        else { return nil }
        return path
    }
}
