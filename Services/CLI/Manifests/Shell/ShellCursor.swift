import Evidence

/// A place in a script; knows line and column.
struct ShellCursor: Sendable {
    private let text: EmbeddedText
    private let scalars: [Unicode.Scalar]
    private(set) var index = 0
    private var line = 0
    private var column = 0
    /// Lines of here-documents that were taken before the line that names them was read to its end.
    private var jump: (from: Int, to: Int, line: Int)?

    init(_ text: EmbeddedText, limit: Int) {
        self.text = text
        var scalars: [Unicode.Scalar] = []
        for (index, line) in text.lines.enumerated() {
            if index > 0 { scalars.append("\n") }
            scalars.append(contentsOf: line.text.unicodeScalars)
            if scalars.count > limit { break }
        }
        self.scalars = scalars
    }

    var current: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }
    var next: Unicode.Scalar? { index + 1 < scalars.count ? scalars[index + 1] : nil }
    var afterNext: Unicode.Scalar? { index + 2 < scalars.count ? scalars[index + 2] : nil }
    var position: SourcePosition { text.position(line: line, column: column) }
    var isExact: Bool { line < text.lines.count && text.lines[line].isExact }

    mutating func advance() {
        guard index < scalars.count else { return }
        if scalars[index] == "\n" {
            line += 1
            column = 0
            if let jump, jump.from == index {
                index = jump.to
                line = jump.line
                self.jump = nil
                return
            }
        } else {
            column += 1
        }
        index += 1
    }

    mutating func skipBlanks() {
        while let scalar = current, scalar == " " || scalar == "\t" { advance() }
    }

    mutating func skipLine() {
        while let scalar = current, scalar != "\n" { advance() }
    }

    /// `2` of `2>`, so that it is no word; nil where no redirection follows.
    mutating func descriptor() -> String? {
        guard let digit = current, ("0"..."9").contains(digit), next == ">" || next == "<" else { return nil }
        advance()
        return String(digit)
    }

    func string(from start: Int) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars[min(start, index)..<index])
        return text
    }

    mutating func takeLines(until end: String, withoutTabs: Bool) -> [EmbeddedText.Line] {
        var lines: [EmbeddedText.Line] = []
        while current != nil {
            let start = position
            let isExact = isExact
            let from = index
            skipLine()
            var content = string(from: from)
            advance()
            var tabs = 0
            if withoutTabs {
                tabs = content.prefix { $0 == "\t" }.count
                content = String(content.dropFirst(tabs))
            }
            // A block of YAML takes the indentation away; what is left of it in front of the delimiter is forgiven.
            if content.drop(while: { $0 == " " || $0 == "\t" }) == end { break }
            lines.append(
                .init(
                    text: content,
                    position: isExact
                        ? SourcePosition(file: start.file, line: start.line, column: start.column + tabs) : start,
                    isExact: isExact))
        }
        return lines
    }

    /// This place again, to read its line to the end and go on where `later` stands.
    func skipping(upTo later: ShellCursor) -> ShellCursor {
        var cursor = self
        var end = index
        while end < scalars.count, scalars[end] != "\n" { end += 1 }
        if end < later.index { cursor.jump = (end, later.index, later.line) }
        return cursor
    }
}
