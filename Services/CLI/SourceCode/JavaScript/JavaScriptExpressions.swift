import Evidence

/// JavaScript's and TypeScript's expressions, by precedence climbing; types are passed over. Total: what does not parse
/// is `other`.
///
/// Longer than other files: functions stand in expressions and expressions in functions, so that the two can't be taken
/// apart further than into this file, the statements and the types.
struct JavaScriptExpressions {
    var cursor: TokenCursor
    let file: String
    var depth = 0
    /// Brackets and functions deeper than this are passed over.
    static let depthLimit = 60
    private static let chainLimit = 200

    init(_ tokens: [Token], file: String) {
        cursor = TokenCursor(tokens, file: file)
        self.file = file
    }

    // MARK: operators

    private static let levels: [String: Int] = [
        "??": 1, "||": 1, "&&": 2, "|": 3, "^": 3, "&": 3, "==": 4, "!=": 4, "===": 4, "!==": 4, "<": 5, ">": 5,
        "<=": 5,
        ">=": 5, "instanceof": 5, "in": 5, "+": 7, "-": 7, "*": 8, "/": 8, "%": 8, "**": 9,
    ]
    private static let assignments: Set<String> = [
        "=", "||=", "??=", "&&=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "**=", ">>>=",
    ]

    /// Up to a comma.
    mutating func expression() -> Expression {
        depth += 1
        defer { depth -= 1 }
        let position = cursor.position
        guard depth <= Self.depthLimit else {
            if ["(", "[", "{"].contains(cursor.current.text) { cursor.passBrackets() }
            return Expression(.other, at: position)
        }
        if cursor.accept("...") { return expression() }
        if let function = arrowFunction() { return function }
        let value = binary(0)
        if continues("?") {
            cursor.passLineEnds()
            cursor.advance()
            cursor.passLineEnds()
            let then = expression()
            cursor.passLineEnds()
            guard cursor.accept(":") else { return value }
            cursor.passLineEnds()
            return Expression(.choice(condition: value, then: then, otherwise: expression()), at: position)
        }
        if cursor.current.kind == .mark, Self.assignments.contains(cursor.current.text) {
            let sign = cursor.current.text
            cursor.advance()
            cursor.passLineEnds()
            let right = expression()
            switch sign {
            case "=": return Expression(.assign(value, right), at: position)
            case "||=", "??=":
                let either = Expression(.either([value, right], emptyCounts: sign == "||="), at: position)
                return Expression(.assign(value, either), at: position)
            default: return Expression(.operation(sign, [value, right]), at: position)
            }
        }
        return value
    }

    /// Whether an operator comes next, maybe on another line: one that can't begin a statement.
    private func continues(_ mark: String) -> Bool {
        if cursor.isMark(mark) { return true }
        guard cursor.current.kind == .lineEnd else { return false }
        return cursor.peek().isMark(mark)
    }

    private mutating func binary(_ least: Int) -> Expression {
        let position = cursor.position
        var chain = OperatorChain(unary(), at: position)
        while !chain.isFull {
            if cursor.isWord("as") || cursor.isWord("satisfies") {
                cursor.advance()
                passType()
                continue
            }
            var sign = cursor.current
            if sign.kind == .lineEnd {
                // A line that begins with an operator goes on with the one before.
                sign = cursor.peek()
                guard sign.kind == .mark, !["+", "-", "/", "<", "*"].contains(sign.text) else {
                    return chain.expression
                }
            }
            guard sign.kind == .mark || sign.kind == .word, let level = Self.levels[sign.text], level > least else {
                return chain.expression
            }
            if cursor.current.kind == .lineEnd { cursor.advance() }
            cursor.advance()
            cursor.passLineEnds()
            let joint: OperatorChain.Joint =
                switch sign.text {
                case "||": .either(emptyCounts: true)
                case "??": .either(emptyCounts: false)
                default: .operation(sign.text)
                }
            chain.append(joint, binary(level))
        }
        return chain.expression
    }

