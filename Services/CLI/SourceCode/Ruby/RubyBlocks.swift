import Evidence

/// Ruby's blocks that end with `end`, as blocks in braces: one syntax for all languages then does.
///
/// A word that opens a block does so only where a statement begins (`if x`), and not behind one (`return if x`); `do`
/// always does, except that of a `while`.
enum RubyBlocks {
    static func braced(_ tokens: [Token]) -> [Token] {
        var result: [Token] = []
        result.reserveCapacity(tokens.count + tokens.count / 8)
        // For each open word, whether its brace stands already.
        var open: [Bool] = []
        var index = 0
        while index < tokens.count {
            let token = tokens[index]
            let previous = index > 0 ? tokens[index - 1] : nil
            index += 1
            guard token.kind == .word, !isMember(previous) else {
                // The head of an `if`, `def` or `class` ends with its line.
                if token.kind == .lineEnd, let last = open.last, !last {
                    result.append(mark("{", at: token))
                    open[open.count - 1] = true
                }
                result.append(token)
                continue
            }
            switch token.text {
            case "def", "class", "module", "if", "unless", "while", "until", "case", "for", "begin":
                let isSymbol = index < tokens.count && tokens[index].isMark(":")
                guard !isSymbol, token.text == "def" || beginsStatement(previous), !isEndless(tokens, from: index - 1)
                else {
                    result.append(token)
                    continue
                }
                result.append(token)
                open.append(token.text == "begin")
                if token.text == "begin" { result.append(mark("{", at: token)) }
            case "do":
                if let last = open.last, !last {
                    open[open.count - 1] = true
                } else {
                    open.append(true)
                }
                result.append(mark("{", at: token))
                index = passParameters(tokens, from: index)
            case "then":
                if let last = open.last, !last {
                    open[open.count - 1] = true
                    result.append(mark("{", at: token))
                }
            case "else", "elsif", "when", "rescue", "ensure", "in":
                guard beginsStatement(previous), let last = open.last, last else {
                    result.append(token)
                    continue
                }
                result.append(mark("}", at: token))
                if token.text == "else" || token.text == "ensure" {
                    result.append(word("else", at: token))
                    result.append(mark("{", at: token))
                } else {
                    result.append(word(token.text == "elsif" ? "if" : "else", at: token))
                    open[open.count - 1] = false
                }
            case "end":
                if let last = open.popLast() {
                    if !last { result.append(mark("{", at: token)) }
                    result.append(mark("}", at: token))
                } else {
                    result.append(token)
                }
            default: result.append(token)
            }
        }
        return result
    }

    private static func mark(_ text: String, at token: Token) -> Token {
        Token(kind: .mark, text: text, position: token.position)
    }

    private static func word(_ text: String, at token: Token) -> Token {
        Token(kind: .word, text: text, position: token.position)
    }

    private static func isMember(_ previous: Token?) -> Bool {
        guard let previous, previous.kind == .mark else { return false }
        return previous.text == "." || previous.text == "&." || previous.text == ":"
    }

    /// At the start of a line, behind a sign or a bracket; `x = if y` too.
    private static func beginsStatement(_ previous: Token?) -> Bool {
        guard let previous else { return true }
        switch previous.kind {
        case .lineEnd: return true
        case .mark: return ["=", ";", "{", "(", "||=", "=>", "|", "->", "}"].contains(previous.text)
        case .word: return ["then", "do", "else", "begin", "private", "return"].contains(previous.text)
        case .string, .number: return false
        }
    }

    /// `def secret = ENV["X"]`
    private static func isEndless(_ tokens: [Token], from start: Int) -> Bool {
        guard tokens[start].text == "def" else { return false }
        var level = 0
        for token in tokens[start...].prefix(40) {
            if token.kind == .lineEnd { return false }
            if token.isMark("(") { level += 1 }
            if token.isMark(")") { level -= 1 }
            if token.isMark("="), level == 0 { return true }
        }
        return false
    }

    /// Over the names in `do |a, b|`.
    private static func passParameters(_ tokens: [Token], from index: Int) -> Int {
        guard index < tokens.count, tokens[index].isMark("|") else { return index }
        var at = index + 1
        while at < tokens.count, !tokens[at].isMark("|"), tokens[at].kind != .lineEnd { at += 1 }
        return at < tokens.count ? at + 1 : at
    }
}
