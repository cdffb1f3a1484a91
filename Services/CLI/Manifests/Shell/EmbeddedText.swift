import Evidence

/// A text inside a manifest (a script, a list of `NAME=value` lines), with the place of each of its lines.
struct EmbeddedText: Sendable {
    struct Line: Sendable {
        let text: String
        let position: SourcePosition
        /// Whether a column in `text` is as far from `position` in the file.
        var isExact = true
    }

    var lines: [Line]

    init(lines: [Line]) { self.lines = lines }

    /// A text that stands on its own, such as a file.
    init(_ text: String, file: String) {
        // With both line ends, which Swift takes for one character.
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        lines = parts.enumerated().map { index, line in
            Line(text: String(line), position: SourcePosition(file: file, line: index + 1))
        }
    }

    /// - Parameter source: the file's own lines, which tell a block scalar (whose text begins on the next line) from a
    ///   quoted one.
    init(_ node: ManifestNode, source: [Substring]) {
        let at = node.position
        let texts = (node.scalar?.text ?? "").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let rest = at.line <= source.count ? source[at.line - 1].dropFirst(at.column - 1) : ""
        guard let sign = rest.first, sign == "|" || sign == ">" else {
            let shift = sign(rest)
            let start = SourcePosition(file: at.file, line: at.line, column: at.column + shift)
            lines = texts.enumerated().map { Line(text: $1, position: start, isExact: $0 == 0) }
            return
        }
        // A folded block joins lines, so that only a text whose lines are found again has exact places.
        var next = at.line
        lines = texts.map { text in
            if text.isEmpty {
                next += 1
                return Line(text: text, position: SourcePosition(file: at.file, line: min(next, source.count)))
            }
            while next < source.count {
                next += 1
                let line = source[next - 1]
                if line.hasSuffix(text) || line.trimmedEnd.hasSuffix(text.trimmedEnd) {
                    let indent = max(0, line.trimmedEnd.count - text.trimmedEnd.count)
                    return Line(
                        text: text, position: SourcePosition(file: at.file, line: next, column: indent + 1))
                }
                if sign == ">" {
                    return Line(
                        text: text,
                        position: SourcePosition(
                            file: at.file, line: next, column: line.prefix { $0 == " " }.count + 1), isExact: false)
                }
            }
            return Line(text: text, position: at, isExact: false)
        }
        func sign(_ rest: Substring) -> Int { rest.first == "\"" || rest.first == "'" ? 1 : 0 }
    }

    func position(line: Int, column: Int) -> SourcePosition {
        guard line < lines.count else { return lines.last?.position ?? SourcePosition(file: "", line: 1) }
        let start = lines[line].position
        guard lines[line].isExact else { return start }
        return SourcePosition(file: start.file, line: start.line, column: start.column + column)
    }
}

extension StringProtocol {
    fileprivate var trimmedEnd: SubSequence {
        var end = endIndex
        while end > startIndex, self[index(before: end)].isWhitespace { end = index(before: end) }
        return self[..<end]
    }
}
