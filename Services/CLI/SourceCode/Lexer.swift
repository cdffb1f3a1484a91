import Evidence

/// Text to tokens, by a language's rules. Total and linear: what fits no rule is a mark of one character, and a string
/// that does not end, ends with the file or, where it may not span lines, with its line.
package struct Lexer {
    private let rules: LexicalRules
    private let file: String
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var line: Int
    private var lineStart = 0
    private var columnOffset: Int
    private var tokens: [Token] = []

    /// Interpolated expressions may nest so deep.
    private static let depthLimit = 16
    private let depth: Int

    package static func tokens(of text: String, file: String, rules: LexicalRules) -> [Token] {
        var lexer = Lexer(
            Array(text.unicodeScalars), file: file, rules: rules, line: 1, columnOffset: 0, depth: 0)
        return lexer.run()
    }

    private init(
        _ scalars: [Unicode.Scalar], file: String, rules: LexicalRules, line: Int, columnOffset: Int, depth: Int
    ) {
        self.scalars = scalars
        self.file = file
        self.rules = rules
        self.line = line
        self.columnOffset = columnOffset
        self.depth = depth
    }

    private var position: SourcePosition {
        SourcePosition(file: file, line: line, column: index - lineStart + 1 + columnOffset)
    }

    private mutating func run() -> [Token] {
        while index < scalars.count {
            let scalar = scalars[index]
            if scalar == "\n" || scalar == "\r" {
                endLine()
            } else if scalar.properties.isWhitespace || scalar == "\u{FEFF}" {
                index += 1
            } else if skipComment() {
                continue
            } else if let rule = openingString() {
                readString(rule)
            } else if isWordStart(scalar) {
                let start = index
                let position = position
                while index < scalars.count, isWordPart(scalars[index]) { index += 1 }
                add(.word, from: start, at: position)
            } else if ("0"..."9").contains(scalar) {
                let start = index
                let position = position
                while index < scalars.count, isWordPart(scalars[index]) || isDecimalPoint(index) { index += 1 }
                add(.number, from: start, at: position)
            } else if scalar == "/", rules.hasRegularExpressions, expectsValue {
                readRegularExpression()
            } else {
                let mark = rules.marks.first { matches($0) } ?? String(Character(scalar))
                tokens.append(Token(kind: .mark, text: mark, position: position))
                index += mark.unicodeScalars.count
            }
        }
        return tokens
    }

    private mutating func add(_ kind: Token.Kind, from start: Int, at position: SourcePosition) {
        tokens.append(Token(kind: kind, text: Self.string(scalars[start..<index]), position: position))
    }

    private mutating func endLine() {
        if rules.linesMatter, let last = tokens.last, last.kind != .lineEnd {
            tokens.append(Token(kind: .lineEnd, text: "\n", position: position))
        }
        passLineEnd()
    }

    private mutating func passLineEnd() {
        if scalars[index] == "\r", index + 1 < scalars.count, scalars[index + 1] == "\n" { index += 1 }
        index += 1
        line += 1
        lineStart = index
        columnOffset = 0
    }

    private mutating func advance() {
        if scalars[index] == "\n" || scalars[index] == "\r" { passLineEnd() } else { index += 1 }
    }

    // MARK: comments

    private mutating func skipComment() -> Bool {
        if rules.lineComments.contains(where: { matches($0) }) {
            while index < scalars.count, scalars[index] != "\n", scalars[index] != "\r" { index += 1 }
            return true
        }
        guard let comment = rules.blockComments.first(where: { matches($0.open) }) else { return false }
        var depth = 0
        while index < scalars.count {
            if matches(comment.close) {
                index += comment.close.unicodeScalars.count
                depth -= 1
                if depth <= 0 { break }
            } else if matches(comment.open), comment.nests || depth == 0 {
                index += comment.open.unicodeScalars.count
                depth += 1
            } else {
                advance()
            }
        }
        return true
    }

    // MARK: strings

    private func openingString() -> LexicalRules.StringRule? {
        // A prefix letter belongs to a string only where it begins a word.
        rules.strings.first { matches($0.open) }
    }

    private mutating func readString(_ rule: LexicalRules.StringRule) {
        let start = position
        index += rule.open.unicodeScalars.count
        var pieces: [Token.Piece] = []
        var text = String.UnicodeScalarView()
        func flushed() -> [Token.Piece] { text.isEmpty ? [] : [.text(String(text))] }
        reading: while index < scalars.count {
            if matches(rule.close) {
                let length = rule.close.unicodeScalars.count
                if rule.doubles, matches(rule.close, at: index + length) {
                    text.append(contentsOf: rule.close.unicodeScalars)
                    index += 2 * length
                    continue
                }
                index += length
                break
            }
            let scalar = scalars[index]
            if scalar == "\n" || scalar == "\r" {
                guard rule.spansLines else { break }
                text.append("\n")
                passLineEnd()
                continue
            }
            if let (skip, brace, close) = interpolation(rule.interpolation) {
                index += skip
                if brace {
                    pieces += flushed() + [.code(readExpression(until: close))]
                } else {
                    let from = index
                    let position = position
                    while index < scalars.count, isWordPart(scalars[index]) { index += 1 }
                    let word = Token(kind: .word, text: Self.string(scalars[from..<index]), position: position)
                    pieces += flushed() + [.code([word])]
                }
                text = .init()
                continue
            }
            if case .brace = rule.interpolation, scalar == "{" || scalar == "}" {
                // `{{` and `}}` are braces.
                index += index + 1 < scalars.count && scalars[index + 1] == scalar ? 2 : 1
                text.append(scalar)
                continue
            }
            if rule.escapes, scalar == "\\", index + 1 < scalars.count {
                readEscape(into: &text)
                continue
            }
            text.append(scalar)
            index += 1
        }
        if pieces.isEmpty {
            tokens.append(Token(kind: .string, text: String(text), position: start))
        } else {
            tokens.append(Token(kind: .string, text: "", position: start, pieces: pieces + flushed()))
        }
    }

    /// What begins an expression here: how many characters to pass over, whether it is in brackets, and which closes it.
    private func interpolation(_ kind: LexicalRules.Interpolation) -> (
        skip: Int, isBraced: Bool, close: Unicode.Scalar
    )? {
        let next = index + 1 < scalars.count ? scalars[index + 1] : "\0"
        switch (kind, scalars[index]) {
        case (.dollarBrace, "$") where next == "{": return (2, true, "}")
        case (.dollarBrace(true), "$") where isWordStart(next) && next != "$": return (1, false, " ")
        case (.backslashParenthesis, "\\") where next == "(": return (2, true, ")")
        case (.hashBrace, "#") where next == "{": return (2, true, "}")
        case (.brace, "{") where next != "{": return (1, true, "}")
        default: return nil
        }
    }

    /// The tokens up to the bracket that closes the expression, which is passed over.
    private mutating func readExpression(until close: Unicode.Scalar) -> [Token] {
        let open: Unicode.Scalar = close == ")" ? "(" : "{"
        let start = index
        let (startLine, startColumn) = (line, index - lineStart + columnOffset)
        var level = 0
        while index < scalars.count {
            if scalars[index] == close {
                if level == 0 { break }
                level -= 1
            } else if scalars[index] == open {
                level += 1
            } else if depth < Self.depthLimit, let rule = openingString() {
                // A bracket in a string inside the expression is none of it.
                let count = tokens.count
                readString(rule)
                tokens.removeLast(tokens.count - count)
                continue
            }
            advance()
        }
        let inner = Array(scalars[start..<index])
        if index < scalars.count { index += 1 }
        guard depth < Self.depthLimit else { return [] }
        var lexer = Lexer(
            inner, file: file, rules: rules, line: startLine, columnOffset: startColumn, depth: depth + 1)
        return lexer.run()
    }

    private mutating func readEscape(into text: inout String.UnicodeScalarView) {
        let escaped = scalars[index + 1]
        index += 2
        switch escaped {
        case "n": text.append("\n")
        case "t": text.append("\t")
        case "r": text.append("\r")
        case "0": text.append("\0")
        case "\n":
            // A line that is continued.
            line += 1
            lineStart = index
            columnOffset = 0
        case "x": readHexadecimal(2, into: &text)
        case "u":
            if index < scalars.count, scalars[index] == "{" {
                index += 1
                readHexadecimal(6, into: &text)
                if index < scalars.count, scalars[index] == "}" { index += 1 }
            } else {
                readHexadecimal(4, into: &text)
            }
        default: text.append(escaped)
        }
    }

    private mutating func readHexadecimal(_ most: Int, into text: inout String.UnicodeScalarView) {
        let start = index
        while index < scalars.count, index - start < most, scalars[index].properties.isASCIIHexDigit { index += 1 }
        if let value = UInt32(Self.string(scalars[start..<index]), radix: 16), let scalar = Unicode.Scalar(value) {
            text.append(scalar)
        }
    }

    // MARK: regular expressions

    /// Whether a slash here begins a regular expression rather than divides.
    private var expectsValue: Bool {
        guard let last = tokens.last else { return true }
        switch last.kind {
        case .number, .string: return false
        case .word:
            return ["return", "typeof", "case", "in", "of", "delete", "void", "throw", "new"].contains(last.text)
        case .lineEnd: return true
        case .mark: return ![")", "]", "}"].contains(last.text)
        }
    }

    private mutating func readRegularExpression() {
        let start = position
        index += 1
        var isInClass = false
        while index < scalars.count, scalars[index] != "\n", scalars[index] != "\r" {
            let scalar = scalars[index]
            index += scalar == "\\" && index + 1 < scalars.count ? 2 : 1
            if scalar == "[" { isInClass = true }
            if scalar == "]" { isInClass = false }
            if scalar == "/", !isInClass { break }
        }
        while index < scalars.count, isWordPart(scalars[index]) { index += 1 }
        tokens.append(Token(kind: .mark, text: "/regex/", position: start))
    }

    // MARK: characters

    private func matches(_ text: String) -> Bool { matches(text, at: index) }

    private func matches(_ text: String, at start: Int) -> Bool {
        var at = start
        for scalar in text.unicodeScalars {
            guard at < scalars.count, scalars[at] == scalar else { return false }
            at += 1
        }
        return at > start
    }

    private func isWordStart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "_": true
        case "\u{80}"...: scalar.properties.isXIDStart
        default: rules.wordExtras.contains(Character(scalar))
        }
    }

    private func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
        ("0"..."9").contains(scalar) || isWordStart(scalar)
    }

    private func isDecimalPoint(_ index: Int) -> Bool {
        scalars[index] == "." && index + 1 < scalars.count && ("0"..."9").contains(scalars[index + 1])
    }

    private static func string(_ part: ArraySlice<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: part)
        return String(text)
    }
}
