package import Evidence

/// A YAML document as the manifest readers see it: anchors and merge keys resolved, each node with its line.
package struct ManifestNode: Sendable {
    package struct Member: Sendable {
        package let key: String
        package let position: SourcePosition
        package var value: ManifestNode
    }

    package enum Content: Sendable {
        case scalar(ManifestScalar)
        case list([ManifestNode])
        case map([Member])
    }

    package var content: Content
    package let position: SourcePosition
    /// A tag of the document's own (`!Sub`, `!reference`); nil for YAML's.
    package let tag: String?
    /// What a template put here, where its text alone does not tell; set by readers that render templates.
    package var filled: FilledText?

    package init(_ content: Content, at position: SourcePosition, tag: String? = nil) {
        self.content = content
        self.position = position
        self.tag = tag
    }

    package var isNull: Bool { scalar?.isNull ?? false }

    package var scalar: ManifestScalar? {
        if case .scalar(let scalar) = content { scalar } else { nil }
    }

    package var list: [ManifestNode]? {
        if case .list(let list) = content { list } else { nil }
    }

    package var map: [Member]? {
        if case .map(let map) = content { map } else { nil }
    }

    package subscript(key: String) -> ManifestNode? { map?.first { $0.key == key }?.value }

    /// For messages.
    package var kindName: String {
        switch content {
        case .scalar(let scalar): scalar.kind.rawValue
        case .list: "list"
        case .map: "mapping"
        }
    }
}

/// A scalar's text as a template's variables make it: where they stand, or that nobody can follow them.
package final class FilledText: Sendable {
    package let value: BoundValue
    package let position: SourcePosition?
    /// Whether the scalar's text is the base64 of the value.
    package let isBase64: Bool

    package init(_ value: BoundValue, at position: SourcePosition?, isBase64: Bool = false) {
        self.value = value
        self.position = position
        self.isBase64 = isBase64
    }
}

/// A scalar with its text untouched, so that a number keeps the digits that were written.
package struct ManifestScalar: Sendable, Hashable {
    package enum Kind: String, Sendable {
        case null, boolean, number, date, string
    }

    package let text: String
    /// Without quotes, so that YAML may read it as something else than a string.
    package let isPlain: Bool

    package init(_ text: String, isPlain: Bool) {
        self.text = text
        self.isPlain = isPlain
    }

    /// As YAML 1.1 reads it, which is what compose's own readers do.
    package var kind: Kind {
        guard isPlain else { return .string }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE", "false", "False", "FALSE", "yes", "Yes", "YES", "no", "No", "NO", "on", "On",
            "ON", "off", "Off", "OFF":
            return .boolean
        default: break
        }
        // Asked of every scalar of a tree: most are words.
        guard let first = text.utf8.first, first < UInt8(ascii: "A") else { return .string }
        if PlainScalar.isDate(text) { return .date }
        return PlainScalar.isNumber(text) ? .number : .string
    }

    /// Nothing, as YAML has it.
    package var isNull: Bool {
        isPlain && (text.isEmpty || text == "~" || text == "null" || text == "Null" || text == "NULL")
    }

    /// A number that every reader prints as it was written: `8000`, `1.5`; not `010`, `1_000`, `0x10`, `1.50`.
    package var isUnambiguousNumber: Bool {
        kind == .number && text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?/) != nil
    }
}
