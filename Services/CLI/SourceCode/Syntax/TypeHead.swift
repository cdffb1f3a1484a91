import Evidence

/// A phrase that declares a type, or a part of one.
struct TypeHead {
    let name: String
    let body: [Phrase]
    /// Of a type that is written with them: `class Tokens(private val secret: String)`.
    let parameters: [Phrase]
    let annotations: [Syntax]
    let position: SourcePosition

    private static let words: Set<String> = [
        "class", "struct", "enum", "extension", "object", "interface", "record", "impl", "trait", "actor", "type",
        "protocol",
    ]

    init?(_ phrase: Phrase, grammar: Grammar) {
        let items = phrase.items
        guard
            let at = items.firstIndex(where: { item in
                if case .expression(let e) = item, case .word(let word) = e.kind {
                    Self.words.contains(word)
                } else {
                    false
                }
            }), at + 1 < items.count
        else { return nil }
        // `type` and `record` are ordinary names too.
        for item in items {
            if case .mark(let mark) = item, mark.text == "=" || mark.text == ":=" { return nil }
        }
        var names = items[(at + 1)...]
        if let target = names.firstIndex(where: { item in
            if case .expression(let e) = item, case .word("for") = e.kind { true } else { false }
        }) {
            // `impl Trait for Type`
            names = names[(target + 1)...]
        }
        // `data class`, `record struct`, `companion object {`
        while case .expression(let e)? = names.first, case .word(let word) = e.kind, Self.words.contains(word) {
            names = names.dropFirst()
        }
        guard case .expression(let head)? = names.first else { return nil }
        if case .word(let word) = head.kind,
            grammar.functionWords.contains(word) || ["var", "let", "val"].contains(word)
        {
            return nil
        }
        var name = head.name ?? ""
        var parameters = head.isCall ? head.arguments : []
        var body: [Phrase]?
        if case .group("{", let inner) = head.kind {
            // `JWT struct {`; of `companion object {` the members are those of the type around.
            guard at > 0, case .expression(let before) = items[at - 1], let word = before.path?.first,
                word != "companion"
            else { return nil }
            name = word
            body = inner
        }
        if case .literal(let type, let members) = head.kind {
            name = type.name ?? ""
            body = members
        }
        for item in names.dropFirst() {
            if case .expression(let e) = item {
                if case .group("{", let inner) = e.kind { body = body ?? inner }
                if case .literal(_, let inner) = e.kind { body = body ?? inner }
                // `class Tokens @Autowired constructor(private val secret: String)`
                if e.isCall, e.name == "constructor" { parameters += e.arguments }
                // `class A : B() {` with its block taken for a closure
                if e.isCall, let last = e.arguments.last, last.items.count == 1,
                    case .expression(let closure) = last.items[0], case .group("{", let inner) = closure.kind
                {
                    body = body ?? inner
                }
            }
        }
        guard !name.isEmpty, body != nil || !parameters.isEmpty else { return nil }
        self.name = name
        self.body = body ?? []
        self.parameters = parameters
        annotations = items[..<at].compactMap { item in
            if case .expression(let e) = item, e.isCall { e } else { nil }
        }
        position = head.position
    }
}
