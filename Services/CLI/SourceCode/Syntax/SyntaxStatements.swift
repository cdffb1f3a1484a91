import Evidence

/// Phrases to the statements that all languages share: which names are bound to what, what functions give back, and what
/// stops where a value is missing.
///
/// Longer than other files: one pass over phrases that keeps types and blocks as it goes, which parts would only hand about.
struct SyntaxStatements {
    let grammar: Grammar
    /// Deeper blocks are left out.
    private static let depthLimit = 120
    private var depth = 0
    /// A type's parts may stand apart: extensions, methods with a receiver, `impl` blocks.
    private var types: [String: TypeParts] = [:]
    private var typeOrder: [String] = []
    /// The type whose body is read: `Self`.
    var currentType = ""
    /// What literals give the members of a type.
    var made: [String: [Statement]] = [:]
    /// What tells whether a value is there (`secret, ok := …`), with the value.
    var companions: [String: Expression] = [:]

    struct TypeParts {
        var body: [Statement] = []
        var decorators: [Expression] = []
        let position: SourcePosition
    }

    static func statements(of text: String, file: String, grammar: Grammar) -> [Statement] {
        statements(of: Lexer.tokens(of: text, file: file, rules: grammar.lexical), grammar: grammar)
    }

    static func statements(of tokens: [Token], grammar: Grammar) -> [Statement] {
        var statements = SyntaxStatements(grammar: grammar)
        let body = statements.block(SyntaxParser.phrases(of: tokens, grammar: grammar))
        for (name, members) in statements.made { statements.types[name]?.body += members }
        let types = statements.typeOrder.compactMap { name -> Statement? in
            guard let parts = statements.types[name] else { return nil }
            return .type(
                TypeDeclaration(
                    name, bases: [], body: parts.body, decorators: parts.decorators, at: parts.position))
        }
        return types + body
    }

    private init(grammar: Grammar) { self.grammar = grammar }

    mutating func block(_ phrases: [Phrase]) -> [Statement] {
        guard depth < Self.depthLimit else { return [] }
        depth += 1
        defer { depth -= 1 }
        var result: [Statement] = []
        var index = 0
        while index < phrases.count {
            let phrase = phrases[index]
            let before = index > 0 ? phrases[index - 1] : nil
            result += statements(phrase, before: before, rest: phrases[(index + 1)...], skips: &index)
            // What else a `return` gives back
            if phrase.keyword == "return" {
                while index + 1 < phrases.count, phrases[index].separator == "," { index += 1 }
            }
            index += 1
        }
        return result
    }

    mutating func statements(
        _ phrase: Phrase, before: Phrase?, rest: ArraySlice<Phrase>, skips: inout Int
    ) -> [Statement] {
        if let type = TypeHead(phrase, grammar: grammar) {
            add(type)
            return []
        }
        if let function = FunctionHead(phrase, grammar: grammar) { return statements(of: function) }
        if let property = computedProperty(phrase) { return [property] }
        switch phrase.keyword {
        case "return": return returned(phrase, next: rest.first)
        case "if", "unless", "guard":
            if let conditional = conditional(phrase, rest: rest, skips: &skips) { return conditional }
        case "else":
            return phrase.expressions.dropFirst().map { self.statement($0) }
        default: break
        }
        if let declarations = declarations(phrase) { return declarations }
        if phrase.items.count == 1, case .expression(let only) = phrase.items[0], only.calledName == "lazy_static!" {
            return block(only.arguments)
        }
        if let modified = modified(phrase) { return modified }
        if isStop(phrase) { return [.failed(phrase.expressions.last.map { expression($0) })] }
        if let bound = binding(phrase, before: before) { return bound }
        return phrase.expressions.map { statement($0) }
    }

    /// A block of its own, or a plain expression.
    mutating func statement(_ syntax: Syntax) -> Statement {
        if case .group("{", let inner) = syntax.kind, !isObject(inner) { return .block(block(inner)) }
        return .expression(expression(syntax))
    }

    // MARK: types and functions

