import Evidence

extension ComposeReader {
    mutating func mounts(_ node: ManifestNode) -> [ComposeMount] {
        guard let list = node.list else {
            fault(node.position, "volumes is a \(node.kindName), not a list", "write - name:/path")
            return []
        }
        return list.compactMap { $0.map == nil ? shortMount($0) : longMount($0) }
    }

    /// `name:/path`, `./folder:/path`, `/path`, each with options at the end or not.
    private mutating func shortMount(_ node: ManifestNode) -> ComposeMount? {
        guard let text = text(node, of: "volumes") else { return nil }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 1 else { return mount(.anonymous, target: text, at: node.position) }
        guard parts.count <= 3, !parts[0].isEmpty else { return unreadableMount(node.position) }
        return mount(source(parts[0]), target: parts[1], at: node.position)
    }

    private mutating func longMount(_ node: ManifestNode) -> ComposeMount? {
        guard let target = node["target"]?.scalar?.text else { return unreadableMount(node.position) }
        let source = node["source"]?.scalar?.text
        switch (node["type"]?.scalar?.text, source) {
        case ("tmpfs", _): return nil
        case ("volume", nil): return mount(.anonymous, target: target, at: node.position)
        case ("volume", .some(let name)): return mount(.volume(name), target: target, at: node.position)
        case ("bind", .some(let path)): return mount(.host(absolute(path)), target: target, at: node.position)
        default: return unreadableMount(node.position)
        }
    }

    private func source(_ text: String) -> ComposeMount.Source {
        text.hasPrefix("/") || text.hasPrefix(".") || text.hasPrefix("~") ? .host(absolute(text)) : .volume(text)
    }

    private mutating func mount(
        _ source: ComposeMount.Source, target: String, at position: SourcePosition
    ) -> ComposeMount? {
        if case .volume(let name) = source, name.wholeMatch(of: /[a-zA-Z0-9][a-zA-Z0-9_.-]*/) == nil {
            return unreadableMount(position)
        }
        guard target.hasPrefix("/"), target != "/" else { return unreadableMount(position) }
        let path = target.hasSuffix("/") ? String(target.dropLast()) : target
        return ComposeMount(source: source, target: path, isFile: false, position: position)
    }

    private mutating func unreadableMount(_ position: SourcePosition) -> ComposeMount? {
        fault(position, "this volume is not understood", "write one like name:/path or ./folder:/path")
        return nil
    }

    // MARK: secrets as files

    mutating func readSecretFiles(_ node: ManifestNode?) {
        for member in node?.map ?? [] {
            let value = interpolated(member.value)
            guard let path = value["file"]?.scalar?.text else {
                fault(member.position, "the secret \(member.key) names no file", "write file: ./path")
                continue
            }
            secretFiles[member.key] = absolute(path)
        }
    }

    mutating func secretMounts(_ node: ManifestNode) -> [ComposeMount] {
        (node.list ?? []).compactMap { entry in
            guard let name = (entry["source"] ?? entry).scalar?.text, let file = secretFiles[name] else {
                fault(entry.position, "this secret is not in the file", "declare it under the top-level secrets:")
                return nil
            }
            let target = entry["target"]?.scalar?.text ?? name
            return ComposeMount(
                source: .host(file), target: target.hasPrefix("/") ? target : "/run/secrets/\(target)", isFile: true,
                position: entry.position)
        }
    }
}
