import Evidence

/// Precedence, loosest first: `||`, `&&`, `==` and `!=`, `<` and the like, `!`, then paths and calls.
struct WorkflowExpressionParser {
    private static let depthLimit = 40
    private let characters: [Character]
    private var index = 0
    private var depth = 0

    init(_ text: String) { characters = Array(text) }

    mutating func parse() -> WorkflowExpression? {
        guard characters.count < 4096, let expression = binary(0) else { return nil }
        skipBlanks()
        return index == characters.count ? expression : nil
    }

    private static let levels: [[String]] = [["||"], ["&&"], ["==", "!="], ["<=", ">=", "<", ">"]]

    private mutating func binary(_ level: Int) -> WorkflowExpression? {
        guard level < Self.levels.count else { return unary() }
        guard var left = binary(level + 1) else { return nil }
        while let sign = take(Self.levels[level]) {
            guard let right = binary(level + 1) else { return nil }
            left = .binary(sign, left, right)
        }
        return left
    }

    private mutating func unary() -> WorkflowExpression? {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.depthLimit else { return nil }
        skipBlanks()
        guard let character = current else { return nil }
        switch character {
        case "!":
            index += 1
            return unary().map(WorkflowExpression.not)
        case "(":
            index += 1
            guard let inner = binary(0), take([")"]) != nil else { return nil }
            return path(after: inner)
        case "'": return text().map { .value(.bound(.literal($0))) }
        case "0"..."9", "-", "+": return number()
        default: return name()
        }
    }

    private mutating func text() -> String? {
        index += 1
        var text = ""
        while let character = current {
            index += 1
            guard character == "'" else {
                text.append(character)
                continue
            }
            // Two in a row are one.
            guard current == "'" else { return text }
            text.append("'")
            index += 1
        }
        return nil
    }

    private mutating func number() -> WorkflowExpression {
        let start = index
        while let character = current, character.isHexDigit || "xX.+-".contains(character) { index += 1 }
        return .value(.bound(.literal(String(characters[start..<index]))))
    }

    private mutating func name() -> WorkflowExpression? {
        guard let name = word() else { return nil }
        switch name {
        case "true": return .value(.boolean(true))
        case "false": return .value(.boolean(false))
        case "null": return .value(.bound(.empty))
        default: break
        }
        guard take(["("]) != nil else { return path(after: .value(.bound(.literal(name)))) }
        var arguments: [WorkflowExpression] = []
        if take([")"]) != nil { return .call(name, arguments) }
        repeat {
            guard let argument = binary(0) else { return nil }
            arguments.append(argument)
        } while take([","]) != nil
        guard take([")"]) != nil else { return nil }
        return path(after: .call(name, arguments))
    }

    /// `.name`, `['name']`, `[0]`, `.*`
    private mutating func path(after first: WorkflowExpression) -> WorkflowExpression? {
        var parts = [first]
        while true {
            if take(["."]) != nil {
                if take(["*"]) != nil {
                    parts.append(.value(.unknown))
                } else if let name = word() {
                    parts.append(.value(.bound(.literal(name))))
                } else {
                    return nil
                }
            } else if take(["["]) != nil {
                guard let inner = binary(0), take(["]"]) != nil else { return nil }
                parts.append(inner)
            } else {
                break
            }
        }
        if parts.count == 1 {
            // A bare name is a whole context (`secrets`); what stands in brackets stays what it is.
            if case .value(.bound(let name)) = first, name.literal != nil { return .path(parts) }
            return first
        }
        return .path(parts)
    }

    private mutating func word() -> String? {
        skipBlanks()
        let start = index
        while let character = current, character.isASCII,
            character.isLetter || character.isNumber || "_-".contains(character)
        { index += 1 }
        return index > start ? String(characters[start..<index]) : nil
    }

    private mutating func take(_ signs: [String]) -> String? {
        skipBlanks()
        for sign in signs where characters[index...].starts(with: sign) {
            index += sign.count
            return sign
        }
        return nil
    }

    private var current: Character? { index < characters.count ? characters[index] : nil }

    private mutating func skipBlanks() { while let character = current, character.isWhitespace { index += 1 } }
}