    private mutating func unary() -> Expression {
        let position = cursor.position
        var signs: [String] = []
        while true {
            if cursor.current.kind == .mark, ["!", "-", "+", "~", "++", "--"].contains(cursor.current.text) {
                signs.append(cursor.current.text)
                cursor.advance()
            } else if cursor.current.kind == .word,
                ["await", "typeof", "void", "delete", "yield"].contains(cursor.current.text)
            {
                signs.append(cursor.current.text == "await" ? "" : cursor.current.text)
                cursor.advance()
            } else {
                break
            }
        }
        let value = postfix()
        if signs.filter({ !$0.isEmpty }).isEmpty { return value }
        // `!!x` says that x has a value.
        return Expression(.operation(signs.filter { $0 == "!" }.count == 1 ? "!" : "-", [value]), at: position)
    }

    // MARK: members and calls

    private mutating func postfix() -> Expression {
        let start = cursor.position
        let isNew = cursor.isWord("new") && !cursor.peek().isMark(".")
        if isNew { cursor.advance() }
        var value = primary()
        var length = 0
        while length < Self.chainLimit {
            length += 1
            if continues(".") || continues("?.") {
                cursor.passLineEnds()
                cursor.advance()
                if cursor.isMark("(") || cursor.isMark("[") { continue }
                _ = cursor.accept("#")
                guard cursor.current.kind == .word else { return value }
                value = Expression(.member(value, cursor.current.text), at: cursor.position)
                cursor.advance()
            } else if cursor.isMark("(") {
                value = Expression(.call(value, arguments()), at: start)
            } else if cursor.isMark("[") {
                let close = cursor.closer(of: cursor.index)
                cursor.advance()
                let index = expression()
                cursor.index = max(cursor.index, close + 1)
                value = Expression(.index(value, index), at: start)
            } else if cursor.current.kind == .string, isTag(value) {
                let text = string()
                value = Expression(.call(value, [.init(label: nil, value: text, position: text.position)]), at: start)
            } else if cursor.isMark("!"), !cursor.peek().isMark("=") {
                cursor.advance()
            } else if cursor.isMark("++") || cursor.isMark("--") {
                cursor.advance()
            } else if cursor.isMark("<"), let end = genericEnd() {
                cursor.index = end
            } else {
                break
            }
        }
        return value
    }

    /// A template behind a name is a call of it.
    private func isTag(_ value: Expression) -> Bool {
        switch value.kind {
        case .name, .member: cursor.current.pieces.isEmpty ? false : true
        default: false
        }
    }

    /// Behind `<T>` of a call; nil where the mark compares.
    private func genericEnd() -> Int? {
        var at = cursor.index + 1
        var level = 1
        while at < cursor.tokens.count, at - cursor.index < 80 {
            let token = cursor.tokens[at]
            switch token.kind {
            case .word, .string: break
            case .number, .lineEnd: return nil
            case .mark:
                switch token.text {
                case "<": level += 1
                case ">":
                    level -= 1
                    if level == 0 { return cursor.token(at: at + 1).isMark("(") ? at + 1 : nil }
                case "{", "[", "(": at = cursor.closer(of: at)
                case ".", ",", "|", "&", "=>", ":", "?", "...": break
                default: return nil
                }
            }
            at += 1
        }
        return nil
    }

    mutating func arguments() -> [Expression.Argument] {
        list(mark: cursor.index).map { .init(label: nil, value: $0, position: $0.position) }
    }

    /// What stands between commas in the brackets here.
    private mutating func list(mark: Int) -> [Expression] {
        let close = cursor.closer(of: mark)
        cursor.advance()
        var list: [Expression] = []
        while cursor.index < close {
            let start = cursor.index
            cursor.passLineEnds()
            if cursor.index >= close { break }
            list.append(expression())
            cursor.passLineEnds()
            if !cursor.accept(","), cursor.index == start { cursor.advance() }
        }
        cursor.index = close + 1
        return list
    }

