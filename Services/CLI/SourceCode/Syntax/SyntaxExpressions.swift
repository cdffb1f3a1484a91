import Evidence

/// `Syntax` as the expression that all languages share.
enum SyntaxExpressions {
    static func expression(_ syntax: Syntax, in statements: inout SyntaxStatements) -> Expression {
        let position = syntax.shownPosition
        switch syntax.kind {
        case .word(let name): return word(name, at: position)
        case .number(let text): return Expression(.number(text), at: position)
        case .string(let token): return string(token, in: &statements)
        case .member(let base, let name):
            if case .word("") = base.kind { return Expression(.name("." + name), at: position) }
            return Expression(.member(statements.expression(base), name), at: position)
        case .call(let callee, let arguments):
            if statements.grammar.hasGetters, arguments.isEmpty, let base = callee.base, let member = getter(callee) {
                return Expression(.member(statements.expression(base), member), at: position)
            }
            let list = arguments.map { argument($0, in: &statements) }
            return Expression(.call(statements.expression(callee), list), at: position)
        case .index(let base, let arguments):
            // A slice of it: `sum[:]`
            if let first = arguments.first, first.label == nil,
                first.items.contains(where: { if case .mark(let m) = $0 { m.text == ":" } else { false } })
            {
                return statements.expression(base)
            }
            if arguments.count == 2, arguments[1].label?.name == "default", let first = arguments[0].value,
                let fallback = arguments[1].value
            {
                // Swift: `environment["JWT_SECRET", default: "x"]`
                let plain = Syntax(kind: .index(base, [arguments[0]]), position: first.position)
                return Expression(
                    .either([statements.expression(plain), statements.expression(fallback)], emptyCounts: false),
                    at: position)
            }
            let index = arguments.first.map { argument($0, in: &statements).value } ?? Expression(.other, at: position)
            return Expression(.index(statements.expression(base), index), at: position)
        case .group(let open, let inner): return group(open, inner, at: position, in: &statements)
        case .literal(let type, let members): return literal(type, members, at: position, in: &statements)
        case .either(let a, let b, let emptyCounts):
            let first = statements.expression(a)
            if Stops.isFault(b) {
                return Expression(.either([first, fault(at: b.start)], emptyCounts: emptyCounts), at: position)
            }
            let second = statements.expression(b)
            // `a ?: b ?: c` is one chain.
            if case .either(let list, emptyCounts: emptyCounts) = first.kind {
                return Expression(.either(list + [second], emptyCounts: emptyCounts), at: position)
            }
            return Expression(.either([first, second], emptyCounts: emptyCounts), at: position)
        case .ternary(let condition, let a, let b):
            return Expression(
                .choice(
                    condition: statements.expression(condition), then: statements.expression(a),
                    otherwise: statements.expression(b)), at: position)
        case .not(let inner): return Expression(.operation("!", [statements.expression(inner)]), at: position)
        case .operation(let mark, let a, let b):
            return Expression(.operation(mark, [statements.expression(a), statements.expression(b)]), at: position)
        }
    }

    /// `jwtSecret` of `getJwtSecret`.
    private static func getter(_ callee: Syntax) -> String? {
        guard let name = callee.name, name.hasPrefix("get"), name.hasSuffix("Secret") || name.hasSuffix("Key") else {
            return nil
        }
        let rest = name.dropFirst(3)
        guard let first = rest.first, first.isUppercase, callee.base?.path != ["this"] else { return nil }
        return first.lowercased() + rest.dropFirst()
    }

    /// What stands for a value where the code stops.
    static func fault(at position: SourcePosition) -> Expression { Expression(.operation("fail", []), at: position) }

    private static func word(_ name: String, at position: SourcePosition) -> Expression {
        if name.hasPrefix("@@") || name.hasPrefix("@"), name.first == "@", let inner = name.split(separator: "@").first,
            inner.first?.isLowercase == true || inner.first == "_"
        {
            // Ruby's `@secret`
            return Expression(.member(Expression(.name("self"), at: position), String(inner)), at: position)
        }
        if name.hasPrefix("$"), name.count > 1, name.dropFirst().first?.isNumber == false {
            return Expression(.name(String(name.dropFirst())), at: position)
        }
        return Expression(.name(name == "Self" || name == "static" ? "self" : name), at: position)
    }

    private static func string(_ token: Token, in statements: inout SyntaxStatements) -> Expression {
        if token.pieces.isEmpty { return Expression(.text(token.text), at: token.position) }
        let grammar = statements.grammar
        let parts = token.pieces.map { piece -> Expression.Part in
            switch piece {
            case .text(let text): return .text(text)
            case .code(let tokens):
                guard let inner = SyntaxParser.expression(of: tokens, grammar: grammar) else {
                    return .expression(Expression(.other, at: token.position))
                }
                return .expression(statements.expression(inner))
            }
        }
        return Expression(.template(parts), at: token.position)
    }

    // MARK: brackets

