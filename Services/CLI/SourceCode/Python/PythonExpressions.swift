import Evidence

/// Python's expressions, by precedence climbing. Total: what does not parse is `other`, and each call passes at least
/// what it looked at or leaves it to the caller, who passes over it.
struct PythonExpressions {
    var cursor: TokenCursor
    let file: String
    private var depth = 0
    /// Brackets deeper than this are passed over; no program has them.
    private static let depthLimit = 60
    private static let chainLimit = 200

    init(_ tokens: [Token], file: String) {
        cursor = TokenCursor(tokens, file: file)
        self.file = file
    }

    /// `a, b` is a list.
    mutating func expressions() -> Expression {
        let position = cursor.position
        let first = expression()
        guard cursor.isMark(",") else { return first }
        var list = [first]
        while cursor.accept(","), startsExpression { list.append(expression()) }
        return Expression(.list(list), at: position)
    }

    private var startsExpression: Bool {
        switch cursor.current.kind {
        case .lineEnd: false
        case .mark: !["=", ")", "]", "}", ":", ";", ","].contains(cursor.current.text)
        default: true
        }
    }

    mutating func expression() -> Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            let position = cursor.position
            if ["(", "[", "{"].contains(cursor.current.text) { cursor.passBrackets() }
            return Expression(.other, at: position)
        }
        let position = cursor.position
        if cursor.isWord("lambda") { return lambda() }
        if cursor.accept("*") || cursor.accept("**") { return expression() }
        let value = binary(0)
        if cursor.accept(":=") { return Expression(.assign(value, expression()), at: position) }
        if cursor.isWord("if") {
            cursor.advance()
            let condition = binary(0)
            guard cursor.acceptWord("else") else { return value }
            return Expression(.choice(condition: condition, then: value, otherwise: expression()), at: position)
        }
        return value
    }

    private mutating func lambda() -> Expression {
        let position = cursor.position
        cursor.advance()
        var parameters: [Function.Parameter] = []
        while !cursor.isAtEnd, !cursor.isMark(":"), cursor.current.kind != .lineEnd {
            let token = cursor.current
            cursor.advance()
            guard token.kind == .word else { continue }
            let fallback = cursor.accept("=") ? expression() : nil
            parameters.append(.init(name: token.text, fallback: fallback, position: token.position))
        }
        _ = cursor.accept(":")
        let body = expression()
        return Expression(
            .function(Function("", parameters: parameters, body: [.returned(body)], at: position)), at: position)
    }

    private static let levels: [String: Int] = [
        "or": 1, "and": 2, "in": 4, "is": 4, "not": 4, "<": 4, ">": 4, "==": 4, "!=": 4, "<=": 4, ">=": 4, "|": 5,
        "^": 5, "&": 5, "<<": 6, ">>": 6, "+": 7, "-": 7, "*": 8, "/": 8, "//": 8, "%": 8, "@": 8, "**": 9,
    ]

    private mutating func binary(_ least: Int) -> Expression {
        let position = cursor.position
        let first: Expression
        if cursor.isWord("not") {
            while cursor.peek().isWord("not") { cursor.advance() }
            cursor.advance()
            first = Expression(.operation("not", [binary(4)]), at: position)
        } else {
            first = unary()
        }
        var chain = OperatorChain(first, at: position)
        while !chain.isFull, cursor.current.kind == .word || cursor.current.kind == .mark,
            let level = Self.levels[cursor.current.text], level > least
        {
            let sign = cursor.current.text
            cursor.advance()
            if sign == "is" || sign == "not" { _ = cursor.acceptWord(sign == "is" ? "not" : "in") }
            chain.append(sign == "or" ? .either(emptyCounts: true) : .operation(sign), binary(level))
        }
        return chain.expression
    }

    private mutating func unary() -> Expression {
        let position = cursor.position
        var signs = 0
        while cursor.isMark("-") || cursor.isMark("+") || cursor.isMark("~") {
            signs += 1
            cursor.advance()
        }
        while cursor.isWord("await") || cursor.isWord("yield") || cursor.isWord("from") && signs == 0 {
            cursor.advance()
        }
        let value = postfix()
        return signs > 0 ? Expression(.operation("-", [value]), at: position) : value
    }

    private mutating func postfix() -> Expression {
        let start = cursor.position
        var value = primary()
        var length = 0
        while length < Self.chainLimit {
            length += 1
            if cursor.isMark("."), cursor.peek().kind == .word {
                cursor.advance()
                value = Expression(.member(value, cursor.current.text), at: cursor.position)
                cursor.advance()
            } else if cursor.isMark("(") {
                value = Expression(.call(value, arguments()), at: start)
            } else if cursor.isMark("[") {
                let close = cursor.closer(of: cursor.index)
                cursor.advance()
                let index = expressions()
                cursor.index = max(cursor.index, close + 1)
                value = Expression(.index(value, index), at: start)
            } else {
                break
            }
        }
        return value
    }

    /// From the opening round bracket to behind the closing one.
    mutating func arguments() -> [Expression.Argument] {
        let close = cursor.closer(of: cursor.index)
        cursor.advance()
        var arguments: [Expression.Argument] = []
        while cursor.index < close {
            let start = cursor.index
            let position = cursor.position
            if cursor.current.kind == .word, cursor.peek().isMark("=") {
                let label = cursor.current.text
                cursor.advance()
                cursor.advance()
                arguments.append(.init(label: label, value: expression(), position: position))
            } else {
                let isSpread = cursor.isMark("*") || cursor.isMark("**")
                let value = expression()
                arguments.append(.init(label: isSpread ? "*" : nil, value: value, position: position))
            }
            if cursor.isWord("for") || cursor.isWord("async") { break }
            if !cursor.accept(","), cursor.index == start { cursor.advance() }
        }
        cursor.index = close + 1
        return arguments
    }

    private mutating func primary() -> Expression {
        let token = cursor.current
        switch token.kind {
        case .lineEnd: return Expression(.other, at: token.position)
        case .number:
            cursor.advance()
            return Expression(.number(token.text), at: token.position)
        case .string: return string()
        case .word:
            cursor.advance()
            return Expression(.name(token.text), at: token.position)
        case .mark:
            switch token.text {
            case "(", "[": return brackets()
            case "{": return dictionary()
            case ")", "]", "}", ",", ":", ";", "=": return Expression(.other, at: token.position)
            default:
                cursor.advance()
                return Expression(.other, at: token.position)
            }
        }
    }

    /// Strings side by side are one.
    private mutating func string() -> Expression {
        let position = cursor.position
        var parts: [Expression.Part] = []
        while cursor.current.kind == .string {
            let token = cursor.current
            cursor.advance()
            guard !token.pieces.isEmpty else {
                parts.append(.text(token.text))
                continue
            }
            for piece in token.pieces {
                switch piece {
                case .text(let text): parts.append(.text(text))
                case .code(let tokens):
                    var inner = PythonExpressions(tokens, file: file)
                    inner.depth = depth + 1
                    parts.append(.expression(inner.expression()))
                }
            }
        }
        let texts = parts.compactMap { if case .text(let text) = $0 { text } else { nil } }
        if texts.count == parts.count { return Expression(.text(texts.joined()), at: position) }
        return Expression(.template(parts), at: position)
    }

    /// A tuple, a list, a comprehension, or an expression in brackets.
    private mutating func brackets() -> Expression {
        let position = cursor.position
        let isList = cursor.isMark("[")
        let close = cursor.closer(of: cursor.index)
        cursor.advance()
        var list: [Expression] = []
        var isTuple = isList
        while cursor.index < close {
            let start = cursor.index
            list.append(expression())
            if cursor.isWord("for") || cursor.isWord("async") {
                isTuple = true
                break
            }
            if cursor.accept(",") { isTuple = true } else if cursor.index == start { cursor.advance() }
        }
        cursor.index = close + 1
        if !isTuple, list.count == 1 { return list[0] }
        return Expression(.list(list), at: position)
    }

    private mutating func dictionary() -> Expression {
        let position = cursor.position
        let close = cursor.closer(of: cursor.index)
        cursor.advance()
        var entries: [Expression.Entry] = []
        while cursor.index < close {
            let start = cursor.index
            let position = cursor.position
            let isSpread = cursor.isMark("**")
            let key = expression()
            if !isSpread, cursor.accept(":") {
                entries.append(.init(key: key.text ?? key.name, value: expression(), position: position))
            } else {
                entries.append(.init(key: nil, value: key, position: position))
            }
            if cursor.isWord("for") || cursor.isWord("async") { break }
            if !cursor.accept(","), cursor.index == start { cursor.advance() }
        }
        cursor.index = close + 1
        return Expression(.object(entries), at: position)
    }
}
