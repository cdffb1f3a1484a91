import Evidence

extension HCLParser {
    private static let levels: [[String]] = [
        ["||"], ["&&"], ["==", "!="], ["<", ">", "<=", ">="], ["+", "-"], ["*", "/", "%"],
    ]

    mutating func expression() throws(ManifestFault) -> HCLExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.depthLimit else { throw fault("it is nested too deep") }
        let condition = try binary(0)
        guard try take("?") else { return condition }
        let yes = try expression()
        try expect(":")
        let no = try expression()
        return HCLExpression(kind: .conditional(condition, yes, no), position: condition.position)
    }

    private mutating func binary(_ level: Int) throws(ManifestFault) -> HCLExpression {
        guard level < Self.levels.count else { return try unary() }
        var left = try binary(level + 1)
        while case .sign(let sign) = try lexer.peek().kind, Self.levels[level].contains(sign) {
            _ = try lexer.next()
            let right = try binary(level + 1)
            left = HCLExpression(kind: .binary(sign, left, right), position: left.position)
        }
        return left
    }

    private mutating func unary() throws(ManifestFault) -> HCLExpression {
        let position = try lexer.peek().position
        var isNegated = try take("!")
        if !isNegated { isNegated = try take("-") }
        if isNegated {
            depth += 1
            defer { depth -= 1 }
            guard depth < Self.depthLimit else { throw fault("it is nested too deep") }
            _ = try unary()
            return HCLExpression(kind: .opaque("an operation"), position: position)
        }
        return try path(after: try primary())
    }

    private mutating func primary() throws(ManifestFault) -> HCLExpression {
        let token = try lexer.next()
        let position = token.position
        switch token.kind {
        case .text(let text): return HCLExpression(kind: .text(text), position: position)
        case .template(let parts): return try template(parts, at: position)
        case .number(let text): return HCLExpression(kind: .literal(text), position: position)
        case .name(let name):
            if try take("(") { return HCLExpression(kind: .call(name, try arguments(")")), position: position) }
            switch name {
            case "true", "false": return HCLExpression(kind: .literal(name), position: position)
            case "null": return HCLExpression(kind: .null, position: position)
            default:
                return HCLExpression(
                    kind: .path([HCLExpression(kind: .text(name), position: position)]), position: position)
            }
        case .sign("("):
            lexer.ignoresLines += 1
            let inner = try expression()
            try expect(")")
            lexer.ignoresLines -= 1
            return inner
        case .sign("["):
            lexer.ignoresLines += 1
            if try lexer.peek().kind == .name("for") { return try loop(at: position, end: "]") }
            lexer.ignoresLines -= 1
            return HCLExpression(kind: .list(try arguments("]")), position: position)
        case .sign("{"): return try object(at: position)
        default: throw fault("a value is missing")
        }
    }

    /// Values with commas between them up to `end`, over any number of lines.
    private mutating func arguments(_ end: String) throws(ManifestFault) -> [HCLExpression] {
        lexer.ignoresLines += 1
        var values: [HCLExpression] = []
        while try lexer.peek().kind != .sign(end) {
            values.append(try expression())
            if try take("...") { continue }
            guard try take(",") else { break }
        }
        guard try lexer.peek().kind == .sign(end) else { throw fault("\(end) is missing") }
        lexer.ignoresLines -= 1
        _ = try lexer.next()
        return values
    }

    private mutating func object(at position: SourcePosition) throws(ManifestFault) -> HCLExpression {
        let outer = lexer.ignoresLines
        lexer.ignoresLines = 0
        defer { lexer.ignoresLines = outer }
        var entries: [HCLExpression.Entry] = []
        while true {
            let token = try lexer.peek()
            if token.kind == .newline || token.kind == .sign(",") {
                _ = try lexer.next()
                continue
            }
            if try take("}") { return HCLExpression(kind: .object(entries), position: position) }
            if token.kind == .name("for"), entries.isEmpty {
                lexer.ignoresLines = 1
                let loop = try loop(at: position, end: "}")
                return loop
            }
            var key = try expression()
            // A bare name is a text here.
            if case .path(let parts) = key.kind, parts.count == 1 { key = parts[0] }
            var hasSign = try take("=")
            if !hasSign { hasSign = try take(":") }
            guard hasSign else { throw fault("a value is missing behind a key") }
            entries.append(.init(key: key, value: try expression()))
        }
    }

    /// After `[` or `{`: `for k, v in x : value if condition`.
    private mutating func loop(at position: SourcePosition, end: String) throws(ManifestFault) -> HCLExpression {
        _ = try lexer.next()
        var names: [String] = []
        repeat {
            guard case .name(let name) = try lexer.next().kind else { throw fault("a name is missing") }
            names.append(name)
        } while try take(",")
        guard try lexer.next().kind == .name("in") else { throw fault("`in` is missing") }
        let collection = try expression()
        try expect(":")
        var value = try expression()
        var key: HCLExpression?
        if try take("=>") {
            key = value
            value = try expression()
            _ = try take("...")
        }
        var condition: HCLExpression?
        if try lexer.peek().kind == .name("if") {
            _ = try lexer.next()
            condition = try expression()
        }
        guard try lexer.peek().kind == .sign(end) else { throw fault("\(end) is missing") }
        lexer.ignoresLines = max(0, lexer.ignoresLines - 1)
        _ = try lexer.next()
        return HCLExpression(
            kind: .loop(names, collection, key: key, value: value, condition: condition), position: position)
    }

    /// `.name`, `[index]`, `.0`, `[*]`
    private mutating func path(after first: HCLExpression) throws(ManifestFault) -> HCLExpression {
        var parts = [first]
        if case .path(let own) = first.kind { parts = own }
        let count = parts.count
        while true {
            let position = try lexer.peek().position
            if try take(".") {
                let token = try lexer.next()
                switch token.kind {
                case .name(let name), .number(let name):
                    parts.append(HCLExpression(kind: .text(name), position: position))
                case .sign("*"): parts.append(HCLExpression(kind: .opaque("*"), position: position))
                default: throw fault("a name is missing behind a dot")
                }
            } else if try take("[") {
                lexer.ignoresLines += 1
                if try take("*") {
                    parts.append(HCLExpression(kind: .opaque("*"), position: position))
                } else {
                    parts.append(try expression())
                }
                guard try lexer.peek().kind == .sign("]") else { throw fault("] is missing") }
                lexer.ignoresLines -= 1
                _ = try lexer.next()
            } else {
                break
            }
        }
        return parts.count == count ? first : HCLExpression(kind: .path(parts), position: first.position)
    }

    private mutating func template(
        _ parts: [HCLLexer.TemplatePart], at position: SourcePosition
    ) throws(ManifestFault) -> HCLExpression {
        var values: [HCLExpression] = []
        for part in parts {
            switch part {
            case .text(let text, let place): values.append(HCLExpression(kind: .text(text), position: place))
            case .expression(let text, let place):
                values.append(try Self.expression(text, at: place, depth: depth + 1))
            case .directive(let place):
                values.append(HCLExpression(kind: .opaque("a template's directive"), position: place))
            }
        }
        if values.count == 1, case .text = values[0].kind {
            return HCLExpression(kind: values[0].kind, position: position)
        }
        return HCLExpression(kind: .template(values), position: position)
    }
}
