import Evidence

/// Text to tokens, by a language's rules. Total and linear: what fits no rule is a mark of one character, and a string
/// that does not end, ends with the file or, where it may not span lines, with its line.
///
/// Longer than other files: it is one machine over one buffer. Comments, strings with their escapes and interpolation,
/// and regular expressions can't be told apart without each other. It works on UTF-8 bytes; columns count scalars.
package struct Lexer {
    private let rules: LexicalRules
    private let table: LexicalTable
    private let file: String
    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    /// Up to where the columns of this line are counted, and to what they came.
    private var counted = 0
    private var column = 1
    private var tokens: [Token] = []
    /// Whether each bracket that is open joins lines.
    private var brackets: [Bool] = []
    /// How deep in interpolated expressions.
    private var depth = 0

    /// Interpolated expressions may nest so deep; what is deeper stays text.
    private static let depthLimit = 16

    package static func tokens(of text: String, file: String, rules: LexicalRules) -> [Token] {
        var lexer = Lexer(bytes: Array(text.utf8), file: file, rules: rules)
        lexer.skipFirstLine()
        lexer.run(until: nil, withinLine: false)
        return lexer.tokens
    }

    private init(bytes: [UInt8], file: String, rules: LexicalRules) {
        self.bytes = bytes
        self.file = file
        self.rules = rules
        table = LexicalTable(rules)
        tokens.reserveCapacity(bytes.count / 5)
    }

    /// `#!/usr/bin/env node`
    private mutating func skipFirstLine() {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            index = 3
            counted = 3
        }
        if matches([35, 33]) { passLine() }
    }

    private mutating func position() -> SourcePosition {
        while counted < index {
            if bytes[counted] & 0xC0 != 0x80 { column += 1 }
            counted += 1
        }
        return SourcePosition(file: file, line: line, column: column)
    }

    /// Reads tokens up to the end, or to the bracket that closes an interpolated expression.
    private mutating func run(until close: UInt8?, withinLine: Bool) {
        var level = 0
        while index < bytes.count {
            let byte = bytes[index]
            let kind = table.kinds[Int(byte)]
            if kind == 4 {
                index += 1
                continue
            }
            if byte == 10 || byte == 13 {
                if withinLine { return }
                endLine()
                continue
            }
            if let close {
                if byte == close, level == 0 { return }
                if byte == close { level -= 1 }
                if byte == (close == 41 ? 40 : 123) { level += 1 }
            }
            if readCandidate() { continue }
            if kind == 1 {
                readWord(.word)
            } else if kind == 2 {
                readWord(.number)
            } else if byte >= 0x80 {
                readForeign()
            } else if byte == 92, index + 1 < bytes.count, bytes[index + 1] == 10 || bytes[index + 1] == 13 {
                index += 1
                passLineEnd()
            } else if byte == 47, rules.hasRegularExpressions, expectsValue {
                readRegularExpression()
            } else {
                tokens.append(Token(kind: .mark, text: String(UnicodeScalar(byte)), position: position()))
                index += 1
                count(bracket: byte)
            }
        }
    }

    private mutating func count(bracket byte: UInt8) {
        switch byte {
        case 40, 91, 123: brackets.append(table.joining[Int(byte)])
        case 41, 93, 125: _ = brackets.popLast()
        default: break
        }
    }

    /// Comments, strings and marks of several characters.
    private mutating func readCandidate() -> Bool {
        for candidate in table.candidates[Int(bytes[index])] where matches(candidate.bytes) {
            switch candidate.opening {
            case .lineComment:
                passLine()
                return true
            case .blockComment(let close, let nests):
                skipComment(open: candidate.bytes, close: close, nests: nests)
                return true
            case .string(let form):
                if form.rule.isCharacter, !isCharacter(form, after: candidate.bytes.count) { continue }
                readString(form, skip: candidate.bytes.count)
                return true
            case .mark(let mark):
                if bytes[index] == 47, rules.hasRegularExpressions, expectsValue { continue }
                // A word is longer than the mark that it begins with.
                if table.kinds[Int(bytes[index])] == 1 { continue }
                tokens.append(Token(kind: .mark, text: mark, position: position()))
                index += candidate.bytes.count
                if candidate.bytes.count == 1 { count(bracket: candidate.bytes[0]) }
                return true
            case .hereDocument:
                if readHereDocument(skip: candidate.bytes.count) { return true }
            }
        }
        return false
    }

    private mutating func readWord(_ kind: Token.Kind) {
        let start = index
        let position = position()
        while index < bytes.count {
            let byte = bytes[index]
            if table.kinds[Int(byte)] & 3 != 0 {
                index += 1
            } else if byte >= 0x80, let (scalar, length) = scalar(), scalar.properties.isXIDContinue {
                index += length
            } else if kind == .number, byte == 46, index + 1 < bytes.count, table.kinds[Int(bytes[index + 1])] == 2 {
                index += 1
            } else {
                break
            }
        }
        tokens.append(Token(kind: kind, text: text(start..<index), position: position))
    }

    /// A character beyond ASCII: a word, a blank, or a mark of its own.
    private mutating func readForeign() {
        guard let (scalar, length) = scalar() else {
            index += 1
            return
        }
        if scalar.properties.isXIDStart {
            readWord(.word)
            return
        }
        if !scalar.properties.isWhitespace, scalar != "\u{FEFF}" {
            tokens.append(Token(kind: .mark, text: String(Character(scalar)), position: position()))
        }
        index += length
    }

    // MARK: lines

    private mutating func endLine() {
        if rules.linesMatter, brackets.last != true, let last = tokens.last, last.kind != .lineEnd {
            tokens.append(Token(kind: .lineEnd, text: "\n", position: position()))
        }
        passLineEnd()
    }

    private mutating func passLineEnd() {
        if bytes[index] == 13, index + 1 < bytes.count, bytes[index + 1] == 10 { index += 1 }
        index += 1
        line += 1
        counted = index
        column = 1
    }

    private mutating func advance() {
        if bytes[index] == 10 || bytes[index] == 13 { passLineEnd() } else { index += 1 }
    }

    /// To the line's end, which stays.
    private mutating func passLine() {
        while index < bytes.count, bytes[index] != 10, bytes[index] != 13 { index += 1 }
    }

    // MARK: comments

    private mutating func skipComment(open: [UInt8], close: [UInt8], nests: Bool) {
        var level = 1
        index += open.count
        while index < bytes.count {
            if matches(close) {
                index += close.count
                level -= 1
                if level == 0 { return }
            } else if nests, matches(open) {
                index += open.count
                level += 1
            } else {
                advance()
            }
        }
    }

    // MARK: strings

    private func isCharacter(_ form: LexicalTable.StringForm, after length: Int) -> Bool {
        var at = index + length
        guard at < bytes.count, bytes[at] != 10, bytes[at] != 13 else { return false }
        if bytes[at] == 92 { return true }
        at += 1
        while at < bytes.count, bytes[at] & 0xC0 == 0x80 { at += 1 }
        return matches(form.close, at: at)
    }

    private mutating func readString(_ form: LexicalTable.StringForm, skip: Int) {
        let rule = form.rule
        let start = position()
        index += skip
        var pieces: [Token.Piece] = []
        var buffer: [UInt8] = []
        func flushed() -> [Token.Piece] {
            buffer.isEmpty ? [] : [.text(String(decoding: buffer, as: UTF8.self))]
        }
        while index < bytes.count {
            let byte = bytes[index]
            if byte == form.close.first, matches(form.close) {
                if rule.doubles, matches(form.close, at: index + form.close.count) {
                    buffer += form.close
                    index += 2 * form.close.count
                    continue
                }
                index += form.close.count
                break
            }
            if byte == 10 || byte == 13 {
                guard rule.spansLines else { break }
                buffer.append(10)
                passLineEnd()
                continue
            }
            if let (skip, close) = interpolation(rule.interpolation), depth < Self.depthLimit {
                pieces += flushed()
                buffer = []
                index += skip
                pieces.append(
                    .code(close.map { readExpression(until: $0, withinLine: !rule.spansLines) } ?? readName()))
                continue
            }
            if case .brace = rule.interpolation, byte == 123 || byte == 125 {
                // `{{` and `}}` are braces.
                index += index + 1 < bytes.count && bytes[index + 1] == byte ? 2 : 1
                buffer.append(byte)
                continue
            }
            if rule.escapes, byte == 92, index + 1 < bytes.count {
                readEscape(into: &buffer)
                continue
            }
            buffer.append(byte)
            index += 1
        }
        if pieces.isEmpty {
            tokens.append(Token(kind: .string, text: String(decoding: buffer, as: UTF8.self), position: start))
        } else {
            tokens.append(Token(kind: .string, text: "", position: start, pieces: pieces + flushed()))
        }
    }

    /// What begins an expression here: how many bytes to pass over, and the bracket that closes it; nil for a bare name.
    private func interpolation(_ kind: LexicalRules.Interpolation) -> (skip: Int, close: UInt8?)? {
        let next = index + 1 < bytes.count ? bytes[index + 1] : 0
        switch (kind, bytes[index]) {
        case (.dollarBrace, 36) where next == 123: return (2, 125)
        case (.dollarBrace(true), 36) where next != 36 && table.kinds[Int(next)] == 1: return (1, nil)
        case (.backslashParenthesis, 92) where next == 40: return (2, 41)
        case (.hashBrace, 35) where next == 123: return (2, 125)
        case (.brace, 123) where next != 123: return (1, 125)
        default: return nil
        }
    }

    /// The tokens up to the bracket that closes the expression, which is passed over.
    private mutating func readExpression(until close: UInt8, withinLine: Bool) -> [Token] {
        let (outer, outerBrackets) = (tokens, brackets)
        // What is in the string must not be copied for what is before it.
        tokens = []
        brackets = [true]
        depth += 1
        run(until: close, withinLine: withinLine)
        depth -= 1
        if index < bytes.count, bytes[index] == close { index += 1 }
        let inner = tokens
        tokens = outer
        brackets = outerBrackets
        return inner
    }

    private mutating func readName() -> [Token] {
        let outer = tokens
        tokens = []
        readWord(.word)
        let inner = tokens
        tokens = outer
        return inner
    }

    private mutating func readEscape(into buffer: inout [UInt8]) {
        let escaped = bytes[index + 1]
        index += 2
        switch escaped {
        case UInt8(ascii: "n"): buffer.append(10)
        case UInt8(ascii: "t"): buffer.append(9)
        case UInt8(ascii: "r"): buffer.append(13)
        case UInt8(ascii: "0"): buffer.append(0)
        case 10, 13:
            // A line that is continued.
            index -= 1
            passLineEnd()
        case UInt8(ascii: "x"): readHexadecimal(2, into: &buffer)
        case UInt8(ascii: "u"):
            if index < bytes.count, bytes[index] == 123 {
                index += 1
                readHexadecimal(6, into: &buffer)
                if index < bytes.count, bytes[index] == 125 { index += 1 }
            } else {
                readHexadecimal(4, into: &buffer)
            }
        default: buffer.append(escaped)
        }
    }

    private mutating func readHexadecimal(_ most: Int, into buffer: inout [UInt8]) {
        var value: UInt32 = 0
        var count = 0
        while index < bytes.count, count < most, let digit = Character(UnicodeScalar(bytes[index])).hexDigitValue {
            value = value << 4 | UInt32(digit)
            index += 1
            count += 1
        }
        if count > 0, let scalar = Unicode.Scalar(value) { buffer += Array(String(Character(scalar)).utf8) }
    }

    /// `<<~WORD`, `<<<'WORD'`: everything up to the line that begins with the word. What follows the opening on its own
    /// line is passed over.
    private mutating func readHereDocument(skip: Int) -> Bool {
        var at = index + skip
        while at < bytes.count, bytes[at] == 32 { at += 1 }
        let quote: UInt8? = at < bytes.count && (bytes[at] == 34 || bytes[at] == 39) ? bytes[at] : nil
        if quote != nil { at += 1 }
        let from = at
        while at < bytes.count, table.kinds[Int(bytes[at])] & 3 != 0 { at += 1 }
        let word = Array(bytes[from..<at])
        guard let first = word.first, table.kinds[Int(first)] == 1 else { return false }
        let start = position()
        passLine()
        var content: [UInt8] = []
        while index < bytes.count {
            passLineEnd()
            var begin = index
            while begin < bytes.count, table.kinds[Int(bytes[begin])] == 4 { begin += 1 }
            if matches(word, at: begin) {
                index = begin + word.count
                break
            }
            let from = index
            passLine()
            if !content.isEmpty { content.append(10) }
            content += bytes[from..<index]
        }
        tokens.append(Token(kind: .string, text: String(decoding: content, as: UTF8.self), position: start))
        return true
    }

    // MARK: regular expressions

    /// Whether a slash here begins a regular expression rather than divides.
    private var expectsValue: Bool {
        guard let last = tokens.last else { return true }
        switch last.kind {
        case .number, .string: return false
        case .word: return Self.wordsBeforeValues.contains(last.text)
        case .lineEnd: return true
        // `</p>` is a tag.
        case .mark: return ![")", "]", "}", "<", "++", "--"].contains(last.text)
        }
    }

    private static let wordsBeforeValues: Set<String> = [
        "return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "await", "yield", "else", "do",
    ]

    private mutating func readRegularExpression() {
        let start = position()
        index += 1
        var isInClass = false
        while index < bytes.count, bytes[index] != 10, bytes[index] != 13 {
            let byte = bytes[index]
            index += 1
            if byte == 92, index < bytes.count, bytes[index] != 10, bytes[index] != 13 { index += 1 }
            if byte == 91 { isInClass = true }
            if byte == 93 { isInClass = false }
            if byte == 47, !isInClass { break }
        }
        while index < bytes.count, table.kinds[Int(bytes[index])] & 3 != 0 { index += 1 }
        tokens.append(Token(kind: .mark, text: "/regex/", position: start))
    }

    // MARK: bytes

    private func matches(_ text: [UInt8]) -> Bool { matches(text, at: index) }

    private func matches(_ text: [UInt8], at start: Int) -> Bool {
        guard start + text.count <= bytes.count else { return false }
        for offset in 0..<text.count where bytes[start + offset] != text[offset] { return false }
        return !text.isEmpty
    }

    private func scalar() -> (Unicode.Scalar, length: Int)? {
        let length = bytes[index] >= 0xF0 ? 4 : bytes[index] >= 0xE0 ? 3 : 2
        guard index + length <= bytes.count else { return nil }
        return text(index..<(index + length)).unicodeScalars.first.map { ($0, length) }
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