    // MARK: primaries

    private mutating func primary() -> Expression {
        let token = cursor.current
        switch token.kind {
        case .lineEnd: return Expression(.other, at: token.position)
        case .number:
            cursor.advance()
            return Expression(.number(token.text), at: token.position)
        case .string: return string()
        case .word: return word(token)
        case .mark:
            switch token.text {
            case "(":
                let list = list(mark: cursor.index)
                return list.last ?? Expression(.other, at: token.position)
            case "[": return Expression(.list(list(mark: cursor.index)), at: token.position)
            case "{": return object()
            case ")", "]", "}", ",", ";", ":", "=", "=>": return Expression(.other, at: token.position)
            default:
                cursor.advance()
                return Expression(.other, at: token.position)
            }
        }
    }

    private mutating func word(_ token: Token) -> Expression {
        let next = cursor.peek()
        switch token.text {
        case "function":
            cursor.advance()
            return functionExpression(at: token.position)
        case "async" where next.isWord("function"):
            cursor.advance()
            cursor.advance()
            return functionExpression(at: token.position)
        case "class":
            let type = declaredClass([])
            return Expression(
                .function(Function(type.name, parameters: [], body: [.type(type)], at: token.position)),
                at: token.position)
        default:
            cursor.advance()
            return Expression(.name(token.text), at: token.position)
        }
    }

    private mutating func string() -> Expression {
        let token = cursor.current
        cursor.advance()
        guard !token.pieces.isEmpty else { return Expression(.text(token.text), at: token.position) }
        let parts = token.pieces.map { piece -> Expression.Part in
            switch piece {
            case .text(let text): return .text(text)
            case .code(let tokens):
                var inner = JavaScriptExpressions(tokens, file: file)
                inner.depth = depth + 1
                inner.cursor.passLineEnds()
                return .expression(inner.expression())
            }
        }
        return Expression(.template(parts), at: token.position)
    }

    private mutating func object() -> Expression {
        let position = cursor.position
        let close = cursor.closer(of: cursor.index)
        cursor.advance()
        var entries: [Expression.Entry] = []
        while cursor.index < close {
            cursor.passLineEnds()
            if cursor.index >= close { break }
            let start = cursor.index
            if let entry = entry() { entries.append(entry) }
            cursor.passLineEnds()
            if !cursor.accept(","), cursor.index == start { cursor.advance() }
        }
        cursor.index = close + 1
        return Expression(.object(entries), at: position)
    }

    private mutating func entry() -> Expression.Entry? {
        let position = cursor.position
        if cursor.accept("...") { return .init(key: nil, value: expression(), position: position) }
        while ["get", "set", "async", "static"].contains(cursor.current.text), cursor.current.kind == .word,
            ![",", ":", "(", "}", "="].contains(cursor.peek().text)
        {
            cursor.advance()
        }
        _ = cursor.accept("*")
        let token = cursor.current
        var key: String?
        if cursor.isMark("[") {
            let close = cursor.closer(of: cursor.index)
            cursor.advance()
            key = expression().text
            cursor.index = close + 1
        } else if token.kind == .word || token.kind == .string || token.kind == .number {
            key = token.text
            cursor.advance()
        } else {
            return nil
        }
        if cursor.isMark("(") || cursor.isMark("<") {
            let function = function(named: key ?? "", at: token.position)
            return .init(key: key, value: Expression(.function(function), at: token.position), position: position)
        }
        cursor.passLineEnds()
        if cursor.accept(":") {
            cursor.passLineEnds()
            return .init(key: key, value: expression(), position: position)
        }
        let name = Expression(.name(token.text), at: token.position)
        if cursor.accept("=") {
            cursor.passLineEnds()
            let fallback = expression()
            return .init(key: key, value: Expression(.assign(name, fallback), at: token.position), position: position)
        }
        return .init(key: key, value: name, position: position)
    }

    // MARK: functions

