/// The inside of an action: operands, function calls, pipes and parentheses.
struct HelmExpressionParser {
    private enum Token: Equatable {
        case word(String)
        case string(String)
        case variable(String)
        /// `.a.b`; empty for a lone dot. `glued` where nothing stands before it.
        case field([String], glued: Bool)
        case sign(Character)
    }

    private var tokens: [Token] = []
    private var index = 0
    private let line: Int
    private var depth = 0

    /// Parentheses in parentheses.
    private static let depthLimit = 64
    /// A chain of pipes is as deep as it is long.
    private static let tokenLimit = 1000

    static func parse(_ text: String, line: Int) throws(HelmFault) -> HelmExpression {
        var parser = HelmExpressionParser(line: line)
        try parser.read(text)
        guard parser.tokens.count < tokenLimit else { throw parser.fault() }
        let expression = try parser.pipeline()
        guard parser.index == parser.tokens.count else { throw parser.fault() }
        return expression
    }

    private init(line: Int) {
        self.line = line
    }

    private func fault() -> HelmFault { HelmFault(line: line, reason: "this action is not understood") }

    // MARK: tokens

    private mutating func read(_ text: String) throws(HelmFault) {
        var rest = text[...]
        var isGlued = false
        while let character = rest.first {
            if character.isWhitespace {
                rest = rest.dropFirst()
                isGlued = false
                continue
            }
            switch character {
            case "(", ")", "|", ",":
                tokens.append(.sign(character))
                rest = rest.dropFirst()
            case "\"", "`": tokens.append(.string(try Self.string(&rest, line)))
            case ".":
                var names: [String] = []
                while rest.first == "." {
                    let name = rest.dropFirst().prefix(while: Self.isNamePart)
                    rest = rest.dropFirst(1 + name.count)
                    if name.isEmpty { break }
                    names.append(String(name))
                }
                tokens.append(.field(names, glued: isGlued))
            case "$":
                let name = rest.dropFirst().prefix(while: Self.isNamePart)
                tokens.append(.variable(String(name)))
                rest = rest.dropFirst(1 + name.count)
            default:
                let word = rest.prefix { Self.isNamePart($0) || $0 == "-" || $0 == "+" }
                guard !word.isEmpty else { throw fault() }
                rest = rest.dropFirst(word.count)
                // A number's point is no field.
                if word.first?.isNumber == true, rest.first == ".",
                    let digits = Optional(rest.dropFirst().prefix(while: \.isNumber))
                {
                    tokens.append(.word("\(word).\(digits)"))
                    rest = rest.dropFirst(1 + digits.count)
                } else {
                    tokens.append(.word(String(word)))
                }
            }
            isGlued = true
        }
    }

    private static func isNamePart(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }

    private static func string(_ rest: inout Substring, _ line: Int) throws(HelmFault) -> String {
        let quote = rest.removeFirst()
        var text = ""
        while let character = rest.popFirst() {
            if character == quote { return text }
            if character == "\\", quote == "\"" {
                switch rest.popFirst() {
                case "n": text += "\n"
                case "t": text += "\t"
                case let other?: text.append(other)
                case nil: break
                }
            } else {
                text.append(character)
            }
        }
        throw HelmFault(line: line, reason: "a text is never closed")
    }

    // MARK: grammar

    private var next: Token? { index < tokens.count ? tokens[index] : nil }

    private mutating func pipeline() throws(HelmFault) -> HelmExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.depthLimit else { throw fault() }
        var value = try command()
        while next == .sign("|") {
            index += 1
            guard case .word(let name)? = next else { throw fault() }
            index += 1
            value = .call(name, try operands() + [value])
        }
        return value
    }

    private mutating func command() throws(HelmFault) -> HelmExpression {
        if case .word(let name)? = next, Self.constant(name) == nil {
            index += 1
            return .call(name, try operands())
        }
        let first = try operand()
        let arguments = try operands()
        return arguments.isEmpty ? first : .method(first, arguments)
    }

    private mutating func operands() throws(HelmFault) -> [HelmExpression] {
        var operands: [HelmExpression] = []
        while let token = next, token != .sign(")"), token != .sign("|") { operands.append(try operand()) }
        return operands
    }

    private mutating func operand() throws(HelmFault) -> HelmExpression {
        guard let token = next else { throw fault() }
        index += 1
        var value: HelmExpression
        switch token {
        case .string(let text): value = .string(text)
        case .variable(let name): value = .variable(name)
        case .field(let names, _): value = names.isEmpty ? .dot : .field(.dot, names)
        case .word(let name): value = Self.constant(name) ?? .call(name, [])
        case .sign("("):
            value = try pipeline()
            guard next == .sign(")") else { throw fault() }
            index += 1
        case .sign: throw fault()
        }
        while case .field(let names, glued: true)? = next, !names.isEmpty {
            value = .field(value, names)
            index += 1
        }
        return value
    }

    private static func constant(_ word: String) -> HelmExpression? {
        switch word {
        case "true": .boolean(true)
        case "false": .boolean(false)
        case "nil": .null
        default: word.first.map { $0.isNumber || $0 == "-" || $0 == "+" } == true ? .number(word) : nil
        }
    }
}
