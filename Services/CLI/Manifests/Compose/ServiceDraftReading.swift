import Evidence

extension ComposeLayerReader {
    mutating func service(_ member: ManifestNode.Member) -> ServiceDraft {
        var draft = ServiceDraft(name: member.key, position: member.position)
        for member in member.value.map ?? [] {
            if member.value.tag == "!reset" || member.value.tag == "!override" { draft.cleared.insert(member.key) }
            if member.value.tag == "!reset" || member.value.isNull { continue }
            read(member.key, member.value, into: &draft)
        }
        return draft
    }

    private mutating func read(_ key: String, _ node: ManifestNode, into draft: inout ServiceDraft) {
        switch key {
        case "environment": readEnvironment(node, into: &draft)
        case "env_file": draft.environmentFiles = environmentFiles(node)
        case "image": draft.image = spelled(node)
        case "build":
            var build = build(node)
            build.dockerfile = build.dockerfile ?? draft.build?.dockerfile
            draft.build = build
        case "dockerfile":  // version 1 has it beside build
            var build = draft.build ?? .init(folder: folder)
            build.dockerfile = likely(node)
            draft.build = build
        case "command": draft.command = command(node)
        case "entrypoint": draft.entrypoint = command(node)
        case "profiles": draft.profiles = (node.list ?? [node]).compactMap { likely($0) }
        case "secrets": draft.grants += grants(node, isSecret: true)
        case "configs": draft.grants += grants(node, isSecret: false)
        case "volumes": draft.volumes = (node.list ?? []).compactMap { volume($0) }
        case "depends_on": draft.neighbours += node.map?.map(\.key) ?? (node.list ?? []).compactMap { likely($0) }
        case "links", "volumes_from":
            draft.neighbours += (node.list ?? []).compactMap {
                likely($0).flatMap { $0.split(separator: ":").first.map(String.init) }
            }
        case "working_dir": draft.workingDirectory = likely(node)
        case "extends": draft.extends = `extension`(node)
        default: return
        }
    }

    // MARK: environment

    private mutating func readEnvironment(_ node: ManifestNode, into draft: inout ServiceDraft) {
        if node.scalar != nil {
            unread(node.position, "environment is a \(node.kindName); write NAME: value, or - NAME=value")
        }
        for member in node.map ?? [] {
            if member.value.tag == "!reset" || member.value.tag == "!override" { draft.unset.insert(member.key) }
            if member.value.tag == "!reset" { continue }
            guard let scalar = member.value.scalar else {
                unread(member.position, "\(member.key) is a \(member.value.kindName), not a value; write one value")
                continue
            }
            draft.environment.append(assignment(member.key, scalar, at: member.position))
        }
        for entry in node.list ?? [] {
            guard let text = entry.scalar?.text else {
                unread(entry.position, "an entry of environment is a \(entry.kindName); write - NAME=value")
                continue
            }
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = scope.bind(String(parts[0]))?.value.likely, !name.isEmpty else {
                draft.gaps.append(Gap("a variable's name is filled in where compose runs", at: entry.position))
                continue
            }
            guard parts.count > 1 else {
                draft.environment.append(inherited(name, at: entry.position))
                continue
            }
            let binding = bound(String(parts[1]), at: entry.position)
            draft.environment.append(Assignment(name, binding.value, at: entry.position, valueAt: binding.valueAt))
        }
    }

    private mutating func assignment(
        _ name: String, _ scalar: ManifestScalar, at position: SourcePosition
    ) -> Assignment {
        if scalar.text.utf8.contains(UInt8(ascii: "$")) {
            let binding = bound(scalar.text, at: position)
            return Assignment(name, binding.value, at: position, valueAt: binding.valueAt)
        }
        if scalar.kind == .null { return inherited(name, at: position) }
        return Assignment(name, .literal(ComposeScalar.printed(scalar)), at: position)
    }

    /// A name alone takes the value that compose itself sees.
    private func inherited(_ name: String, at position: SourcePosition) -> Assignment {
        guard let known = scope[name] else {
            return Assignment(name, .reference(SecretReference(.variable, name)), at: position)
        }
        return Assignment(name, known.value, at: position, valueAt: known.position)
    }

    private func environmentFiles(_ node: ManifestNode) -> [ServiceDraft.EnvironmentFileUse] {
        (node.list ?? [node]).compactMap { entry in
            let node = entry["path"] ?? entry
            guard let text = spelled(node) else { return nil }
            return .init(
                path: likely(node).flatMap { path($0) }, spelled: text,
                isRequired: entry["required"]?.scalar?.text != "false",
                isRaw: entry["format"]?.scalar?.text == "raw", position: entry.position)
        }
    }

    // MARK: what is run

    private mutating func build(_ node: ManifestNode) -> ServiceDraft.Build {
        var build = ServiceDraft.Build(folder: folder)
        let context = node.map == nil ? node : node["context"]
        if let context {
            let text = likely(context)
            let isAddress =
                text.map { $0.contains("://") || $0.hasPrefix("git@") || $0.hasPrefix("github.com/") } ?? true
            build.context = isAddress ? nil : text.flatMap { path($0) }
            build.isElsewhere = build.context == nil
        }
        guard node.map != nil else { return build }
        build.dockerfile = likely(node["dockerfile"])
        build.target = likely(node["target"])
        if let args = node["args"] {
            var holder = ServiceDraft(name: "", position: node.position)
            readEnvironment(args, into: &holder)
            build.arguments = holder.environment
        }
        if let inline = node["dockerfile_inline"], let text = inline.scalar?.text {
            build.inline = (text, inline.position)
        }
        return build
    }

    private mutating func command(_ node: ManifestNode) -> ServiceDraft.Command? {
        let nodes = node.list ?? [node]
        let words = nodes.compactMap { node in
            node.scalar.map { (bound($0.text, at: node.position).value, node.position) }
        }
        return .init(words: words, isText: node.list == nil)
    }

    private func grants(_ node: ManifestNode, isSecret: Bool) -> [ServiceDraft.Grant] {
        (node.list ?? []).compactMap { entry in
            guard let source = likely(entry["source"] ?? entry) else { return nil }
            let target = likely(entry["target"]) ?? source
            let folder = isSecret ? "/run/secrets/" : "/"
            return .init(
                source: source, target: target.hasPrefix("/") ? target : folder + target, isSecret: isSecret,
                position: entry.position)
        }
    }

    private func volume(_ node: ManifestNode) -> ServiceDraft.Volume? {
        if node.map != nil {
            guard let source = spelled(node["source"]), let target = likely(node["target"]) else { return nil }
            let isBind = node["type"]?.scalar?.text == "bind"
            return volume(source, target, isBind: isBind, at: node.position)
        }
        guard let text = spelled(node) else { return nil }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 1 else { return nil }
        let isBind = [".", "/", "~"].contains { parts[0].hasPrefix($0) }
        return volume(parts[0], parts[1], isBind: isBind, at: node.position)
    }

    private func volume(
        _ source: String, _ target: String, isBind: Bool, at position: SourcePosition
    ) -> ServiceDraft.Volume {
        let target = target.count > 1 && target.hasSuffix("/") ? String(target.dropLast()) : target
        return .init(
            source: isBind ? .path(path(source) ?? source) : .named(source), target: target, position: position)
    }

    private func `extension`(_ node: ManifestNode) -> ServiceDraft.Extension? {
        if let name = likely(node) { return .init(service: name, file: nil, position: node.position) }
        guard let service = likely(node["service"]) else { return nil }
        return .init(service: service, file: likely(node["file"]), position: node.position)
    }
}
