import Evidence

extension ComposeReader {
    mutating func ports(_ node: ManifestNode) -> [ComposePort] {
        guard let list = node.list else {
            fault(node.position, "ports is a \(node.kindName), not a list", "write - \"8000:8000\"")
            return []
        }
        return list.compactMap { $0.map == nil ? shortPort($0) : longPort($0) }
    }

    /// `8000`, `8000:80`, `127.0.0.1:8000:80`, each with `/tcp` at the end or not.
    private mutating func shortPort(_ node: ManifestNode) -> ComposePort? {
        guard var text = text(node, of: "ports").map({ $0[...] }) else { return nil }
        if let scalar = node.scalar, scalar.isPlain, scalar.kind == .number, scalar.text.contains(":") {
            // 22:22 without quotes is 1342 to a reader of YAML 1.1, base 60.
            fault(node.position, "a port pair without quotes may be read as one number", "put it in quotes")
            return nil
        }
        if let slash = text.lastIndex(of: "/") {
            guard text[text.index(after: slash)...] == "tcp" else { return unreadablePort(node) }
            text = text[..<slash]
        }
        // The host address may be IPv6 in brackets; only the last two parts are ports.
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let target = parts.last.flatMap({ port($0) }) else { return unreadablePort(node) }
        guard parts.count > 1 else { return ComposePort(published: target, target: target, position: node.position) }
        let written = parts[parts.count - 2]
        guard let published = written.isEmpty ? target : port(written) else { return unreadablePort(node) }
        return ComposePort(published: published, target: target, position: node.position)
    }

    private mutating func longPort(_ node: ManifestNode) -> ComposePort? {
        for member in node.map ?? []
        where !["target", "published", "protocol", "mode", "host_ip", "name", "app_protocol"].contains(member.key) {
            fault(member.position, "the key \(member.key) of a port is not understood", "use target and published")
        }
        guard let target = node["target"]?.scalar.flatMap({ port($0.text[...]) }),
            (node["protocol"]?.scalar?.text ?? "tcp") == "tcp"
        else { return unreadablePort(node) }
        guard let written = node["published"] else {
            return ComposePort(published: target, target: target, position: node.position)
        }
        guard let published = written.scalar.flatMap({ port($0.text[...]) }) else { return unreadablePort(node) }
        return ComposePort(published: published, target: target, position: node.position)
    }

    private func port(_ text: some StringProtocol) -> Int? {
        Int(text).flatMap { (1...65_535).contains($0) ? $0 : nil }
    }

    private mutating func unreadablePort(_ node: ManifestNode) -> ComposePort? {
        fault(
            node.position, "this port is not understood",
            "write one TCP port like \"8000:8000\"; ranges and udp are not read")
        return nil
    }
}
