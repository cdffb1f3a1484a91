import Evidence

/// Values in a rendered text, as marks: so that after the text is read as YAML each scalar still knows what it was made
/// of. A mark is made of characters that Unicode leaves to private use, which YAML takes in a plain scalar.
struct HelmMarks {
    private static let open: Character = "\u{E000}"
    private static let close: Character = "\u{E001}"

    private var values: [ManifestNode] = []

    /// The mark for a scalar of a values file.
    mutating func mark(_ node: ManifestNode) -> String {
        values.append(node)
        return "\(Self.open)\(values.count - 1)\(Self.close)"
    }

    static func has(_ text: String) -> Bool { text.contains(open) }

    /// A text with each mark replaced by what it stands for; nil where one stands for what only helm can tell.
    func flat(_ text: String) -> String? {
        guard Self.has(text) else { return text }
        var flat = ""
        for part in parts(of: text) {
            switch part {
            case .text(let text): flat += text
            case .value(let node):
                guard let printed = node.printed else { return nil }
                flat += printed
            }
        }
        return flat
    }

    /// A node that was read from a rendered text, with lines as in the template.
    func resolved(_ node: ManifestNode, lines: [Int]) -> ManifestNode {
        let position = moved(node.position, lines)
        switch node.content {
        case .list(let list):
            return ManifestNode(.list(list.map { resolved($0, lines: lines) }), at: position, tag: node.tag)
        case .map(let members):
            let moved = members.map { member in
                ManifestNode.Member(
                    key: flat(member.key) ?? member.key, position: self.moved(member.position, lines),
                    value: resolved(member.value, lines: lines))
            }
            return ManifestNode(.map(moved), at: position, tag: node.tag)
        case .scalar(let scalar):
            guard Self.has(scalar.text) else { return ManifestNode(node.content, at: position, tag: node.tag) }
            return resolved(scalar, at: position, tag: node.tag)
        }
    }

    private func resolved(_ scalar: ManifestScalar, at position: SourcePosition, tag: String?) -> ManifestNode {
        var value = BoundValue.empty
        var text = ""
        var source: SourcePosition?
        var isBase64 = false
        let parts = parts(of: scalar.text)
        for part in parts {
            switch part {
            case .text(let part):
                text += part
                value = value + .literal(part)
            case .value(let node):
                text += node.printed ?? ""
                // Encoded text stands for its value only where nothing stands beside it.
                isBase64 = parts.count == 1 && node.filled?.isBase64 == true
                value = value + (isBase64 ? node.filled?.value ?? .empty : node.bound)
                source = source ?? node.filled?.position ?? (node.position.line > 0 ? node.position : nil)
            }
        }
        let isPlain = scalar.isPlain && parts.count == 1
        var node = ManifestNode(.scalar(.init(text, isPlain: isPlain)), at: position, tag: tag)
        node.filled = FilledText(value, at: source, isBase64: isBase64)
        return node
    }

    private func moved(_ position: SourcePosition, _ lines: [Int]) -> SourcePosition {
        let line = lines.indices.contains(position.line - 1) ? lines[position.line - 1] : position.line
        return SourcePosition(file: position.file, line: line, column: position.column)
    }

    private enum Part {
        case text(String)
        case value(ManifestNode)
    }

    private func parts(of text: String) -> [Part] {
        var parts: [Part] = []
        var rest = text[...]
        while let start = rest.firstIndex(of: Self.open), let end = rest[start...].firstIndex(of: Self.close) {
            if start > rest.startIndex { parts.append(.text(String(rest[..<start]))) }
            if let index = Int(rest[rest.index(after: start)..<end]), values.indices.contains(index) {
                parts.append(.value(values[index]))
            }
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        return parts
    }
}
