import Evidence

/// Reads one word of a script: what stands between blanks and operators, quotes removed.
struct ShellWordReader {
    private(set) var cursor: ShellCursor
    let mode: ShellReader.Mode
    /// A quote or brace is never closed.
    private(set) var isBroken = false
    private var word: ShellWord
    private var text = ""
    private var textStart: SourcePosition
    private var textIsExact = true

    init(cursor: ShellCursor, mode: ShellReader.Mode) {
        self.cursor = cursor
        self.mode = mode
        textStart = cursor.position
        word = ShellWord(position: cursor.position)
    }

    mutating func read() -> ShellWord {
        loop: while let scalar = cursor.current, !isBroken {
            switch scalar {
            case " ", "\t", "\n", "\r", ";", "&", "|", "<", ">", "(", ")": break loop
            case "'":
                word.isQuoted = true
                cursor.advance()
                readQuoted(until: "'", isDouble: mode == .filledIn)
            case "\"":
                word.isQuoted = true
                cursor.advance()
                readQuoted(until: "\"", isDouble: true)
            case "\\": readEscape()
            case "$": readDollar(inDouble: false)
            case "`": readBackquotes()
            default: take(scalar)
            }
        }
        endText()
        if let first = word.parts.first { word.position = first.position }
        return word
    }

    /// A text of variables alone, in which quotes and blanks mean nothing: a here-document, `.env` lines.
    mutating func readFilledIn() -> ShellWord {
        while let scalar = cursor.current, !isBroken {
            switch scalar {
            case "$": readDollar(inDouble: true)
            case "\\" where cursor.next == "$" || cursor.next == "`" || cursor.next == "\\": readEscape()
            case "`": readBackquotes()
            default: take(scalar)
            }
        }
        endText()
        return word
    }

    /// A text in which nothing but `${{ … }}` is filled in.
    mutating func readExpressions() -> ShellWord {
        while let scalar = cursor.current, !isBroken {
            if scalar == "$", cursor.next == "{", cursor.afterNext == "{" {
                readDollar(inDouble: true)
            } else {
                take(scalar)
            }
        }
        endText()
        return word
    }

    private mutating func readQuoted(until end: Unicode.Scalar, isDouble: Bool) {
        endText()
        while let scalar = cursor.current {
            if scalar == end {
                cursor.advance()
                return endText()
            }
            switch scalar {
            case "$" where isDouble || (cursor.next == "{" && cursor.afterNext == "{"): readDollar(inDouble: true)
            case "`" where isDouble && end == "\"": readBackquotes()
            case "\\" where isDouble:
                switch cursor.next {
                case "\"", "\\", "$", "`", "\n": readEscape()
                default: take(scalar)
                }
            default: take(scalar)
            }
            if isBroken { return }
        }
        isBroken = true
    }

    private mutating func readEscape() {
        cursor.advance()
        guard let scalar = cursor.current else { return take("\\", advancing: false) }
        if scalar == "\n" { return cursor.advance() }
        endText()
        if scalar == "$", mode == .filledIn {
            // This shell's own variable, of which the files say nothing.
            let start = cursor.position
            let from = cursor.index
            readDollar(inDouble: true)
            endText()
            if !word.parts.isEmpty { word.parts.removeLast() }
            return add(.opaque(cursor.string(from: from)), at: start)
        }
        take(scalar)
    }

    private mutating func readDollar(inDouble: Bool) {
        let start = cursor.position
        let from = cursor.index
        switch cursor.next {
        case "{" where cursor.afterNext == "{":
            skip(3)
            guard let expression = skipPast("}}") else { return breakOff() }
            add(.expression(expression), at: start)
        case "{":
            skip(2)
            readBraced(at: start, from: from)
        case "(":
            skip(2)
            skipNested()
            add(.opaque(cursor.string(from: from)), at: start)
        case "'" where !inDouble:
            cursor.advance()
        case let scalar? where Self.isName(scalar, first: true):
            cursor.advance()
            let name = takeName()
            add(.variable(name, default: nil, emptyCounts: false), at: start)
        case let scalar? where ("0"..."9").contains(scalar) || "@*#?$!-".unicodeScalars.contains(scalar):
            skip(2)
            add(.opaque(cursor.string(from: from)), at: start)
        default: take("$")
        }
    }

