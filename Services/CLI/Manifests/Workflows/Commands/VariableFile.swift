import Evidence

/// Files of variables that a command line names: `.env` lines, or YAML.
enum VariableFile {
    static func read(_ name: MarkedText, _ call: ShellCall, _ site: DeliverySite) -> ([Assignment], [Gap]) {
        guard let path = name.text.flatMap(call.resolve) else {
            return ([], [Gap("a file of variables is named when it runs", at: name.position)])
        }
        if let entries = call.files.entries(path, in: site.tree) {
            return (
                entries.map {
                    Assignment($0.name, $0.value, at: name.position, origin: .workflow, valueAt: $0.position)
                }, [call.files.gap(path)].compactMap { $0 }
            )
        }
        guard let text = try? site.tree.text(path),
            let root = try? YAMLDocument.documents(text, file: path).first, let members = root.map
        else { return ([], [Gap("\(path) is not in the tree", at: name.position)]) }
        return (
            members.compactMap { member in
                member.value.scalar.map {
                    Assignment(
                        member.key, .literal($0.text), at: name.position, origin: .workflow, valueAt: member.position)
                }
            }, []
        )
    }
}

/// The manifest that comes through a pipe: `envsubst < app.yaml | kubectl apply -f -`.
enum ManifestInput {
    static func path(_ call: ShellCall) -> String? {
        if let path = call.input.path { return call.resolve(path) }
        for command in call.earlier.reversed() {
            let words = command.words.map(call.variables.text)
            guard let program = words.first?.text else { continue }
            if let redirect = command.redirects.first(where: { $0.sign == "<" }) {
                return call.variables.text(redirect.target).text.flatMap(call.resolve)
            }
            let plain = CommandOptions(Array(words.dropFirst())).positionals
            switch program {
            case "cat": return plain.first?.text.flatMap(call.resolve)
            case "kustomize" where plain.first?.text == "build", "kubectl" where plain.first?.text == "kustomize":
                return (plain.dropFirst().first?.text ?? ".").isEmpty
                    ? nil : call.resolve(plain.dropFirst().first?.text ?? ".")
            case "sed", "yq", "jq": if plain.count > 1 { return plain.last?.text.flatMap(call.resolve) }
            default: continue
            }
        }
        return nil
    }
}
