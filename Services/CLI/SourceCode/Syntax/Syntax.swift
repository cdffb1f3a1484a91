import Evidence

/// A piece of a source text as a tree, as far as following a value needs it: names, texts, calls and alternatives. What
/// is none of these stays a mark among the items of its phrase.
struct Syntax: Sendable {
    indirect enum Kind: Sendable {
        case word(String)
        case string(Token)
        case number(String)
        /// `a.b`, `a::b`, `a->b`; the base is an empty word in `.b`.
        case member(Syntax, String)
        case call(Syntax, [Phrase])
        case index(Syntax, [Phrase])
        /// In brackets, by the opening one.
        case group(String, [Phrase])
        /// `a || b`, `a ?? b`, `a ?: b`: the second where the first gives nothing; with `emptyCounts` also where it is
        /// empty.
        case either(Syntax, Syntax, emptyCounts: Bool)
        /// `condition ? a : b`
        case ternary(Syntax, Syntax, Syntax)
        case operation(String, Syntax, Syntax)
        /// `!a`
        case not(Syntax)
        /// `Config{Secret: x}`, `new Config { Secret = x }`: a type with its members.
        case literal(Syntax, [Phrase])
    }

    let kind: Kind
    /// Of a member, where its own name stands; otherwise where the whole begins.
    let position: SourcePosition

    /// The names of `a.b.c`, and nothing where it is more than names.
    var path: [String]? {
        switch kind {
        case .word(let name): [name]
        case .member(let base, let name): base.path.map { $0 + [name] }
        default: nil
        }
    }

    /// The last name: of `a.b()` and `a().b`, `b`.
    var name: String? {
        switch kind {
        case .word(let name): name
        case .member(_, let name): name
        case .call(let callee, _): callee.name
        default: nil
        }
    }

    /// What a member is taken of: of `a.b()`, `a`.
    var base: Syntax? {
        switch kind {
        case .member(let base, _): base
        case .call(let callee, _): callee.base
        default: nil
        }
    }

    var arguments: [Phrase] {
        switch kind {
        case .call(_, let arguments), .index(_, let arguments), .literal(_, let arguments): arguments
        default: []
        }
    }

    var isCall: Bool { if case .call = kind { true } else { false } }

    /// The name of what is called, without what it is a member of.
    var calledName: String? { isCall ? name : nil }

    /// A text without expressions in it.
    var plainText: (text: String, position: SourcePosition)? {
        if case .string(let token) = kind, token.pieces.isEmpty { return (token.text, token.position) }
        return nil
    }

    /// `cfg.Secret`, `manager().secret()`: for messages, without a text of the file.
    var spelling: String {
        switch kind {
        case .word(let name): name
        case .string: "a text"
        case .number(let digits): digits
        case .member(let base, let name): base.spelling + "." + name
        case .call(let callee, _): callee.spelling + "()"
        case .index(let base, let arguments):
            base.spelling + "[" + (arguments.first?.value?.plainText?.text ?? "…") + "]"
        case .group(let open, _): open + "…"
        case .either(let a, _, _), .ternary(_, let a, _): a.spelling
        case .not(let inner): "!" + inner.spelling
        case .operation(let mark, let a, let b): a.spelling + " " + mark + " " + b.spelling
        case .literal(let type, _): type.spelling + "{…}"
        }
    }

    /// Where the whole begins, of a chain too.
    var start: SourcePosition {
        switch kind {
        case .member(let base, let name):
            if case .word("") = base.kind { position } else if name.isEmpty { position } else { base.start }
        case .call(let callee, _): callee.start
        case .index(let base, _), .literal(let base, _): base.start
        case .either(let a, _, _), .operation(_, let a, _): a.start
        case .ternary(let condition, _, _): condition.start
        case .word, .string, .number, .group, .not: position
        }
    }

    /// Where a reader looks for a call: its beginning, or in a chain over several lines the line of its own name.
    var shownPosition: SourcePosition {
        start.line == position.line && isPlainPath ? start : position
    }

    private var isPlainPath: Bool {
        if case .call(let callee, _) = kind { return callee.path != nil }
        return path != nil
    }
}

/// What stands between separators: a phrase, an argument, a member of a literal.
struct Phrase: Sendable {
    enum Item: Sendable {
        case expression(Syntax)
        case mark(Token)
    }

    var items: [Item]
    /// The comma, semicolon or line end behind it.
    var separator: String

