import Evidence

/// A phrase that gives a name a value.
struct Assigning {
    let targets: [Syntax]
    let value: Syntax
    /// Where the value stands among the items.
    let valueIndex: Int
    /// Whether the value is put together of more than one item.
    let isComposed: Bool
    /// Of `||=` and `??=`: what is there stays, unless it is absent or, with true, empty.
    let keepsOld: Bool?

    private static let marks: Set<String> = ["=", ":=", "||=", "??="]

    init?(_ phrase: Phrase, before: Phrase?, grammar: Grammar) {
        let items = phrase.items
        let sign = items.firstIndex(where: Self.isSign)
        guard let at = sign ?? (grammar.arrowBinds ? items.firstIndex(where: Self.isArrow) : nil), at > 0,
            at + 1 < items.count
        else { return nil }
        guard let target = Self.target(items[..<at], grammar: grammar), target.place != nil else { return nil }
        guard let value = Self.composed(items[(at + 1)...]) else { return nil }
        var targets = [target]
        var mark = "by"
        if case .mark(let token) = items[at] { mark = token.text }
        // `secret, ok := …`
        if let before, before.separator == ",", case .expression(let first)? = before.items.last, first.place != nil,
            mark == ":=" || mark == "="
        {
            targets.insert(first, at: 0)
        }
        self.targets = targets
        self.value = value
        valueIndex = at + 1
        if case .expression(let first) = items[at + 1], case .word(let word) = first.kind {
            isComposed = Self.branching.contains(word)
        } else {
            isComposed = false
        }
        keepsOld = mark == "||=" ? true : mark == "??=" ? false : nil
    }

    static func isSign(_ item: Phrase.Item) -> Bool {
        switch item {
        case .mark(let mark): marks.contains(mark.text)
        case .expression(let e): if case .word("by") = e.kind { true } else { false }
        }
    }

    private static func isArrow(_ item: Phrase.Item) -> Bool {
        if case .mark(let mark) = item { mark.text == "=>" } else { false }
    }

    private static func target(_ items: ArraySlice<Phrase.Item>, grammar: Grammar) -> Syntax? {
        func expression(_ index: Int) -> Syntax? {
            guard items.indices.contains(index), case .expression(let found) = items[index] else { return nil }
            return found
        }
        if grammar.typeFollowsName {
            if case .expression(let first)? = items.first, case .word(let word) = first.kind,
                word == "case" || word == "default"
            {
                return expression(items.endIndex - 1)
            }
            if let colon = items.firstIndex(where: { if case .mark(let m) = $0 { m.text == ":" } else { false } }) {
                return expression(colon - 1)
            }
            if grammar.hasTypePrefixes, let keyword = expression(items.startIndex), case .word(let word) = keyword.kind,
                word == "var" || word == "const"
            {
                return expression(items.startIndex + 1)
            }
            if grammar.hasTypePrefixes, items.count == 2 { return expression(items.startIndex) }
        }
        guard let last = expression(items.endIndex - 1) else { return nil }
        // `if let Ok(secret) = …`
        if case .call(_, let arguments) = last.kind, last.name?.first?.isUppercase == true { return arguments.at(0) }
        // `string Secret { get; set; } = …`
        if case .group("{", _) = last.kind { return expression(items.endIndex - 2) }
        if case .literal(let name, _) = last.kind { return name }
        return last
    }

    private static let branching: Set<String> = ["if", "match", "switch", "when", "lazy", "unsafe", "run"]

    /// The value of what stands after the `=`: one expression, or all that an `if`, `match` or `when` may give.
    static func composed(_ items: ArraySlice<Phrase.Item>) -> Syntax? {
        // Marks before the value, such as a sign.
        let items = items.drop { if case .expression = $0 { false } else { true } }
        guard case .expression(let first)? = items.first else { return nil }
        guard case .word(let word) = first.kind, branching.contains(word), items.count > 1 else {
            // A cast before the value.
            if case .group("(", _) = first.kind, items.count > 1,
                case .expression(let second) = items[items.startIndex + 1], second.path != nil || second.isCall
            {
                return second
            }
            return first
        }
        var parts: [Syntax] = []
        for item in items.dropFirst() {
            guard case .expression(let expression) = item else { continue }
            switch expression.kind {
            case .group("{", let inner): parts += inner.flatMap(branches)
            case .group, .word("else"): break
            case .operation("==", _, _), .operation("!=", _, _): break
            default: parts.append(expression)
            }
        }
        guard var value = parts.first else { return first }
        for part in parts.prefix(SyntaxParser.chainLimit).dropFirst() {
            value = Syntax(kind: .either(value, part, emptyCounts: false), position: value.position)
        }
        return value
    }

    /// The value of one arm, or of a branch that is nothing but a value.
    private static func branches(_ phrase: Phrase) -> [Syntax] {
        let arrow = phrase.items.lastIndex { item in
            if case .mark(let mark) = item { mark.text == "=>" || mark.text == "->" } else { false }
        }
        if let arrow {
            // What an arm binds is the subject itself.
            guard let value = composed(phrase.items[(arrow + 1)...]) else { return [] }
            if case .word = value.kind { return [] }
            return [value]
        }
        if phrase.items.count <= 2, let value = phrase.expressions.last { return [value] }
        return []
    }
}

extension Syntax {
    /// The names of `a.b` and of `a["b"]`: a place that a value can be put.
    var place: [String]? {
        switch kind {
        case .index(let base, let arguments):
            arguments.first?.value?.plainText.flatMap { key in base.place.map { $0 + [key.text] } }
        default: path
        }
    }
}
