let tab = UInt8(ascii: "\t")
let space = UInt8(ascii: " ")

/// Where the reader stands, and how it comes to the next line.
extension YAMLReader {
    var byte: UInt8? { index < bytes.count ? bytes[index] : nil }

    /// Columns of the current line before this place; only blanks and dashes stand there where it matters.
    var indent: Int { index - lineStart }

    var position: TextPosition {
        let hidden = continuations.isEmpty ? 0 : Int(continuations[index] - continuations[lineStart])
        return TextPosition(line: line, column: 1 + index - lineStart - hidden)
    }

    var isAtLineEnd: Bool { isLineEnd(index) }
    var isAtDash: Bool { byte == UInt8(ascii: "-") && isBlankOrEnd(index + 1) }
    var isAtMarker: Bool { isMarker(UInt8(ascii: "-")) || isMarker(UInt8(ascii: ".")) }
    var isAtComment: Bool {
        byte == UInt8(ascii: "#") && (index == lineStart || bytes[index - 1] == space || bytes[index - 1] == tab)
    }

    func isBlankOrEnd(_ index: Int) -> Bool {
        isLineEnd(index) || bytes[index] == space || bytes[index] == tab
    }

    private func isLineEnd(_ index: Int) -> Bool {
        guard index < bytes.count else { return true }
        return bytes[index] == UInt8(ascii: "\n") || bytes[index] == UInt8(ascii: "\r")
    }

    /// Three of this byte at the start of a line, as a word of their own.
    func isMarker(_ byte: UInt8) -> Bool {
        guard index == lineStart, index + 3 <= bytes.count, isBlankOrEnd(index + 3) else { return false }
        return bytes[index..<(index + 3)].allSatisfy { $0 == byte }
    }

    func isFlowIndicator(_ byte: UInt8?) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"): true
        default: false
        }
    }

    func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }

    mutating func skipBlanks() {
        while byte == space || byte == tab { index += 1 }
    }

    /// Over what is left of a line: blanks and a comment.
    mutating func endLine() throws(RoutesFault) {
        skipBlanks()
        guard isAtLineEnd || isAtComment else {
            throw fault("text stands behind a value", "quote the whole value, or put a space before a comment's #")
        }
    }

    /// Over line ends, blanks and comments, to what is next.
    mutating func skipToContent() throws(RoutesFault) {
        while true {
            if index == lineStart {
                while byte == space { index += 1 }
                guard byte != tab else { throw fault("a tab indents this line", "indent with spaces") }
            } else {
                skipBlanks()
            }
            if isAtComment { while !isAtLineEnd { index += 1 } }
            guard byte != nil, isAtLineEnd else { return }
            newLine()
        }
    }

    /// The same within brackets, where lines mean nothing; nor do tabs, unless the brackets stand in lines that do:
    /// there libyaml takes some for an indentation.
    mutating func skipInFlow() throws(RoutesFault) {
        while true {
            guard !isAtMarker else { throw fault("the document ends within brackets", "close them before") }
            if index == lineStart, openBlocks > 0 {
                while byte == space { index += 1 }
                guard byte != tab else { throw fault("a tab indents this line", "indent with spaces") }
            }
            skipBlanks()
            if isAtComment { while !isAtLineEnd { index += 1 } }
            guard byte != nil, isAtLineEnd else { return }
            newLine()
        }
    }

    private mutating func newLine() {
        if byte == UInt8(ascii: "\r") { index += 1 }
        index += 1
        line += 1
        lineStart = index
    }
}

/// What a file may consist of at all.
enum YAMLCharacters {
    /// UTF-8 without control characters, and without those that some readers take for line ends (YAML 1.1 §4.2).
    static func check(_ bytes: [UInt8]) throws(RoutesFault) {
        let start = TextPosition(line: 1, column: 1)
        guard bytes.count <= YAMLReader.maximumBytes else {
            throw RoutesFault(start, "longer than 1 MiB", "a table of routes is shorter")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw RoutesFault(start, "not UTF-8", "save it as UTF-8")
        }
        var line = 1
        var column = 0
        var isBehindReturn = false
        for scalar in text.unicodeScalars {
            column += 1
            let place = TextPosition(line: line, column: column)
            guard !isBehindReturn || scalar == "\n" else {
                throw RoutesFault(place, "a carriage return that ends no line", "save it with Unix line ends")
            }
            isBehindReturn = scalar == "\r"
            switch scalar.value {
            case 0x0A:
                line += 1
                column = 0
            case 0x09, 0x0D, 0x20...0x7E: break
            case 0xFEFF where line == 1 && column == 1: column = 0
            case 0...0x1F, 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF:
                throw RoutesFault(place, "a control character", "remove it")
            default: break
            }
        }
        guard !isBehindReturn else {
            throw RoutesFault(
                TextPosition(line: line, column: column + 1), "a carriage return that ends no line",
                "save it with Unix line ends")
        }
    }
}
