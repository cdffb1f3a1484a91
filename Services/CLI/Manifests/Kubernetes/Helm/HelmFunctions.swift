import Evidence

/// The functions of Helm and Sprig that charts need to put values where they belong. A function that is not here gives
/// what only helm can tell.
struct HelmFunctions {
    var marks: HelmMarks

    mutating func call(_ name: String, _ arguments: [ManifestNode], _ line: Int) throws(HelmFault) -> ManifestNode {
        if let value = choice(name, arguments) { return value }
        if let value = try layout(name, arguments, line) { return value }
        let flat = arguments.map { marks.flattened($0) }
        if let value = HelmLogic.call(name, flat) ?? HelmTexts.call(name, flat) ?? HelmLists.call(name, flat) {
            return value
        }
        if name == "set" || name == "unset" {
            throw HelmFault(line: line, reason: "\(name) changes a value for all that follows, which only helm does")
        }
        if name == "fail" { throw HelmFault(line: line, reason: "the chart refuses these values here") }
        return HelmValue.opaque(name)
    }

    // MARK: which of several; the value keeps its place

    private func choice(_ name: String, _ arguments: [ManifestNode]) -> ManifestNode? {
        switch name {
        case "default":
            guard arguments.count == 2 else { return nil }
            return chosen(arguments[1], or: arguments[0])
        case "required":
            return arguments.count == 2 ? arguments[1] : nil
        case "coalesce":
            return arguments.first { marks.flattened($0).isTrue != false } ?? HelmValue.null
        case "ternary":
            guard arguments.count == 3 else { return nil }
            guard let isTrue = marks.flattened(arguments[2]).isTrue else { return HelmValue.opaque(name) }
            return arguments[isTrue ? 0 : 1]
        case "lookup":
            // `helm template` asks no cluster either.
            return HelmValue.map([])
        default: return nil
        }
    }

    private func chosen(_ value: ManifestNode, or word: ManifestNode) -> ManifestNode {
        if value.isOpaque || marks.flattened(value).isTrue != false { return value }
        // A secret that the files leave empty is given at deploy; until then the word stands in.
        guard let place = value.filled?.value.reference, word.filled == nil, let text = marks.flattened(word).printed
        else {
            return word
        }
        var node = word
        node.filled = FilledText(
            .reference(place, default: .literal(text)), at: word.position.line > 0 ? word.position : nil)
        return node
    }

    // MARK: how it is written; marks stay as they are

    private mutating func layout(
        _ name: String, _ arguments: [ManifestNode], _ line: Int
    ) throws(HelmFault) -> ManifestNode? {
        switch name {
        case "quote", "squote":
            var quoted: [String] = []
            for argument in arguments {
                quoted.append(try self.quoted(argument, by: name == "quote" ? "\"" : "'", line))
            }
            return HelmValue.text(quoted.joined(separator: " "))
        case "toString", "toText":
            return arguments.first
        case "toYaml", "toYamlPretty":
            guard let value = arguments.first, !value.isOpaque else { return HelmValue.opaque(name) }
            return HelmValue.text(yaml(value, indent: 0))
        case "toJson", "toRawJson", "mustToJson":
            guard let value = arguments.first, !value.isOpaque else { return HelmValue.opaque(name) }
            return HelmValue.text(json(value))
        case "nindent", "indent":
            guard arguments.count == 2, let width = arguments[0].printed.flatMap({ Int($0) }),
                (0...200).contains(width),
                !arguments[1].isOpaque, let text = arguments[1].scalar?.text
            else { return HelmValue.opaque(name) }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
                String(repeating: " ", count: width) + $0
            }
            return HelmValue.text((name == "nindent" ? "\n" : "") + lines.joined(separator: "\n"))
        case "trim":
            guard let value = arguments.last, value.filled == nil, let text = value.scalar?.text else {
                return arguments.last
            }
            return value.replacing(.scalar(.init(text.trimmingBlanks, isPlain: false)))
        case "b64enc":
            guard let value = arguments.last else { return nil }
            return encoded(value)
        default: return nil
        }
    }

    /// With its value kept, as it is decoded again where a Secret is read.
    private func encoded(_ value: ManifestNode) -> ManifestNode {
        if let filled = value.filled, !filled.isBase64 {
            var node = HelmValue.text("")
            node.filled = FilledText(filled.value, at: filled.position, isBase64: true)
            return node
        }
        let flat = marks.flattened(value)
        guard let text = flat.printed else { return HelmValue.opaque("b64enc") }
        var node = HelmValue.text(Base64Text.encode(text))
        node.filled = FilledText(
            value.position.line > 0 ? value.bound : .literal(text), at: value.position.line > 0 ? value.position : nil,
            isBase64: true)
        return node
    }

    private mutating func quoted(_ value: ManifestNode, by quote: String, _ line: Int) throws(HelmFault) -> String {
        guard let scalar = value.scalar else {
            throw HelmFault(line: line, reason: "a \(value.kindName) is quoted here as Go prints it")
        }
        if value.filled != nil || (value.position.line > 0 && !scalar.text.isEmpty && scalar.kind != .null) {
            return quote + marks.mark(value) + quote
        }
        let text = scalar.kind == .null ? "" : scalar.text
        guard quote == "\"" else { return quote + text.replacing("'", with: "''") + quote }
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        return quote + escaped + quote
    }

    /// Block style, as Helm writes it; each value of a values file as a mark.
    private mutating func yaml(_ node: ManifestNode, indent: Int) -> String {
        let margin = String(repeating: " ", count: indent)
        switch node.content {
        case .scalar: return one(node)
        case .list(let list):
            if list.isEmpty { return "[]" }
            return list.map { element in
                let text = yaml(element, indent: indent + 2)
                return margin + "- " + (element.scalar == nil ? String(text.dropFirst(indent + 2)) : text)
            }.joined(separator: "\n")
        case .map(let members):
            if members.isEmpty { return "{}" }
            return members.map { member in
                let key = "\(margin)\(Self.key(member.key)):"
                let isFlat =
                    member.value.scalar != nil || member.value.list?.isEmpty == true
                    || member.value.map?.isEmpty == true
                return isFlat
                    ? "\(key) \(yaml(member.value, indent: 0))" : "\(key)\n\(yaml(member.value, indent: indent + 2))"
            }.joined(separator: "\n")
        }
    }

    private mutating func json(_ node: ManifestNode) -> String {
        switch node.content {
        case .scalar(let scalar):
            let text = one(node)
            return scalar.kind == .string && scalar.isPlain ? "\"\(text)\"" : text
        case .list(let list): return "[" + list.map { json($0) }.joined(separator: ",") + "]"
        case .map(let members):
            return "{" + members.map { Self.doubleQuoted($0.key) + ":" + json($0.value) }.joined(separator: ",") + "}"
        }
    }

    /// One scalar in a text: plain where it was, so that numbers stay numbers.
    private mutating func one(_ node: ManifestNode) -> String {
        guard let scalar = node.scalar else { return "" }
        if scalar.kind == .null, node.filled == nil { return "null" }
        if node.filled == nil, node.position.line == 0 || scalar.text.isEmpty {
            // A text of the template itself may hold marks.
            return scalar.isPlain ? scalar.text : Self.doubleQuoted(scalar.text)
        }
        let mark = marks.mark(node)
        return scalar.isPlain ? mark : "\"\(mark)\""
    }

    private static func key(_ key: String) -> String {
        key.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_.\/-]*/) != nil ? key : doubleQuoted(key)
    }

    private static func doubleQuoted(_ text: String) -> String {
        "\""
            + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            .replacing("\t", with: "\\t") + "\""
    }
}