    private mutating func add(_ type: TypeHead) {
        let outer = currentType
        currentType = type.name
        defer { currentType = outer }
        let plain = type.body.compactMap { self.plainField($0) }
        let body = type.parameters.flatMap { self.field($0) } + plain + block(type.body)
        if types[type.name] == nil {
            types[type.name] = TypeParts(position: type.position)
            typeOrder.append(type.name)
        }
        types[type.name]?.body += body
        let annotations = type.annotations.map { expression($0) }
        types[type.name]?.decorators += annotations
    }

    /// A parameter of a type's own head is a field: `class Tokens(private val secret: String)`.
    private mutating func field(_ parameter: Phrase) -> [Statement] {
        guard let name = FunctionHead.name(of: parameter, grammar: grammar) else { return [] }
        let target = Expression(.name(name.text), at: name.position)
        return [.bind(targets: [target], value: initial(of: parameter), position: name.position)]
    }

    /// A field without a value, which something else fills: `var secret: String`, `private String secret;`,
    /// `public string Secret { get; set; }`.
    private func plainField(_ phrase: Phrase) -> Statement? {
        let isGiven = phrase.items.contains { item in
            if case .mark(let mark) = item, mark.text == "=>" { true } else { Assigning.isSign(item) }
        }
        guard phrase.items.count > 1, !grammar.hasTrailingClosures || !phrase.hasBlock, !isGiven,
            phrase.binding(grammar) == nil,
            (phrase.separator != "," || grammar.hasStructLiterals && grammar.typeFollowsName),
            !phrase.expressions.contains(where: \.isCall), let name = FunctionHead.name(of: phrase, grammar: grammar),
            !grammar.keywords.contains(name.text)
        else { return nil }
        let target = Expression(.name(name.text), at: name.position)
        return .bind(targets: [target], value: nil, position: name.position)
    }

    /// What an annotation says of a name's value, with the value that is written behind `=`.
    private mutating func initial(of phrase: Phrase) -> Expression? {
        let written = phrase.behindEquals.flatMap { Assigning.composed($0) }.map { expression($0) }
        guard let annotation = phrase.binding(grammar) else { return written }
        let type = FunctionHead.type(of: phrase, grammar: grammar)
        guard case .call(let callee, let arguments) = expression(annotation).kind else { return written }
        var all = arguments
        if grammar.hasTypePrefixes, let type {
            all.append(
                .init(
                    label: nil, value: Expression(.name(type), at: annotation.position), position: annotation.position))
        }
        if let written { all.append(.init(label: "=", value: written, position: written.position)) }
        return Expression(.call(callee, all), at: annotation.position)
    }

    private mutating func statements(of head: FunctionHead) -> [Statement] {
        var parameters: [Function.Parameter] = []
        var body: [Statement] = []
        for phrase in head.parameters {
            guard let name = FunctionHead.name(of: phrase, grammar: grammar) else { continue }
            let value = initial(of: phrase)
            let isField = ["private", "public", "protected", "readonly"].contains { phrase.has($0) }
            if phrase.binding(grammar) != nil {
                let own = Expression(.name(name.text), at: name.position)
                let member = Expression(
                    .member(Expression(.name("self"), at: name.position), name.text), at: name.position)
                body.append(.bind(targets: isField ? [member, own] : [own], value: value, position: name.position))
            } else {
                parameters.append(
                    .init(
                        name: name.text, fallback: value, position: name.position, isField: isField,
                        type: FunctionHead.type(of: phrase, grammar: grammar)))
            }
        }
        if let value = head.value {
            body.append(.returned(expression(value)))
        } else {
            body += block(head.body)
            if grammar.hasTailValues || head.body.count == 1 { Self.returnTail(of: &body) }
        }
        let function = Function(
            head.name, parameters: parameters, body: body, decorators: head.annotations.map { expression($0) },
            at: head.position)
        if let receiver = head.receiver {
            if types[receiver] == nil {
                types[receiver] = TypeParts(position: head.position)
                typeOrder.append(receiver)
            }
            types[receiver]?.body.append(.function(function))
            return []
        }
        return [.function(function)]
    }

