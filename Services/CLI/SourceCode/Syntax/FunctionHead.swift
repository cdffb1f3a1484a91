import Evidence

/// A phrase that declares a function with a name.
struct FunctionHead {
    let name: String
    let parameters: [Phrase]
    let body: [Phrase]
    /// Of `= expression` and `=> expression`.
    let value: Syntax?
    let annotations: [Syntax]
    /// The type that a Go method belongs to.
    let receiver: String?
    let position: SourcePosition

    init?(_ phrase: Phrase, grammar: Grammar) {
        let items = phrase.items
        guard let head = Self.head(in: items, grammar: grammar), case .expression(let call) = items[head],
            let name = call.name
        else { return nil }
        var arguments = call.arguments
        var body: [Phrase]?
        var value: Syntax?
        var isAssigned = false
        for index in items.indices where index > head {
            switch items[index] {
            case .mark(let mark) where !isAssigned && (mark.text == "=" || mark.text == "=>"):
                isAssigned = true
                value = Assigning.composed(items[(index + 1)...])
            case .mark: break
            case .expression(let expression):
                if value == nil, let inner = Self.body(in: expression) { body = inner }
            }
        }
        if body == nil, value == nil, let last = arguments.last, last.items.count == 1, last.separator.isEmpty,
            case .expression(let block) = last.items[0], case .group("{", let inner) = block.kind
        {
            body = inner
            arguments.removeLast()
        }
        guard body != nil || value != nil else { return nil }
        self.name = name
        self.body = body ?? []
        self.value = value
        annotations = items[..<head].compactMap { item in
            if case .expression(let e) = item, e.isCall { e } else { nil }
        }
        position = call.position
        var parameters = arguments
        var receiver: String?
        if grammar.hasTypePrefixes, head > 0, case .expression(let before) = items[head - 1],
            case .group("(", let own) = before.kind, let first = own.first
        {
            receiver = Self.type(of: first, grammar: grammar)
            parameters.append(first)
        }
        self.receiver = receiver
        self.parameters = parameters
    }

    private static func body(in expression: Syntax) -> [Phrase]? {
        switch expression.kind {
        case .group("{", let inner): inner
        // The type that is given back, with the block taken for its members.
        case .literal(_, let inner): inner
        default: nil
        }
    }

    private static func head(in items: [Phrase.Item], grammar: Grammar) -> Int? {
        var words: Set<String> = []
        for (index, item) in items.enumerated() {
            guard case .expression(let expression) = item else {
                if case .mark(let mark) = item, ["=", ":=", "=>", "->"].contains(mark.text) { return nil }
                continue
            }
            if case .word(let word) = expression.kind { words.insert(word) }
            // Ruby: `def secret`, `def self.encode(payload)`
            if grammar.hasCommandCalls, index == 1, words.contains("def"), expression.name != nil { return index }
            guard case .call(let callee, _) = expression.kind, let path = callee.path, path.count == 1,
                !path[0].hasPrefix("@")
            else { continue }
            if grammar.functionWords.isEmpty {
                // `String name(…) {`: something stands before the name, or it is a constructor's.
                guard index > 0 || path[0].first?.isUppercase == true else { return nil }
                return words.isDisjoint(with: ["return", "new", "throw", "else", "yield", "await"]) ? index : nil
            }
            let isMaker = path[0] == "init" && grammar.functionWords.contains("func") || path[0] == "constructor"
            return isMaker || !words.isDisjoint(with: grammar.functionWords) ? index : nil
        }
        return nil
    }

    /// The name in `key: String`, `String key`, `key string`, `_ key: String`, `t *jwt.Token`.
    static func name(of phrase: Phrase, grammar: Grammar) -> (text: String, position: SourcePosition)? {
        var names: [(String, SourcePosition)] = []
        for item in phrase.items {
            switch item {
            case .mark(let mark):
                if mark.text == ":" || mark.text == "=" { return names.last }
            case .expression(let expression):
                switch expression.kind {
                case .operation(_, let left, _):
                    if let name = left.name { return (name, left.position) }
                case .index(let base, _):
                    if let name = base.name { names.append((Self.plain(name), base.position)) }
                default:
                    if let path = expression.path, let last = path.last {
                        names.append((Self.plain(last), expression.position))
                    }
                }
            }
        }
        // `key string` in Go; elsewhere the type stands first.
        return grammar.hasTypePrefixes ? names.first : names.last
    }

    private static func plain(_ name: String) -> String { name.hasPrefix("$") ? String(name.dropFirst()) : name }

    /// The name in `s *Service`, `config: Config`, `Config config`.
    static func type(of phrase: Phrase, grammar: Grammar) -> String? {
        var names: [String] = []
        for item in phrase.items {
            guard case .expression(let expression) = item else { continue }
            switch expression.kind {
            case .operation(_, _, let right): return right.name
            default: if let name = expression.name { names.append(name) }
            }
        }
        guard names.count > 1 else { return nil }
        return grammar.typeFollowsName ? names.last : names[names.count - 2]
    }
}
