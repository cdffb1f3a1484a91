import Evidence

/// Values of a template are nodes: those of a values file know where they stand, those that a template makes do not.
enum HelmValue {
    static let nowhere = SourcePosition(file: "", line: 0)

    static func text(_ text: String) -> ManifestNode { ManifestNode(.scalar(.init(text, isPlain: false)), at: nowhere) }

    /// A number, a boolean or null.
    static func plain(_ text: String) -> ManifestNode { ManifestNode(.scalar(.init(text, isPlain: true)), at: nowhere) }

    static let null = plain("null")

    static func boolean(_ value: Bool) -> ManifestNode { plain(value ? "true" : "false") }

    static func map(_ members: [(String, ManifestNode)]) -> ManifestNode {
        ManifestNode(.map(members.map { .init(key: $0.0, position: $0.1.position, value: $0.1) }), at: nowhere)
    }

    /// What only helm can tell; in the place of one value it is harmless.
    static func opaque(_ expression: String) -> ManifestNode {
        var node = text("")
        node.filled = FilledText(.opaque(expression), at: nil)
        return node
    }

    /// The strongest of values last: mappings are merged, null takes a key away, anything else is replaced.
    static func merged(_ base: ManifestNode, _ over: ManifestNode) -> ManifestNode {
        guard let changes = over.map, base.map != nil else { return over }
        var merged = base
        for change in changes {
            if change.value.isNull {
                merged = merged.replacing(.map((merged.map ?? []).filter { $0.key != change.key }))
            } else {
                let value = merged[change.key].map { Self.merged($0, change.value) } ?? change.value
                merged = merged.setting(change.key, to: value, at: change.position)
            }
        }
        return merged
    }
}

extension ManifestNode {
    var isOpaque: Bool { filled?.value.isOpaque ?? false }

    /// As Go templates judge it; nil where only helm can tell.
    var isTrue: Bool? {
        if isOpaque { return nil }
        switch content {
        case .list(let list): return !list.isEmpty
        case .map(let members): return !members.isEmpty
        case .scalar(let scalar):
            switch scalar.kind {
            case .null: return false
            case .boolean: return ["true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"].contains(scalar.text)
            case .number: return Double(scalar.text) != 0
            case .date, .string: return !scalar.text.isEmpty
            }
        }
    }

    /// As Go prints it; empty for null, nil for lists, mappings and what only helm can tell.
    var printed: String? {
        guard !isOpaque, let scalar else { return nil }
        return scalar.kind == .null ? "" : scalar.text
    }
}
