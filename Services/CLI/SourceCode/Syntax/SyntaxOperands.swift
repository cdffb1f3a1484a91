import Evidence

/// Operands: names, texts and brackets, and what is called on them.
///
/// Longer than other files: the languages in braces differ here alone, a few lines each, around one loop.
extension SyntaxParser {
    mutating func operand() -> Syntax? {
        let before = index
        passPrefixes()
        let start = index
        let isNew = index > before && tokens[index - 1].isWord("new")
        guard let first = primary() else {
            index = before
            return nil
        }
        let whole = continued(first, isNew: isNew)
        let isNegated = tokens[before..<start].filter { $0.isMark("!") }.count % 2 == 1
        return isNegated ? Syntax(kind: .not(whole), position: tokens[before].position) : whole
    }

    private mutating func passPrefixes() {
        // Somebody who writes more of them than this means something else; each would be tried again and again.
        let limit = index + 24
        while index < limit, let token = token() {
            switch token.kind {
            case .mark where grammar.hasBarClosures && (token.text == "|" || token.text == "||"):
                index += 1
                guard token.text == "|" else { continue }
                while let token = self.token(), !token.isMark("|"), token.kind != .lineEnd { index += 1 }
                index += 1
            case .mark where grammar.prefixMarks.contains(token.text): index += 1
            case .word where grammar.prefixes.contains(token.text):
                guard let next = self.token(1), next.kind != .lineEnd else { return }
                if next.isMark("?") || next.isMark("!") {
                    index += 2
                } else if next.kind == .mark, !grammar.prefixMarks.contains(next.text),
                    !["(", "[", "{", "@", "\\", "."].contains(next.text)
                {
                    // A name like any other: `new = 1`.
                    return
                } else {
                    index += 1
                }
            default: return
            }
        }
    }

    private mutating func primary() -> Syntax? {
        guard let token = token() else { return nil }
        switch token.kind {
        case .word:
            index += 1
            // A namespace before a name says nothing more.
            let name = token.text.contains("\\") ? String(token.text.split(separator: "\\").last ?? "") : token.text
            return Syntax(kind: .word(name), position: token.position)
        case .string:
            index += 1
            return Syntax(kind: .string(token), position: token.position)
        case .number:
            index += 1
            return Syntax(kind: .number(token.text), position: token.position)
        case .lineEnd: return nil
        case .mark: return bracketed(token) ?? marked(token)
        }
    }

    private mutating func bracketed(_ token: Token) -> Syntax? {
        guard ["(", "[", "{"].contains(token.text), closing[index] >= 0 else { return nil }
        if grammar.hasTypePrefixes, token.text == "[", closing[index] == index + 1, let type = self.token(2),
            type.kind == .word
        {
            index += 3
            return Syntax(kind: .word("[]" + type.text), position: token.position)
        }
        return Syntax(kind: .group(token.text, group()), position: token.position)
    }

    private mutating func marked(_ token: Token) -> Syntax? {
        guard let next = self.token(1), next.kind == .word else { return nil }
        if token.isMark("@") {
            index += 2
            var name = next.text
            // `@field:Value(…)`
            if isMark(":"), let target = self.token(1), target.kind == .word, isMark("(", 2) {
                index += 2
                name = target.text
            }
            return Syntax(kind: .word("@" + name), position: token.position)
        }
        if token.isMark("."), grammar.members.contains(".") {
            index += 2
            let base = Syntax(kind: .word(""), position: token.position)
            return Syntax(kind: .member(base, next.text), position: next.position)
        }
        if grammar.hasSymbols, token.isMark(":"), Self.isRight(next, behind: token) {
            index += 2
            return Syntax(
                kind: .string(Token(kind: .string, text: next.text, position: token.position)), position: token.position
            )
        }
        return nil
    }

    /// Whether the bracket here stands right behind the one before it: in `f(x) (y)` the second is no call.
    private var isAdjacent: Bool {
        guard index > 0, let token = token() else { return false }
        return Self.isRight(token, behind: tokens[index - 1])
    }

    private static func isRight(_ token: Token, behind before: Token) -> Bool {
        token.position.line == before.position.line
            && token.position.column == before.position.column + before.text.unicodeScalars.count
    }

    /// The phrases in the bracket here, which is passed over.
    mutating func group() -> [Phrase] {
        let end = closing[index]
        let open = tokens[index].text
        index += 1
        let inner = phrases(until: end, in: open)
        index = end + 1
        return inner
    }

    // MARK: what follows an operand

    private mutating func continued(_ first: Syntax, isNew: Bool) -> Syntax {
        var left = first
        if case .word(let word) = first.kind, grammar.keywords.contains(word) { return first }
        var steps = 0
        while steps < Self.chainLimit, let next = literal(of: left, isNew: isNew) ?? step(from: left) {
            left = next
            steps += 1
        }
        return left
    }

    /// The members in braces behind a type's name.
    private mutating func literal(of left: Syntax, isNew: Bool) -> Syntax? {
        guard isMark("{"), closing[index] >= 0 else { return nil }
        if isNew {
            guard left.isCall || left.path != nil else { return nil }
        } else {
            guard grammar.hasStructLiterals, allowsClosure, let name = left.path?.last,
                name.first?.isUppercase == true || name.hasPrefix("[]")
            else { return nil }
        }
        return Syntax(kind: .literal(left, group()), position: left.position)
    }

