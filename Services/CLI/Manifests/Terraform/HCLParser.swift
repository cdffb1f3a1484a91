import Evidence

/// Reads a file of Terraform. Faults end the file, since what follows one can't be trusted.
struct HCLParser {
    static let depthLimit = 80

    var lexer: HCLLexer
    var depth = 0

    static func parse(_ text: String, file: String) throws(ManifestFault) -> HCLBody {
        var parser = HCLParser(lexer: HCLLexer(text, start: SourcePosition(file: file, line: 1)))
        return try parser.body(isTop: true)
    }

    /// The expression inside `${…}`.
    static func expression(_ text: String, at start: SourcePosition, depth: Int) throws(ManifestFault) -> HCLExpression
    {
        var parser = HCLParser(lexer: HCLLexer(text, start: start), depth: depth)
        parser.lexer.ignoresLines = 1
        let expression = try parser.expression()
        guard try parser.lexer.peek().kind == .end else { throw parser.fault("an expression is not understood") }
        return expression
    }

    init(lexer: HCLLexer, depth: Int = 0) {
        self.lexer = lexer
        self.depth = depth
    }

    mutating func fault(_ problem: String) -> ManifestFault {
        ManifestFault(lexer.position, "not HCL: \(problem)", mend: "mend the syntax there")
    }

    private mutating func body(isTop: Bool) throws(ManifestFault) -> HCLBody {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.depthLimit else { throw fault("it is nested too deep") }
        var body = HCLBody()
        while true {
            let token = try lexer.next()
            switch token.kind {
            case .newline: continue
            case .end:
                guard isTop else { throw fault("a block is never closed") }
                return body
            case .sign("}") where !isTop: return body
            case .name(let name):
                if try lexer.peek().kind == .sign("=") {
                    _ = try lexer.next()
                    body.attributes.append(.init(name: name, position: token.position, value: try expression()))
                    try endLine()
                } else {
                    body.blocks.append(try block(name, token.position))
                }
            case .text(let text):
                // JSON-like spelling of an attribute.
                guard try lexer.next().kind == .sign("=") else { throw fault("a name is missing") }
                body.attributes.append(.init(name: text, position: token.position, value: try expression()))
                try endLine()
            default: throw fault("a name is missing")
            }
        }
    }

    private mutating func block(_ type: String, _ position: SourcePosition) throws(ManifestFault) -> HCLBlock {
        var labels: [String] = []
        while true {
            let token = try lexer.next()
            switch token.kind {
            case .name(let label), .text(let label): labels.append(label)
            case .sign("{"):
                let ignored = lexer.ignoresLines
                lexer.ignoresLines = 0
                defer { lexer.ignoresLines = ignored }
                return HCLBlock(type: type, labels: labels, position: position, body: try body(isTop: false))
            default: throw fault("a block's brace is missing")
            }
        }
    }

    private mutating func endLine() throws(ManifestFault) {
        switch try lexer.peek().kind {
        case .newline, .end, .sign("}"), .sign(","): if try lexer.peek().kind == .sign(",") { _ = try lexer.next() }
        default: throw fault("text follows an attribute")
        }
    }

    mutating func take(_ sign: String) throws(ManifestFault) -> Bool {
        guard try lexer.peek().kind == .sign(sign) else { return false }
        _ = try lexer.next()
        return true
    }

    mutating func expect(_ sign: String) throws(ManifestFault) {
        guard try take(sign) else { throw fault("\(sign) is missing") }
    }
}
