import Evidence

/// A variable of a step or of its shell.
struct ShellVariable: Sendable {
    var value: BoundValue
    var position: SourcePosition
    /// Whether programs that the shell starts see it.
    var isExported: Bool
}

/// What the words of a script are filled in from.
struct ShellVariables: Sendable {
    var values: [String: ShellVariable] = [:]
    /// What `${{ … }}` comes to.
    let expression: @Sendable (String) -> BoundValue
    /// A variable that neither the script nor the step sets: the runner may have it.
    let unset: @Sendable (String) -> BoundValue

    init(
        _ values: [String: ShellVariable] = [:],
        expression: @escaping @Sendable (String) -> BoundValue = { .opaque("${{\($0)}}") },
        unset: @escaping @Sendable (String) -> BoundValue = { .reference(SecretReference(.variable, $0)) }
    ) {
        self.values = values
        self.expression = expression
        self.unset = unset
    }

    func text(_ word: ShellWord) -> MarkedText {
        MarkedText(
            word.parts.map { part in
                if case .text(let text) = part.content {
                    return .init(content: .text(text), position: part.position, isExact: part.isExact)
                }
                return .init(
                    content: .value(value(part.content, at: part.position)), position: part.position, isExact: false)
            }, at: word.position)
    }

    private func value(_ content: ShellWord.Content, at position: SourcePosition) -> BoundValue {
        switch content {
        case .text(let text): return .literal(text)
        case .expression(let expression): return self.expression(expression)
        // Its words may hold a secret, and messages show it.
        case .opaque(let spelling):
            let isCommand = spelling.hasPrefix("$(") || spelling.hasPrefix("`")
            return .opaque("\(isCommand ? "the output of a command" : "an expansion") at \(position)")
        case .variable(let name, let word, let emptyCounts):
            let word = word.map { text($0).bound }
            guard let known = values[name]?.value else {
                let open = unset(name)
                guard let word else { return open }
                return open.reference.map { .reference($0, default: word, emptyCounts: emptyCounts) } ?? open
            }
            guard let word else { return known }
            if let literal = known.literal { return literal.isEmpty && emptyCounts ? word : known }
            if let reference = known.reference, known.fallback == nil {
                return .reference(reference, default: word, emptyCounts: emptyCounts)
            }
            return known
        }
    }

    /// The lines of a here-document or of a text that a shell fills in.
    func lines(of text: EmbeddedText, isLiteral: Bool) -> [MarkedText] {
        text.lines.enumerated().map { index, line in
            let single = EmbeddedText(lines: [line])
            if isLiteral, !line.text.contains("${{") {
                return MarkedText(
                    [.init(content: .text(line.text), position: line.position, isExact: line.isExact)],
                    at: line.position)
            }
            var reader = ShellWordReader(
                cursor: ShellCursor(single, limit: 1 << 16), mode: .script)
            return self.text(isLiteral ? reader.readExpressions() : reader.readFilledIn())
        }
    }

    /// Programs see these, in the order of their names.
    var exported: [Assignment] {
        values.filter(\.value.isExported).sorted { $0.key < $1.key }.map {
            Assignment($0.key, $0.value.value, at: $0.value.position, origin: .workflow)
        }
    }
}