    private mutating func step(from left: Syntax) -> Syntax? {
        guard var token = token() else { return nil }
        if token.kind == .lineEnd {
            guard let next = self.token(1), next.kind == .mark, grammar.members.contains(next.text) else { return nil }
            guard self.token(2)?.kind == .word else { return nil }
            index += 1
            token = next
        }
        if token.kind == .word {
            if grammar.hasCasts, token.text == "as", passCast() { return left }
            return grammar.hasCommandCalls ? command(left) : nil
        }
        guard token.kind == .mark else { return grammar.hasCommandCalls ? command(left) : nil }
        if grammar.members.contains(token.text) { return member(of: left) }
        switch token.text {
        case "(" where closing[index] >= 0 && !(left.isCall && !isAdjacent):
            return Syntax(kind: .call(left, group()), position: left.position)
        case "[" where closing[index] >= 0:
            return Syntax(kind: .index(left, group()), position: left.position)
        case "{" where grammar.hasTrailingClosures && allowsClosure && closing[index] >= 0:
            return closureCall(left)
        case "!":
            if grammar.hasMacros, case .word(let name) = left.kind, let next = self.token(1),
                ["(", "[", "{"].contains(next.text), closing[index + 1] >= 0
            {
                index += 1
                return Syntax(
                    kind: .call(Syntax(kind: .word(name + "!"), position: left.position), group()),
                    position: left.position)
            }
            guard grammar.hasPostfixBang else { return nil }
            index += 1
            return left
        case "!!" where grammar.hasPostfixBang, "?" where grammar.hasPostfixQuestion && !grammar.hasTernary:
            index += 1
            return left
        case "<" where grammar.hasGenerics && left.path != nil: return passGenerics() ? left : nil
        case ":" where grammar.hasCommandCalls: return command(left)
        default: return nil
        }
    }

    private mutating func member(of left: Syntax) -> Syntax? {
        guard let next = self.token(1) else { return nil }
        switch next.kind {
        case .word, .number:
            index += 2
            return Syntax(kind: .member(left, next.text), position: next.position)
        case .mark where next.text == "(" && closing[index + 1] >= 0:
            // Go's type assertion
            index = closing[index + 1] + 1
            return left
        case .mark where next.text == "<":
            index += 1
            if passGenerics() { return left }
            index -= 1
            return nil
        default: return nil
        }
    }

    private mutating func closureCall(_ left: Syntax) -> Syntax? {
        let isMember = if case .member = left.kind { true } else { false }
        guard left.isCall || isMember else { return nil }
        let block = Syntax(kind: .group("{", group()), position: left.position)
        let argument = Phrase(items: [.expression(block)], separator: "")
        if case .call(let callee, let arguments) = left.kind {
            return Syntax(kind: .call(callee, arguments + [argument]), position: left.position)
        }
        return Syntax(kind: .call(left, [argument]), position: left.position)
    }

    /// Over `<T, U>` where a call, a member or a literal follows: otherwise it is a comparison.
    private mutating func passGenerics() -> Bool {
        var level = 0
        var at = index
        while at < tokens.count, at - index < 40 {
            let token = tokens[at]
            switch token.kind {
            case .word: break
            case .string, .number, .lineEnd: return false
            case .mark:
                switch token.text {
                case "<": level += 1
                case ">": level -= 1
                case ",", ".", "::", "?", "&", "[", "]", "'", "*", "(", ")": break
                default: return false
                }
            }
            at += 1
            if level == 0 { break }
        }
        guard level == 0, at < tokens.count, tokens[at].kind == .mark,
            tokens[at].text == "(" || grammar.members.contains(tokens[at].text)
        else { return false }
        index = at
        return true
    }

    private mutating func passCast() -> Bool {
        let before = index
        index += 1
        if isMark("?") || isMark("!") { index += 1 }
        guard let type = token(), type.kind == .word || type.isMark("[") else {
            index = before
            return false
        }
        if type.kind == .word { index += 1 } else { index = closing[index] >= 0 ? closing[index] + 1 : index + 1 }
        while isMark("."), token(1)?.kind == .word { index += 2 }
        if isMark("?") { index += 1 }
        return true
    }

    // MARK: calls without brackets

    private static let commandEnds: Set<String> = [
        "if", "unless", "do", "rescue", "while", "until", "and", "or", "then", "end", "in", "else",
    ]

    /// `JWT.encode payload, secret, 'HS256'`
    private mutating func command(_ left: Syntax) -> Syntax? {
        guard left.path != nil, let first = token() else { return nil }
        switch first.kind {
        case .word: guard !Self.commandEnds.contains(first.text) else { return nil }
        case .string, .number: break
        case .mark:
            guard first.isMark(":"), let next = token(1), next.kind == .word, Self.isRight(next, behind: first),
                left.position.column + (left.name?.unicodeScalars.count ?? 0) < first.position.column
            else { return nil }
        case .lineEnd: return nil
        }
        var arguments: [Phrase] = []
        var items: [Phrase.Item] = []
        while let token = token() {
            if token.kind == .lineEnd || token.isMark(";")
                || [")", "]", "}"].contains(token.text) && token.kind == .mark
            {
                break
            }
            if token.kind == .word, Self.commandEnds.contains(token.text) { break }
            if token.isMark(",") {
                arguments.append(Phrase(items: items, separator: ","))
                items = []
                index += 1
                skipLineEnds()
            } else if let expression = expression() {
                items.append(.expression(expression))
            } else {
                items.append(.mark(token))
                index += 1
            }
        }
        if !items.isEmpty { arguments.append(Phrase(items: items, separator: "")) }
        return Syntax(kind: .call(left, arguments), position: left.position)
    }
}
