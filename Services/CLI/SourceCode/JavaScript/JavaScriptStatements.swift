import Evidence

/// JavaScript's and TypeScript's statements.
///
/// Longer than other files: statements nest in each other and in functions, and each kind is a few lines of one machine.
enum JavaScriptStatements {
    static func statements(of text: String, file: String) -> [Statement] {
        let tokens = Lexer.tokens(of: text, file: file, rules: .javascript)
        var parser = JavaScriptExpressions(tokens, file: file)
        return parser.statements(upTo: tokens.count)
    }
}

extension JavaScriptExpressions {
    /// The statements in the curly brackets here.
    mutating func block() -> [Statement] {
        let close = cursor.closer(of: cursor.index)
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            cursor.index = close + 1
            return []
        }
        cursor.advance()
        let statements = statements(upTo: close)
        cursor.index = close + 1
        return statements
    }

    mutating func statements(upTo end: Int) -> [Statement] {
        var statements: [Statement] = []
        var decorators: [Expression] = []
        while cursor.index < end {
            let start = cursor.index
            if cursor.accept(";") { continue }
            if cursor.current.kind == .lineEnd {
                cursor.advance()
                continue
            }
            if cursor.accept("@") {
                decorators.append(expression())
                continue
            }
            statements += statement(decorators)
            decorators = []
            if cursor.index == start { cursor.advance() }
        }
        return statements
    }

    /// One statement, or a block's, as the body of `if` and the like.
    private mutating func body() -> [Statement] {
        cursor.passLineEnds()
        if cursor.isMark("{") { return block() }
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { return [] }
        return statement([])
    }

    private mutating func statement(_ decorators: [Expression]) -> [Statement] {
        let token = cursor.current
        if token.isMark("{") { return [.block(block())] }
        guard token.kind == .word else { return simple() }
        let next = cursor.peek()
        switch token.text {
        case "import" where !next.isMark("(") && !next.isMark("."): return [.imports(imports())]
        case "export":
            cursor.advance()
            return exported(decorators)
        case "const", "let", "var":
            cursor.advance()
            if cursor.isWord("enum") {
                passDeclaration()
                return []
            }
            return declarations()
        case "function": return [.function(declaredFunction(decorators))]
        case "async" where next.isWord("function"):
            cursor.advance()
            return [.function(declaredFunction(decorators))]
        case "class": return [.type(declaredClass(decorators))]
        case "abstract" where next.isWord("class"):
            cursor.advance()
            return [.type(declaredClass(decorators))]
        case "if":
            cursor.advance()
            return conditional()
        case "for", "while", "switch", "with", "catch":
            cursor.advance()
            _ = cursor.acceptWord("await")
            var statements: [Statement] = []
            if cursor.isMark("(") { statements = header() }
            return statements + [.block(body())]
        case "else", "try", "finally", "do":
            cursor.advance()
            return [.block(body())]
        case "case" where !next.isMark(":") && !next.isMark("="):
            cursor.advance()
            _ = expression()
            _ = cursor.accept(":")
            return []
        case "default" where next.isMark(":"):
            cursor.advance()
            cursor.advance()
            return []
        case "return":
            cursor.advance()
            if cursor.current.kind == .lineEnd || cursor.isMark(";") || cursor.isMark("}") { return [] }
            return [.returned(sequence())]
        case "throw":
            cursor.advance()
            return [.failed(sequence())]
        case "interface", "namespace", "declare", "enum":
            guard next.kind == .word else { return simple() }
            if token.text == "namespace" {
                cursor.advance()
                cursor.advance()
                return cursor.isMark("{") ? [.block(block())] : []
            }
            passDeclaration()
            return []
        case "type" where next.kind == .word:
            cursor.advance()
            cursor.advance()
            if cursor.isMark("<") { passAngles() }
            if cursor.accept("=") {
                cursor.passLineEnds()
                passType()
            }
            return []
        default: return simple()
        }
    }

    /// To behind the next block, or the line's end.
    private mutating func passDeclaration() {
        while !cursor.isAtEnd, cursor.current.kind != .lineEnd, !cursor.isMark(";") {
            if cursor.isMark("{") {
                cursor.passBrackets()
                return
            }
            cursor.advance()
        }
    }

    private mutating func simple() -> [Statement] {
        let value = sequence()
        if case .call(let callee, _) = value.kind, callee.path == "process.exit" || callee.path == "Deno.exit" {
            return [.expression(value), .failed(nil)]
        }
        return [.expression(value)]
    }

    /// `a, b`: the last counts.
    private mutating func sequence() -> Expression {
        var value = expression()
        while cursor.accept(",") {
            cursor.passLineEnds()
            let next = expression()
            value = Expression(.operation(",", [value, next]), at: value.position)
        }
        return value
    }

    private mutating func conditional() -> [Statement] {
        guard cursor.isMark("(") else { return [] }
        let close = cursor.closer(of: cursor.index)
        cursor.advance()
        let condition = expression()
        cursor.index = close + 1
        let then = body()
        let here = cursor.index
        _ = cursor.accept(";")
        cursor.passLineEnds()
        guard cursor.acceptWord("else") else {
            cursor.index = here
            return [.conditional(condition, then: then, otherwise: [])]
        }
        return [.conditional(condition, then: then, otherwise: body())]
    }

    /// What stands in the brackets of `for` and the like.
    private mutating func header() -> [Statement] {
        let close = cursor.closer(of: cursor.index)
        cursor.advance()
        var statements: [Statement] = []
        if ["const", "let", "var"].contains(cursor.current.text) {
            cursor.advance()
            let target = expression()
            if cursor.acceptWord("of") || cursor.acceptWord("in") { statements.append(.expression(expression())) }
            if case .assign(let name, let value) = target.kind {
                statements.append(.bind(targets: [name], value: value, position: name.position))
            }
        } else if cursor.index < close {
            statements.append(.expression(expression()))
        }
        cursor.index = close + 1
        return statements
    }

    private mutating func declarations() -> [Statement] {
        var statements: [Statement] = []
        repeat {
            cursor.passLineEnds()
            let position = cursor.position
            let target: Expression
            if cursor.current.kind == .word {
                target = Expression(.name(cursor.current.text), at: position)
                cursor.advance()
            } else {
                target = pattern()
            }
            _ = cursor.accept("!")
            if cursor.accept(":") { passType() }
            var value: Expression?
            if cursor.current.kind == .lineEnd, cursor.peek().isMark("=") { cursor.advance() }
            if cursor.accept("=") {
                cursor.passLineEnds()
                value = expression()
            }
            statements.append(.bind(targets: [target], value: value, position: position))
        } while cursor.accept(",")
        return statements
    }

    /// An object or a list in the place of a name; its `=` belongs to the declaration.
    private mutating func pattern() -> Expression {
        let close = cursor.closer(of: cursor.index)
        let isBrackets = cursor.isMark("{") || cursor.isMark("[")
        guard isBrackets else {
            let position = cursor.position
            cursor.advance()
            return Expression(.other, at: position)
        }
        var inner = JavaScriptExpressions(
            Array(cursor.tokens[cursor.index..<min(close + 1, cursor.tokens.count)]), file: file)
        inner.depth = depth + 1
        cursor.index = close + 1
        return inner.expression()
    }

    // MARK: exports and imports

    private mutating func exported(_ decorators: [Expression]) -> [Statement] {
        if cursor.acceptWord("default") {
            if ["class", "function", "async", "abstract"].contains(cursor.current.text) {
                return statement(decorators)
            }
            let value = expression()
            if let entries = value.entries {
                return [
                    .bind(
                        targets: [Expression(.name("default"), at: value.position)],
                        value: Expression(.object(entries), at: value.position), position: value.position)
                ]
            }
            return [.expression(value)]
        }
        if cursor.isMark("{") || cursor.isMark("*") {
            while !cursor.isAtEnd, cursor.current.kind != .lineEnd, !cursor.isMark(";") {
                if cursor.isMark("{") { cursor.passBrackets() } else { cursor.advance() }
            }
            return []
        }
        return statement(decorators)
    }

    private mutating func imports() -> [ImportedName] {
        cursor.advance()
        var names: [(local: String, original: String?)] = []
        _ = cursor.isWord("type") && cursor.peek().kind != .word ? cursor.acceptWord("type") : false
        while !cursor.isAtEnd, cursor.current.kind != .string, !cursor.isMark(";") {
            if cursor.isMark("{") {
                let close = cursor.closer(of: cursor.index)
                cursor.advance()
                while cursor.index < close {
                    let token = cursor.current
                    cursor.advance()
                    guard token.kind == .word || token.kind == .string, token.text != "type" || cursor.isMark(",")
                    else {
                        continue
                    }
                    var local = token.text
                    if cursor.acceptWord("as") {
                        local = cursor.current.text
                        cursor.advance()
                    }
                    names.append((local, token.text))
                }
                cursor.index = close + 1
            } else if cursor.accept("*") {
                _ = cursor.acceptWord("as")
                names.append((cursor.current.text, nil))
                cursor.advance()
            } else if cursor.isWord("from") || cursor.isMark(",") || cursor.current.kind == .lineEnd {
                if cursor.current.kind == .lineEnd, names.isEmpty { break }
                cursor.advance()
            } else if cursor.current.kind == .word {
                names.append((cursor.current.text, "default"))
                cursor.advance()
                if cursor.accept("=") {
                    // `import x = require('y')`
                    cursor.advance()
                    _ = cursor.accept("(")
                }
            } else {
                break
            }
        }
        guard cursor.current.kind == .string else { return [] }
        let module = cursor.current.text
        cursor.advance()
        _ = cursor.accept(")")
        return names.map { ImportedName(local: $0.local, module: module, original: $0.original) }
    }

    // MARK: functions and classes

    private mutating func declaredFunction(_ decorators: [Expression]) -> Function {
        cursor.advance()
        _ = cursor.accept("*")
        let name = cursor.current
        if name.kind == .word { cursor.advance() }
        return function(named: name.text, decorators: decorators, at: name.position)
    }

    mutating func declaredClass(_ decorators: [Expression]) -> TypeDeclaration {
        cursor.advance()
        var name = ""
        let position = cursor.position
        if cursor.current.kind == .word, !["extends", "implements"].contains(cursor.current.text) {
            name = cursor.current.text
            cursor.advance()
        }
        var bases: [Expression] = []
        while !cursor.isAtEnd, !cursor.isMark("{") {
            if cursor.isMark("<") {
                passAngles()
            } else if cursor.acceptWord("extends") {
                bases.append(heritage())
            } else {
                cursor.advance()
            }
        }
        let body = cursor.isMark("{") ? members() : []
        return TypeDeclaration(name, bases: bases, body: body, decorators: decorators, at: position)
    }

    /// `PassportStrategy(Strategy, 'jwt')`, `a.B`
    private mutating func heritage() -> Expression {
        let position = cursor.position
        var value = Expression(.name(cursor.current.text), at: position)
        cursor.advance()
        while !cursor.isAtEnd {
            if cursor.accept(".") {
                value = Expression(.member(value, cursor.current.text), at: position)
                cursor.advance()
            } else if cursor.isMark("(") {
                value = Expression(.call(value, arguments()), at: position)
            } else {
                return value
            }
        }
        return value
    }

    private static let modifiers: Set<String> = [
        "public", "private", "protected", "static", "readonly", "abstract", "override", "declare", "async", "get",
        "set",
        "accessor",
    ]

    private mutating func members() -> [Statement] {
        let close = cursor.closer(of: cursor.index)
        cursor.advance()
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            cursor.index = close + 1
            return []
        }
        var members: [Statement] = []
        var decorators: [Expression] = []
        while cursor.index < close {
            let start = cursor.index
            if cursor.accept(";") || cursor.current.kind == .lineEnd {
                if cursor.current.kind == .lineEnd { cursor.advance() }
                continue
            }
            if cursor.accept("@") {
                decorators.append(expression())
                continue
            }
            while Self.modifiers.contains(cursor.current.text), cursor.current.kind == .word,
                !["(", "=", ":", ";", "?", "!"].contains(cursor.peek().text), cursor.peek().kind != .lineEnd
            {
                cursor.advance()
            }
            _ = cursor.accept("*")
            _ = cursor.accept("#")
            if cursor.isMark("{") {
                members.append(.block(block()))
                continue
            }
            members += member(decorators)
            decorators = []
            if cursor.index == start { cursor.advance() }
        }
        cursor.index = close + 1
        return members
    }

    private mutating func member(_ decorators: [Expression]) -> [Statement] {
        let token = cursor.current
        guard token.kind == .word || token.kind == .string else {
            if cursor.isMark("[") { cursor.passBrackets() }
            return []
        }
        cursor.advance()
        if cursor.isMark("(") || cursor.isMark("<") {
            return [.function(function(named: token.text, decorators: decorators, at: token.position))]
        }
        if !cursor.accept("?") { _ = cursor.accept("!") }
        if cursor.accept(":") { passType() }
        var value: Expression?
        if cursor.accept("=") {
            cursor.passLineEnds()
            value = expression()
        }
        let target = Expression(.name(token.text), at: token.position)
        return [.bind(targets: [target], value: value, position: token.position)]
            + decorators.map { .expression($0) }
    }
}