    static func argument(_ phrase: Phrase, in statements: inout SyntaxStatements) -> Expression.Argument {
        let label = phrase.label
        let items = label == nil ? phrase.items[...] : phrase.items.dropFirst(2)
        let position = label?.position ?? phrase.position
        return .init(label: label?.name, value: value(items, in: &statements), position: position)
    }

    /// What the items between two commas are: a value, a closure with its head, or a value behind a cast.
    private static func value(_ items: ArraySlice<Phrase.Item>, in statements: inout SyntaxStatements) -> Expression {
        let expressions = items.compactMap { if case .expression(let e) = $0 { e } else { nil } }
        guard let last = expressions.last else {
            return Expression(.other, at: SourcePosition(file: "", line: 1))
        }
        if items.count == 1 { return statements.expression(last) }
        if let function = closure(items, in: &statements) { return function }
        if expressions.count == items.count {
            // `(String) value`, `func(t *jwt.Token) …` without a body
            if case .group("(", _) = expressions[0].kind, expressions.count == 2 { return statements.expression(last) }
            if let composed = Assigning.composed(items), expressions.count > 2 {
                return statements.expression(composed)
            }
        }
        let all = expressions.map { statements.expression($0) }
        return Expression(.list(all), at: expressions[0].start)
    }

    /// `func(t *jwt.Token) (any, error) { … }`, `(a, b) -> …`, `x => …`, `function ($x) use ($y) { … }`, `fn () => …`
    private static func closure(
        _ items: ArraySlice<Phrase.Item>, in statements: inout SyntaxStatements
    ) -> Expression? {
        let arrow = items.firstIndex { item in
            if case .mark(let mark) = item { mark.text == "=>" || mark.text == "->" } else { false }
        }
        var isFunction = arrow != nil
        for item in items {
            if case .expression(let e) = item, case .word(let word) = e.kind, ["func", "function", "fn"].contains(word)
            {
                isFunction = true
            }
        }
        guard isFunction, case .expression(let last)? = items.last else { return nil }
        var body: [Statement]
        if case .group("{", let inner) = last.kind {
            body = statements.block(inner)
            if statements.grammar.hasTailValues || inner.count == 1 { SyntaxStatements.returnTail(of: &body) }
        } else {
            body = [.returned(statements.expression(last))]
        }
        return Expression(.function(Function("", parameters: [], body: body, at: last.start)), at: last.start)
    }

    private static func group(
        _ open: String, _ inner: [Phrase], at position: SourcePosition, in statements: inout SyntaxStatements
    ) -> Expression {
        if open == "(" {
            if inner.count == 1, inner[0].items.count == 1, let only = inner[0].value {
                return statements.expression(only)
            }
            return Expression(.list(inner.map { argument($0, in: &statements).value }), at: position)
        }
        if statements.isObject(inner) { return Expression(.object(entries(inner, in: &statements)), at: position) }
        if open == "[" { return Expression(.list(inner.map { argument($0, in: &statements).value }), at: position) }
        var phrases = inner
        // `{ x in …`, `{ x -> …`: the names before say nothing here.
        if let first = phrases.first,
            let head = first.items.firstIndex(where: { item in
                switch item {
                case .mark(let mark): mark.text == "->"
                case .expression(let e): if case .word("in") = e.kind { true } else { false }
                }
            })
        {
            let rest = Array(first.items[(head + 1)...])
            phrases = (rest.isEmpty ? [] : [Phrase(items: rest, separator: first.separator)]) + phrases.dropFirst()
        }
        var body = statements.block(phrases)
        SyntaxStatements.returnTail(of: &body)
        return Expression(.function(Function("", parameters: [], body: body, at: position)), at: position)
    }

    private static func literal(
        _ type: Syntax, _ members: [Phrase], at position: SourcePosition, in statements: inout SyntaxStatements
    ) -> Expression {
        let made = statements.expression(type)
        guard members.contains(where: { $0.label != nil }) else {
            let list = members.map { argument($0, in: &statements).value }
            let values = Expression(.list(list), at: position)
            return Expression(.call(made, [.init(label: nil, value: values, position: position)]), at: position)
        }
        let entries = Self.entries(members, in: &statements)
        for entry in entries {
            // What a call gives is the same wherever it is asked; a local name is not known elsewhere.
            guard let key = entry.key, let word = type.name, case .call = entry.value.kind else { continue }
            let target = Expression(.name(key), at: entry.position)
            let name = word == "Self" ? statements.currentType : word
            statements.made[name, default: []].append(
                .bind(targets: [target], value: entry.value, position: entry.position))
        }
        let object = Expression(.object(entries), at: position)
        let only = Expression.Argument(label: nil, value: object, position: position)
        if case .call(let callee, let arguments) = made.kind {
            return Expression(.call(callee, arguments + [only]), at: position)
        }
        return Expression(.call(made, [only]), at: position)
    }

    private static func entries(_ phrases: [Phrase], in statements: inout SyntaxStatements) -> [Expression.Entry] {
        phrases.map { phrase in
            let member = argument(phrase, in: &statements)
            return .init(key: member.label, value: member.value, position: member.position)
        }
    }
}
