import Evidence

/// `replacements`: a field of one object put into fields of others.
struct KustomizeReplacements {
    private let entries: [ManifestNode]

    /// - Parameter kustomization: entries that stand in files of their own are not read.
    init(_ kustomization: ManifestNode) {
        entries = kustomization["replacements"]?.list ?? []
    }

    func apply(to objects: inout [KubernetesObject]) {
        for entry in entries {
            let value = value(of: entry, among: objects)
            for target in entry["targets"]?.list ?? [] {
                guard let select = target["select"] else { continue }
                let wanted = KustomizeTarget(select)
                let rejected = (target["reject"]?.list ?? []).map { KustomizeTarget($0) }
                // A part of a field is replaced: what comes out is not followed.
                let isPart = target.descend("options", "delimiter") != nil
                for path in target["fieldPaths"]?.list ?? [] {
                    guard let text = path.scalar?.text else { continue }
                    var put = value ?? Self.opaque(at: path.position)
                    if isPart { put = Self.opaque(at: path.position) }
                    for index in objects.indices
                    where wanted.matches(objects[index]) && !rejected.contains(where: { $0.matches(objects[index]) }) {
                        objects[index].node = Self.putting(put, at: Self.parts(of: text)[...], in: objects[index].node)
                    }
                }
            }
        }
    }

    private func value(of entry: ManifestNode, among objects: [KubernetesObject]) -> ManifestNode? {
        if let text = entry["sourceValue"] { return text }
        guard let source = entry["source"], source.descend("options", "delimiter") == nil else { return nil }
        let wanted = KustomizeTarget(source)
        guard let object = objects.first(where: { wanted.matches($0) }) else { return nil }
        let parts = Self.parts(of: source.spelled("fieldPath") ?? "metadata.name")
        if parts == ["metadata", "name"] {
            return ManifestNode(.scalar(.init(object.name, isPlain: false)), at: object.position)
        }
        var node: ManifestNode? = object.node
        for part in parts {
            if let list = node?.list {
                node = Self.indices(of: part, in: list).first.map { list[$0] }
            } else {
                node = node?[part]
            }
        }
        return node?.scalar == nil ? nil : node
    }

    private static func opaque(at position: SourcePosition) -> ManifestNode {
        var node = ManifestNode(.scalar(.init("", isPlain: false)), at: position)
        node.filled = FilledText(.opaque("a replacement at \(position)"), at: nil)
        return node
    }

    /// By dots that stand neither in brackets nor behind a backslash.
    private static func parts(of path: String) -> [String] {
        var parts: [String] = []
        var part = ""
        var isInBrackets = false
        var isEscaped = false
        for character in path {
            if character == "." && !isInBrackets && !isEscaped {
                parts.append(part)
                part = ""
            } else if character == "\\", !isEscaped {
                isEscaped = true
                continue
            } else {
                if character == "[" { isInBrackets = true }
                if character == "]" { isInBrackets = false }
                part.append(character)
            }
            isEscaped = false
        }
        return parts + [part]
    }

    /// `[name=app]`, `*` or a number.
    private static func indices(of part: String, in list: [ManifestNode]) -> [Int] {
        if part == "*" { return Array(list.indices) }
        if let index = Int(part) { return list.indices.contains(index) ? [index] : [] }
        guard part.hasPrefix("["), part.hasSuffix("]"), let equals = part.firstIndex(of: "=") else { return [] }
        let key = String(part[part.index(after: part.startIndex)..<equals])
        let value = String(part[part.index(after: equals)...].dropLast())
        return list.indices.filter { list[$0].spelled(key) == value }
    }

    private static func putting(_ value: ManifestNode, at path: ArraySlice<String>, in node: ManifestNode)
        -> ManifestNode
    {
        guard let part = path.first else { return value }
        let rest = path.dropFirst()
        if var list = node.list {
            for index in indices(of: part, in: list) { list[index] = putting(value, at: rest, in: list[index]) }
            return node.replacing(.list(list))
        }
        if part == "*", let members = node.map {
            return node.replacing(
                .map(
                    members.map {
                        .init(key: $0.key, position: $0.position, value: putting(value, at: rest, in: $0.value))
                    }))
        }
        guard let child = node[part] else { return node }
        return node.setting(part, to: putting(value, at: rest, in: child))
    }
}