    /// The expressions in it, without the marks between.
    var expressions: [Syntax] {
        items.compactMap { if case .expression(let expression) = $0 { expression } else { nil } }
    }

    /// The one value that an argument is, without its label (`key: value`, `key = value`, `key => value`) and without a
    /// cast before it.
    var value: Syntax? {
        let items = unlabelled
        guard items.allSatisfy({ if case .expression = $0 { true } else { false } }) else { return nil }
        guard case .expression(let last)? = items.last else { return nil }
        return last
    }

    /// `key` of `key: value`, `key = value`, `"key" => value`, `key => value`.
    var label: (name: String, position: SourcePosition)? {
        guard items.count > 2, case .mark(let mark) = items[1], ["=", ":", "=>"].contains(mark.text),
            case .expression(let key) = items[0]
        else { return nil }
        switch key.kind {
        case .word(let name): return (name, key.position)
        case .string(let token) where token.pieces.isEmpty: return (token.text, key.position)
        default: return nil
        }
    }

    private var unlabelled: ArraySlice<Item> { label == nil ? items[...] : items.dropFirst(2) }

    /// The first word, where the phrase begins with one.
    var keyword: String? {
        if case .expression(let first)? = items.first, case .word(let word) = first.kind { return word }
        return nil
    }

    /// Where it begins.
    var position: SourcePosition {
        switch items.first {
        case .expression(let expression): expression.start
        case .mark(let mark): mark.position
        case nil: SourcePosition(file: "", line: 1)
        }
    }

    func has(_ word: String) -> Bool {
        items.contains { if case .expression(let e) = $0, case .word(word) = e.kind { true } else { false } }
    }

    var hasBlock: Bool { items.contains { $0.block != nil } }

    /// What is asked between `if` and its block.
    var conditionValue: Syntax? {
        guard let first = expressions.first else { return nil }
        if case .group("(", let inner) = first.kind { return inner.count == 1 ? inner[0].expressions.first : nil }
        return first
    }

    /// What stands behind the sign that gives a value.
    var behindEquals: ArraySlice<Item>? {
        items.firstIndex(where: Assigning.isSign).map { items[($0 + 1)...] }
    }

    /// The annotation, attribute or tag by which a library fills the name that is declared here.
    func binding(_ grammar: Grammar) -> Syntax? {
        if grammar.hasTypePrefixes {
            // Go's tag behind a field
            guard items.count >= 2, items.count <= 4, case .expression(let last)? = items.last,
                case .string(let token) = last.kind, token.pieces.isEmpty, case .expression(let first)? = items.first,
                case .word(let word) = first.kind, !grammar.keywords.contains(word), token.text.contains(":\"")
            else { return nil }
            return Syntax(
                kind: .call(
                    Syntax(kind: .word("tag"), position: last.position),
                    [Phrase(items: [items[items.count - 1]], separator: "")]),
                position: last.position)
        }
        guard !grammar.bindingAnnotations.isEmpty else { return nil }
        for item in items {
            guard case .expression(let expression) = item else { continue }
            if case .group("[", let inner) = expression.kind {
                let calls = inner.flatMap(\.expressions).filter(\.isCall)
                if let found = calls.first(where: { $0.name.map(grammar.bindingAnnotations.contains) ?? false }) {
                    return found
                }
            } else if expression.isCall, let name = expression.name, grammar.bindingAnnotations.contains(name) {
                return expression
            }
        }
        return nil
    }
}

extension Phrase.Item {
    /// The phrases between the braces that stand here.
    var block: [Phrase]? {
        if case .expression(let expression) = self, case .group("{", let inner) = expression.kind { inner } else { nil }
    }

    var isStopWord: Bool {
        if case .expression(let expression) = self { Stops.isStop(expression) } else { false }
    }
}

extension Sequence<Phrase> {
    /// The argument with this label.
    func labelled(_ names: String...) -> Syntax? {
        first { phrase in phrase.label.map { names.contains($0.name) } ?? false }?.value
    }
}

extension Array<Phrase> {
    /// The argument at a place, where there are so many.
    func at(_ place: Int) -> Syntax? { place >= 0 && place < count ? self[place].value : nil }
}

extension Syntax {
    /// The first name of a chain.
    var root: String? {
        var node = self
        while let base = node.base { node = base }
        return node.path?.first ?? node.name
    }
}