    /// After `${`.
    private mutating func readBraced(at start: SourcePosition, from: Int) {
        let name = takeName()
        if !name.isEmpty, cursor.current == "}" {
            cursor.advance()
            return add(.variable(name, default: nil, emptyCounts: false), at: start)
        }
        var emptyCounts = false
        if cursor.current == ":" {
            emptyCounts = true
            cursor.advance()
        }
        let sign = cursor.current
        guard !name.isEmpty, let sign, sign == "-" || sign == "=" || sign == "?" else {
            guard skipBraces() != nil else { return breakOff() }
            return add(.opaque(cursor.string(from: from)), at: start)
        }
        cursor.advance()
        let place = cursor.position
        guard let raw = skipBraces() else { return breakOff() }
        guard sign != "?" else { return add(.variable(name, default: nil, emptyCounts: false), at: start) }
        let line = EmbeddedText(lines: [.init(text: raw, position: place)])
        var inner = ShellWordReader(cursor: ShellCursor(line, limit: 1 << 16), mode: mode)
        // The word's own quotes are taken away, blanks in it stay.
        let fallback = raw.contains(where: \.isWhitespace) ? inner.readFilledIn() : inner.read()
        add(.variable(name, default: fallback, emptyCounts: emptyCounts), at: start)
    }

    private mutating func readBackquotes() {
        let start = cursor.position
        let from = cursor.index
        cursor.advance()
        while let scalar = cursor.current, scalar != "`" {
            if scalar == "\\" { cursor.advance() }
            cursor.advance()
        }
        guard cursor.current != nil else { return breakOff() }
        cursor.advance()
        add(.opaque(cursor.string(from: from)), at: start)
    }

    /// After `$(`: up to its `)`.
    private mutating func skipNested() {
        var depth = 1
        var quote: Unicode.Scalar?
        while let scalar = cursor.current {
            switch scalar {
            case "\\": cursor.advance()
            case "'" where quote != "\"", "\"" where quote != "'": quote = quote == scalar ? nil : scalar
            case "(" where quote == nil: depth += 1
            case ")" where quote == nil: depth -= 1
            default: break
            }
            cursor.advance()
            if depth == 0 { return }
        }
        breakOff()
    }

    /// Up to and over the brace that closes this one; nil where none does.
    private mutating func skipBraces() -> String? {
        let from = cursor.index
        var depth = 1
        while let scalar = cursor.current {
            if scalar == "{" { depth += 1 }
            if scalar == "}" { depth -= 1 }
            cursor.advance()
            if depth == 0 { return String(cursor.string(from: from).dropLast()) }
        }
        return nil
    }

    private mutating func skipPast(_ end: String) -> String? {
        let from = cursor.index
        while cursor.current != nil {
            if cursor.current == "}", cursor.next == "}" {
                let text = cursor.string(from: from)
                skip(2)
                return text
            }
            cursor.advance()
        }
        return nil
    }

    private mutating func takeName() -> String {
        let from = cursor.index
        while let scalar = cursor.current, Self.isName(scalar, first: cursor.index == from) { cursor.advance() }
        return cursor.string(from: from)
    }

    private mutating func skip(_ count: Int) { for _ in 0..<count { cursor.advance() } }

    private mutating func breakOff() { isBroken = true }

    private mutating func take(_ scalar: Unicode.Scalar, advancing: Bool = true) {
        if text.isEmpty {
            textStart = cursor.position
            textIsExact = cursor.isExact
        }
        text.unicodeScalars.append(scalar)
        if advancing { cursor.advance() }
        if scalar == "\n" { endText() }
    }

    private mutating func endText() {
        if !text.isEmpty {
            word.parts.append(.init(content: .text(text), position: textStart, isExact: textIsExact))
        }
        text = ""
    }

    private mutating func add(_ content: ShellWord.Content, at position: SourcePosition) {
        endText()
        word.parts.append(.init(content: content, position: position, isExact: false))
    }

    private static func isName(_ scalar: Unicode.Scalar, first: Bool) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "_": true
        case "0"..."9": !first
        default: false
        }
    }
}
