import Evidence

/// Tokens to phrases of expressions. Total: what fits no expression stays as a mark; linear, as nesting is bounded and
/// what is tried in vain is at most one alternative deep.
struct SyntaxParser {
    /// Deeper brackets and chains are read as if they had none.
    private static let depthLimit = 80
    /// Longer chains of calls and of operators are taken apart.
    static let chainLimit = 150

    let grammar: Grammar
    let tokens: [Token]
    let closing: [Int]
    var index = 0
    /// Whether a block behind a call belongs to it: not in the head of an `if`.
    var allowsClosure = true
    private var depth = 0
    /// How many `a ? b` are open; each is tried, and may be none.
    private var ternaries = 0

    static func phrases(of tokens: [Token], grammar: Grammar) -> [Phrase] {
        var parser = SyntaxParser(tokens, grammar: grammar)
        return parser.phrases(until: tokens.count, in: "{")
    }

    /// The expression that these tokens are, as in an interpolation.
    static func expression(of tokens: [Token], grammar: Grammar) -> Syntax? {
        var parser = SyntaxParser(tokens, grammar: grammar)
        guard let expression = parser.expression(), parser.index == tokens.count else { return nil }
        return expression
    }

    private init(_ tokens: [Token], grammar: Grammar) {
        self.tokens = tokens
        self.grammar = grammar
        closing = Brackets(tokens).closing
    }

    func token(_ offset: Int = 0) -> Token? {
        index + offset < tokens.count ? tokens[index + offset] : nil
    }

    func isMark(_ mark: String, _ offset: Int = 0) -> Bool { token(offset)?.isMark(mark) ?? false }

    // MARK: phrases

    private static let controlWords: Set<String> = [
        "if", "guard", "while", "for", "switch", "when", "func", "fun", "class", "struct", "enum", "extension", "init",
        "else", "catch", "protocol", "interface", "object", "actor", "impl", "trait", "match", "fn", "mod", "namespace",
    ]

    mutating func phrases(until end: Int, in open: String) -> [Phrase] {
        var result: [Phrase] = []
        var items: [Phrase.Item] = []
        let outer = allowsClosure
        defer { allowsClosure = outer }
        allowsClosure = true
        func isBlock(_ expression: Syntax) -> Bool {
            if case .group("{", _) = expression.kind { true } else { false }
        }
        func isMacroBlock(_ expression: Syntax) -> Bool {
            expression.calledName?.hasSuffix("!") ?? false && tokens[index - 1].isMark("}")
        }
        func finish(_ separator: String) {
            if !items.isEmpty { result.append(Phrase(items: items, separator: separator)) }
            items = []
        }
        while index < end, let token = token() {
            if token.kind == .lineEnd {
                index += 1
                // An annotation belongs to what follows on the next line.
                if Self.areAnnotations(items) { continue }
                if open == "{" || grammar.linesEndItems {
                    finish("\n")
                    allowsClosure = true
                }
            } else if token.isMark(",") || token.isMark(";") {
                index += 1
                finish(token.text)
                allowsClosure = true
            } else if let expression = expression() {
                items.append(.expression(expression))
                if case .word(let word) = expression.kind, Self.controlWords.contains(word) { allowsClosure = false }
                // Where lines do not end a phrase, a block does, unless something goes on behind it.
                if open == "{", !grammar.lexical.linesMatter, isBlock(expression) || isMacroBlock(expression),
                    let next = self.token(),
                    next.kind == .word || next.isMark("@") || next.isMark("#")
                {
                    finish("")
                }
            } else {
                items.append(.mark(token))
                index += 1
            }
        }
        finish("")
        return result
    }

    private static func areAnnotations(_ items: [Phrase.Item]) -> Bool {
        !items.isEmpty
            && items.allSatisfy { item in
                if case .expression(let expression) = item { expression.name?.hasPrefix("@") ?? false } else { false }
            }
    }

    // MARK: expressions

    mutating func expression(_ least: Int = 0) -> Syntax? {
        guard depth < Self.depthLimit else { return nil }
        depth += 1
        defer { depth -= 1 }
        guard var left = operand() else { return nil }
        // Left of a longer chain than this nothing is looked for; each step nests one deeper.
        var steps = 0
        while steps < Self.chainLimit, let (at, mark, precedence) = binaryOperator(), precedence >= least {
            steps += 1
            let before = index
            index = at + 1
            skipLineEnds()
            guard let right = expression(precedence + 1) else {
                index = before
                break
            }
            left = joined(left, mark, right)
        }
        if least == 0 { left = ternary(left) }
        return left
    }

    private func joined(_ left: Syntax, _ mark: String, _ right: Syntax) -> Syntax {
        if grammar.emptyCountingAlternatives.contains(mark) {
            return Syntax(kind: .either(left, right, emptyCounts: true), position: left.start)
        }
        if grammar.alternatives.contains(mark) {
            return Syntax(kind: .either(left, right, emptyCounts: false), position: left.start)
        }
        return Syntax(kind: .operation(mark, left, right), position: left.start)
    }

    private static let precedences: [String: Int] = [
        "or": 1, "||": 1, "??": 2, "?:": 2, "and": 3, "&&": 3, "==": 4, "!=": 4, "===": 4, "!==": 4, "<=": 4, ">=": 4,
        "+": 5, "-": 5, "*": 6, "/": 6, "%": 6,
    ]

    /// The operator here, or one that begins the next line.
    private func binaryOperator() -> (at: Int, mark: String, precedence: Int)? {
        let at = isLineEnd(0) ? index + 1 : index
        guard at < tokens.count else { return nil }
        let token = tokens[at]
        guard token.kind == .mark || (token.kind == .word && (token.text == "or" || token.text == "and")) else {
            return nil
        }
        if token.text == grammar.joinMark { return (at, "+", 5) }
        guard let precedence = Self.precedences[token.text] else { return nil }
        // A line that begins with one of these is a phrase of its own.
        if at > index, ["*", "-", "&&"].contains(token.text), token.text != "&&" { return nil }
        return (at, token.text, precedence)
    }

    private mutating func ternary(_ condition: Syntax) -> Syntax {
        guard grammar.hasTernary || grammar.hasPostfixQuestion else { return condition }
        let at = isLineEnd(0) ? 1 : 0
        guard isMark("?", at) else { return condition }
        let before = index
        if grammar.hasTernary, ternaries < 6 {
            ternaries += 1
            defer { ternaries -= 1 }
            index += at + 1
            skipLineEnds()
            if let first = expression() {
                if isLineEnd(0), isMark(":", 1) { index += 1 }
                if isMark(":") {
                    index += 1
                    skipLineEnds()
                    if let second = expression() {
                        return Syntax(kind: .ternary(condition, first, second), position: condition.start)
                    }
                }
            }
            index = before
        }
        if grammar.hasPostfixQuestion, at == 0 { index += 1 }
        return condition
    }

    func isLineEnd(_ offset: Int) -> Bool { token(offset)?.kind == .lineEnd }

    mutating func skipLineEnds() {
        while isLineEnd(0) { index += 1 }
    }
}
