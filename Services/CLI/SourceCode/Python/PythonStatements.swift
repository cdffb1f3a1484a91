import Evidence

/// Python's statements: a line is one, and a block is what stands further right than its header.
struct PythonStatements {
    private var reader: PythonExpressions
    private var depth = 0
    private static let depthLimit = 60

    static func statements(of text: String, file: String) -> [Statement] {
        let tokens = Lexer.tokens(of: text, file: file, rules: .python)
        var statements = PythonStatements(reader: PythonExpressions(tokens, file: file))
        return statements.block(deeperThan: 0)
    }

    private init(reader: PythonExpressions) { self.reader = reader }

    private mutating func block(deeperThan column: Int) -> [Statement] {
        depth += 1
        defer { depth -= 1 }
        var statements: [Statement] = []
        var decorators: [Expression] = []
        while true {
            reader.cursor.passLineEnds()
            guard !reader.cursor.isAtEnd, reader.cursor.position.column > column else { return statements }
            if reader.cursor.accept("@") {
                decorators.append(reader.expression())
                passLine()
                continue
            }
            statements += statement(decorators)
            decorators = []
        }
    }

    /// To the line's end, or the next statement on the line.
    private mutating func passLine() {
        while !reader.cursor.isAtEnd, reader.cursor.current.kind != .lineEnd {
            if reader.cursor.accept(";") { return }
            reader.cursor.advance()
        }
    }

    /// What follows the colon of a header: the rest of the line, or the lines that stand further right.
    private mutating func body(of column: Int) -> [Statement] {
        while !reader.cursor.isAtEnd, !reader.cursor.isMark(":"), reader.cursor.current.kind != .lineEnd {
            if ["(", "[", "{"].contains(reader.cursor.current.text) {
                reader.cursor.passBrackets()
            } else {
                reader.cursor.advance()
            }
        }
        _ = reader.cursor.accept(":")
        guard depth < Self.depthLimit else {
            passLine()
            return []
        }
        if reader.cursor.current.kind == .lineEnd { return block(deeperThan: column) }
        var statements: [Statement] = []
        while !reader.cursor.isAtEnd, reader.cursor.current.kind != .lineEnd { statements += statement([]) }
        return statements
    }

    private mutating func statement(_ decorators: [Expression]) -> [Statement] {
        let start = reader.cursor.current
        let column = start.position.column
        guard start.kind == .word else { return simple() }
        switch start.text {
        case "class":
            return declaredType(decorators, column)
        case "async" where ["def", "for", "with"].contains(reader.cursor.peek().text):
            reader.cursor.advance()
            guard reader.cursor.isWord("def") else { return statement(decorators) }
            return [.function(function(decorators, column))]
        case "def":
            return [.function(function(decorators, column))]
        case "import", "from":
            defer { passLine() }
            return [.imports(start.text == "import" ? modules() : names())]
        case "if", "elif":
            reader.cursor.advance()
            return conditional(column)
        case "else", "try", "finally":
            reader.cursor.advance()
            return [.block(body(of: column))]
        case "while", "except", "match", "case":
            // `match` and `case` are names too.
            if start.text == "match" || start.text == "case", [".", "=", "("].contains(reader.cursor.peek().text) {
                return simple()
            }
            reader.cursor.advance()
            let value = reader.cursor.isMark(":") ? nil : reader.expressions()
            return (value.map { [.expression($0)] } ?? []) + [.block(body(of: column))]
        case "for":
            reader.cursor.advance()
            while !reader.cursor.isAtEnd, !reader.cursor.isWord("in"), reader.cursor.current.kind != .lineEnd {
                reader.cursor.advance()
            }
            _ = reader.cursor.acceptWord("in")
            let value = reader.expressions()
            return [.expression(value), .block(body(of: column))]
        case "with":
            reader.cursor.advance()
            var statements: [Statement] = []
            repeat {
                let value = reader.expression()
                if reader.cursor.acceptWord("as") {
                    let target = reader.expression()
                    statements.append(.bind(targets: [target], value: value, position: target.position))
                } else {
                    statements.append(.expression(value))
                }
            } while reader.cursor.accept(",")
            return statements + [.block(body(of: column))]
        case "return":
            reader.cursor.advance()
            defer { passLine() }
            return reader.cursor.current.kind == .lineEnd ? [] : [.returned(reader.expressions())]
        case "raise":
            reader.cursor.advance()
            defer { passLine() }
            return [.failed(reader.cursor.current.kind == .lineEnd ? nil : reader.expression())]
        case "assert":
            reader.cursor.advance()
            defer { passLine() }
            let condition = reader.expression()
            return [
                .conditional(
                    Expression(.operation("not", [condition]), at: start.position), then: [.failed(nil)], otherwise: [])
            ]
        case "pass", "break", "continue", "global", "nonlocal", "del":
            passLine()
            return []
        default:
            return simple()
        }
    }

