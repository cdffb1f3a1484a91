import Evidence

/// One operation of a JSON patch (RFC 6902) on a manifest. One that does not fit changes nothing: kustomize would refuse
/// to build, and says so itself.
struct JSONPatch: Sendable {
    private enum Operation: Sendable {
        case add(ManifestNode)
        case replace(ManifestNode)
        case remove
        case copy(from: [String])
        case move(from: [String])
    }

    private let operation: Operation
    private let path: [String]

    init?(_ node: ManifestNode) {
        guard let name = node.spelled("op"), let path = node.spelled("path").flatMap(Self.pointer) else { return nil }
        self.path = path
        switch name {
        case "add":
            guard let value = node["value"] else { return nil }
            operation = .add(value)
        case "replace":
            guard let value = node["value"] else { return nil }
            operation = .replace(value)
        case "remove": operation = .remove
        case "copy", "move":
            guard let from = node.spelled("from").flatMap(Self.pointer) else { return nil }
            operation = name == "copy" ? .copy(from: from) : .move(from: from)
        default: return nil
        }
    }

    /// RFC 6901.
    private static func pointer(_ text: String) -> [String]? {
        guard text.hasPrefix("/") else { return nil }
        return text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
            String($0).replacing("~1", with: "/").replacing("~0", with: "~")
        }
    }

    func applied(to root: ManifestNode) -> ManifestNode {
        switch operation {
        case .add(let value): Self.put(value, at: path[...], in: root, inserts: true) ?? root
        case .replace(let value): Self.put(value, at: path[...], in: root, inserts: false) ?? root
        case .remove: Self.removed(path[...], from: root) ?? root
        case .copy(let from):
            Self.find(from, in: root).flatMap { Self.put($0, at: path[...], in: root, inserts: true) } ?? root
        case .move(let from):
            Self.find(from, in: root).flatMap { value in
                Self.removed(from[...], from: root).flatMap { Self.put(value, at: path[...], in: $0, inserts: true) }
            } ?? root
        }
    }

    private static func find(_ path: [String], in root: ManifestNode) -> ManifestNode? {
        var node: ManifestNode? = root
        for part in path {
            if let list = node?.list {
                node = Int(part).flatMap { list.indices.contains($0) ? list[$0] : nil }
            } else {
                node = node?[part]
            }
        }
        return node
    }

    private static func put(
        _ value: ManifestNode, at path: ArraySlice<String>, in node: ManifestNode, inserts: Bool
    ) -> ManifestNode? {
        guard let part = path.first else { return value }
        let rest = path.dropFirst()
        if var list = node.list {
            if part == "-", rest.isEmpty { return node.replacing(.list(list + [value])) }
            guard let index = Int(part), index >= 0, index <= list.count else { return nil }
            if rest.isEmpty, inserts {
                list.insert(value, at: index)
            } else {
                guard index < list.count, let changed = put(value, at: rest, in: list[index], inserts: inserts) else {
                    return nil
                }
                list[index] = changed
            }
            return node.replacing(.list(list))
        }
        guard node.map != nil || node.isNull else { return nil }
        if rest.isEmpty {
            guard inserts || node[part] != nil else { return nil }
            return node.setting(part, to: value, at: value.position)
        }
        return node[part].flatMap { put(value, at: rest, in: $0, inserts: inserts) }.map { node.setting(part, to: $0) }
    }

    private static func removed(_ path: ArraySlice<String>, from node: ManifestNode) -> ManifestNode? {
        guard let part = path.first else { return nil }
        let rest = path.dropFirst()
        if var list = node.list {
            guard let index = Int(part), list.indices.contains(index) else { return nil }
            if rest.isEmpty {
                list.remove(at: index)
            } else {
                guard let changed = removed(rest, from: list[index]) else { return nil }
                list[index] = changed
            }
            return node.replacing(.list(list))
        }
        guard let members = node.map, let child = node[part] else { return nil }
        if rest.isEmpty { return node.replacing(.map(members.filter { $0.key != part })) }
        return removed(rest, from: child).map { node.setting(part, to: $0) }
    }
}