    /// Swift: `var secret: String { … }` is a function without parameters.
    private mutating func computedProperty(_ phrase: Phrase) -> Statement? {
        guard grammar.hasTrailingClosures, phrase.has("var"), phrase.behindEquals == nil,
            let body = phrase.items.last?.block,
            phrase.items.contains(where: { item in
                if case .mark(let mark) = item { mark.text == ":" } else { false }
            }), let name = FunctionHead.name(of: phrase, grammar: grammar)
        else { return nil }
        var inner = block(body)
        SyntaxStatements.returnTail(of: &inner)
        return .function(Function(name.text, parameters: [], body: inner, at: name.position))
    }

    /// `const ( a = 1 … )`
    private mutating func declarations(_ phrase: Phrase) -> [Statement]? {
        guard phrase.items.count == 2, ["var", "const", "type"].contains(phrase.keyword),
            case .expression(let group) = phrase.items[1], case .group("(", let inner) = group.kind
        else { return nil }
        guard phrase.keyword == "type" else { return block(inner) }
        guard case .expression(let word) = phrase.items[0] else { return nil }
        return block(inner.map { Phrase(items: [.expression(word)] + $0.items, separator: $0.separator) })
    }

    /// The last expression is the value.
    static func returnTail(of body: inout [Statement]) {
        if case .expression(let last)? = body.last { body[body.count - 1] = .returned(last) }
    }

    // MARK: returns and stops

    private mutating func returned(_ phrase: Phrase, next: Phrase?) -> [Statement] {
        guard phrase.items.count > 1, let value = Assigning.composed(phrase.items[1...]) else { return [] }
        // `return nil, err`
        if phrase.separator == ",", let next, let fault = next.expressions.first, Stops.isFault(fault) {
            return [.failed(expression(fault))]
        }
        if Stops.isFault(value) { return [.failed(expression(value))] }
        return [.returned(expression(value))] + phrase.expressions.dropFirst(2).map { .expression(expression($0)) }
    }

    private func isStop(_ phrase: Phrase) -> Bool { Stops.contains(phrase) }

    // MARK: bindings

    mutating func binding(_ phrase: Phrase, before: Phrase?) -> [Statement]? {
        guard let assignment = Assigning(phrase, before: before, grammar: grammar) else {
            guard let annotation = phrase.binding(grammar), let name = FunctionHead.name(of: phrase, grammar: grammar)
            else { return nil }
            let target = Expression(.name(name.text), at: name.position)
            return [.bind(targets: [target], value: initial(of: phrase), position: annotation.position)]
        }
        let targets = assignment.targets.map { expression($0) }
        var value = expression(assignment.value)
        if phrase.binding(grammar) != nil, let annotated = initial(of: phrase) { value = annotated }
        if let emptyCounts = assignment.keepsOld, let target = targets.first {
            value = Expression(.either([target, value], emptyCounts: emptyCounts), at: value.position)
        }
        if targets.count == 2, let name = targets[1].name { companions[name] = targets[0] }
        var result = [Statement.bind(targets: targets, value: value, position: targets[0].position)]
        // What follows the value: a closure, the branches of a match.
        for item in phrase.items.dropFirst(assignment.valueIndex + 1) {
            guard case .expression(let more) = item, case .group = more.kind else { continue }
            if !assignment.isComposed { result.append(statement(more)) }
        }
        return result
    }

    // MARK: expressions

    mutating func expression(_ syntax: Syntax) -> Expression {
        guard depth < Self.depthLimit else { return Expression(.other, at: syntax.position) }
        depth += 1
        defer { depth -= 1 }
        return SyntaxExpressions.expression(syntax, in: &self)
    }

    func isObject(_ phrases: [Phrase]) -> Bool {
        !phrases.isEmpty && phrases.allSatisfy { $0.label != nil && $0.items.count >= 3 && $0.separator != ";" }
    }
}