    private mutating func functionExpression(at position: SourcePosition) -> Expression {
        _ = cursor.accept("*")
        var name = ""
        if cursor.current.kind == .word {
            name = cursor.current.text
            cursor.advance()
        }
        return Expression(.function(function(named: name, at: position)), at: position)
    }

    /// `x => …`, `async (a, b: T): R => …`; nil where none begins here.
    private mutating func arrowFunction() -> Expression? {
        var at = cursor.index
        let position = cursor.position
        if cursor.isWord("async"), cursor.peek().kind == .word || cursor.peek().isMark("(") || cursor.peek().isMark("<")
        {
            at += 1
        }
        let token = cursor.token(at: at)
        if token.kind == .word, cursor.token(at: at + 1).isMark("=>") {
            cursor.index = at + 2
            let parameter = Function.Parameter(name: token.text, fallback: nil, position: token.position)
            return arrow([parameter], at: position)
        }
        var open = at
        if token.isMark("<") {
            // `<T>(x) => …`
            while open < cursor.tokens.count, open - at < 40, !cursor.token(at: open).isMark("(") { open += 1 }
        }
        guard cursor.token(at: open).isMark("(") else { return nil }
        let close = cursor.closer(of: open)
        let behind = cursor.token(at: close + 1)
        if behind.isMark(":") {
            let here = cursor.index
            cursor.index = close + 2
            passType()
            let isArrow = cursor.isMark("=>")
            cursor.index = here
            guard isArrow, isParameterList(open, close) else { return nil }
        } else if !behind.isMark("=>") {
            return nil
        }
        cursor.index = open
        let parameters = parameters()
        if cursor.accept(":") { passType() }
        guard cursor.accept("=>") else { return Expression(.other, at: position) }
        return arrow(parameters, at: position)
    }

    /// In `a ? (b) : c => d` the brackets hold no parameters: those of a typed function have types, or are empty.
    private func isParameterList(_ open: Int, _ close: Int) -> Bool {
        open + 1 == close || cursor.tokens[open..<min(close, cursor.tokens.count)].contains { $0.isMark(":") }
    }

    private mutating func arrow(_ parameters: [Function.Parameter], at position: SourcePosition) -> Expression {
        cursor.passLineEnds()
        let body = cursor.isMark("{") ? block() : [Statement.returned(expression())]
        return Expression(.function(Function("", parameters: parameters, body: body, at: position)), at: position)
    }

    /// From the parameters' bracket, or the type parameters before it, to behind the body.
    mutating func function(
        named name: String, decorators: [Expression] = [], at position: SourcePosition
    ) -> Function {
        if cursor.isMark("<") { passAngles() }
        let parameters = cursor.isMark("(") ? parameters() : []
        if cursor.accept(":") { passType() }
        cursor.passLineEnds()
        let body = cursor.isMark("{") ? block() : []
        return Function(name, parameters: parameters, body: body, decorators: decorators, at: position)
    }

    mutating func parameters() -> [Function.Parameter] {
        let close = cursor.closer(of: cursor.index)
        cursor.advance()
        var parameters: [Function.Parameter] = []
        while cursor.index < close {
            let start = cursor.index
            var isField = false
            if cursor.accept("@") { _ = expression() }
            _ = cursor.accept("...")
            while ["private", "public", "protected", "readonly", "override"].contains(cursor.current.text),
                cursor.peek().kind == .word
            {
                isField = true
                cursor.advance()
            }
            let token = cursor.current
            let target = primary()
            _ = cursor.accept("?")
            var type: String?
            if cursor.accept(":") {
                type = cursor.current.kind == .word ? cursor.current.text : nil
                passType()
            }
            let fallback = cursor.accept("=") ? expression() : nil
            parameters.append(
                .init(
                    name: target.name ?? "", fallback: fallback, position: token.position, isField: isField,
                    pattern: target.name == nil ? target : nil, type: type))
            if !cursor.accept(","), cursor.index == start { cursor.advance() }
        }
        cursor.index = close + 1
        return parameters
    }
}