    private mutating func conditional(_ column: Int) -> [Statement] {
        let condition = reader.expression()
        let then = body(of: column)
        reader.cursor.passLineEnds()
        var otherwise: [Statement] = []
        if reader.cursor.position.column == column, !reader.cursor.isAtEnd {
            if reader.cursor.acceptWord("elif") {
                depth += 1
                otherwise = depth < Self.depthLimit * 4 ? conditional(column) : []
                depth -= 1
            } else if reader.cursor.acceptWord("else") {
                otherwise = body(of: column)
            }
        }
        return [.conditional(condition, then: then, otherwise: otherwise)]
    }

    /// A binding or an expression.
    private mutating func simple() -> [Statement] {
        defer { passLine() }
        let position = reader.cursor.position
        var targets = [reader.expressions()]
        var isAnnotated = false
        if reader.cursor.accept(":") {
            isAnnotated = true
            _ = reader.expression()
        }
        var value: Expression?
        while reader.cursor.accept("=") {
            if let value { targets.append(value) }
            value = reader.expressions()
        }
        if value == nil, !isAnnotated {
            if reader.cursor.current.kind == .mark, reader.cursor.current.text.hasSuffix("="),
                reader.cursor.current.text.count > 1
            {
                reader.cursor.advance()
                return [.expression(targets[0]), .expression(reader.expressions())]
            }
            if Self.endsProcess(targets[0]) { return [.expression(targets[0]), .failed(nil)] }
            return [.expression(targets[0])]
        }
        return [.bind(targets: targets, value: value, position: position)]
    }

    private static func endsProcess(_ expression: Expression) -> Bool {
        guard case .call(let callee, _) = expression.kind else { return false }
        switch callee.kind {
        case .name(let name): return name == "exit" || name == "quit"
        case .member(let object, let name): return object.name == "sys" && name == "exit" || name == "_exit"
        default: return false
        }
    }

    private mutating func function(_ decorators: [Expression], _ column: Int) -> Function {
        reader.cursor.advance()
        let name = reader.cursor.current
        reader.cursor.advance()
        var parameters: [Function.Parameter] = []
        if reader.cursor.isMark("(") {
            let close = reader.cursor.closer(of: reader.cursor.index)
            reader.cursor.advance()
            while reader.cursor.index < close {
                let token = reader.cursor.current
                reader.cursor.advance()
                guard token.kind == .word else { continue }
                var type: String?
                if reader.cursor.accept(":") {
                    type = reader.cursor.current.text
                    _ = reader.expression()
                }
                let fallback = reader.cursor.accept("=") ? reader.expression() : nil
                parameters.append(
                    .init(name: token.text, fallback: fallback, position: token.position, type: type))
            }
            reader.cursor.index = close + 1
        }
        return Function(
            name.text, parameters: parameters, body: body(of: column), decorators: decorators, at: name.position)
    }

    private mutating func declaredType(_ decorators: [Expression], _ column: Int) -> [Statement] {
        reader.cursor.advance()
        let name = reader.cursor.current
        reader.cursor.advance()
        if reader.cursor.isMark("[") { reader.cursor.passBrackets() }
        let arguments = reader.cursor.isMark("(") ? reader.arguments() : []
        let type = TypeDeclaration(
            name.text, bases: arguments.filter { $0.label == nil }.map(\.value), body: body(of: column),
            decorators: decorators, at: name.position)
        // `class Settings(BaseSettings, env_prefix="APP_")` is the same as the setting in its body.
        let settings = arguments.filter { $0.label != nil }.map { argument in
            Statement.bind(
                targets: [Expression(.name(argument.label ?? ""), at: argument.position)], value: argument.value,
                position: argument.position)
        }
        guard !settings.isEmpty else { return [.type(type)] }
        return [
            .type(
                TypeDeclaration(
                    type.name, bases: type.bases, body: settings + type.body, decorators: decorators,
                    at: type.position))
        ]
    }

    // MARK: imports

    private mutating func dottedName() -> String {
        var name = ""
        while reader.cursor.current.kind == .word && !["import", "as"].contains(reader.cursor.current.text)
            || reader.cursor.isMark(".") || reader.cursor.isMark("...")
        {
            name += reader.cursor.current.text
            reader.cursor.advance()
        }
        return name
    }

    private mutating func modules() -> [ImportedName] {
        reader.cursor.advance()
        var imports: [ImportedName] = []
        repeat {
            let module = dottedName()
            if reader.cursor.acceptWord("as") {
                imports.append(ImportedName(local: reader.cursor.current.text, module: module, original: nil))
                reader.cursor.advance()
            } else if !module.contains(".") {
                imports.append(ImportedName(local: module, module: module, original: nil))
            }
        } while reader.cursor.accept(",")
        return imports
    }

    private mutating func names() -> [ImportedName] {
        reader.cursor.advance()
        let module = dottedName()
        guard reader.cursor.acceptWord("import") else { return [] }
        _ = reader.cursor.accept("(")
        var imports: [ImportedName] = []
        while reader.cursor.current.kind == .word {
            let original = reader.cursor.current.text
            var local = original
            reader.cursor.advance()
            if reader.cursor.acceptWord("as") {
                local = reader.cursor.current.text
                reader.cursor.advance()
            }
            imports.append(ImportedName(local: local, module: module, original: original))
            _ = reader.cursor.accept(",")
        }
        return imports
    }
}
