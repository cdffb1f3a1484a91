/// A template's text, cut into text and actions.
struct HelmLexer {
    enum Piece: Sendable {
        case text(String, line: Int)
        /// What stands between the braces, without trim marks.
        case action(String, line: Int)
    }

    static func pieces(of text: String) throws(HelmFault) -> [Piece] {
        var pieces: [Piece] = []
        var rest = text[...]
        var line = 1
        var trimsNext = false
        while let open = rest.firstRange(of: "{{") {
            var before = rest[..<open.lowerBound]
            let inner = rest[open.upperBound...]
            let opensTrimmed = inner.first == "-" && inner.dropFirst().first?.isWhitespace == true
            let startLine = line
            line += before.count { $0.isNewline }
            if trimsNext {
                before = trimmedStart(before, &pieces, startLine)
            } else {
                append(before, startLine, &pieces)
            }
            if opensTrimmed { trimEnd(&pieces) }
            guard let end = closing(of: inner) else {
                throw HelmFault(line: line, reason: "{{ is never closed")
            }
            var action = inner[..<end]
            let actionLine = line
            line += action.count { $0.isNewline }
            if opensTrimmed { action = action.dropFirst() }
            trimsNext = action.last == "-" && action.dropLast().last?.isWhitespace == true
            if trimsNext { action = action.dropLast() }
            let trimmed = String(action).trimmingBlanks
            if !trimmed.hasPrefix("/*") { pieces.append(.action(trimmed, line: actionLine)) }
            rest = inner[inner.index(end, offsetBy: 2)...]
        }
        if trimsNext { _ = trimmedStart(rest, &pieces, line) } else { append(rest, line, &pieces) }
        return pieces
    }

    private static func append(_ text: Substring, _ line: Int, _ pieces: inout [Piece]) {
        if !text.isEmpty { pieces.append(.text(String(text), line: line)) }
    }

    private static func trimmedStart(_ text: Substring, _ pieces: inout [Piece], _ line: Int) -> Substring {
        let kept = text.trimmingPrefix(while: \.isWhitespace)
        append(kept, line + text[..<kept.startIndex].count { $0.isNewline }, &pieces)
        return kept
    }

    private static func trimEnd(_ pieces: inout [Piece]) {
        while case .text(let text, let line)? = pieces.last {
            pieces.removeLast()
            var kept = text[...]
            while kept.last?.isWhitespace == true { kept = kept.dropLast() }
            if !kept.isEmpty {
                pieces.append(.text(String(kept), line: line))
                return
            }
        }
    }

    /// The braces that close an action; those in its texts and comments are its own.
    private static func closing(of text: Substring) -> Substring.Index? {
        var quote: Character?
        var index = text.startIndex
        let start = text.first == "-" ? text.dropFirst().trimmingPrefix(while: \.isWhitespace) : text
        if start.hasPrefix("/*") {
            guard let end = text.firstRange(of: "*/") else { return nil }
            index = end.upperBound
        }
        while index < text.endIndex {
            let character = text[index]
            if let open = quote {
                if character == "\\", open != "`" {
                    index = text.index(after: index)
                    guard index < text.endIndex else { return nil }
                } else if character == open {
                    quote = nil
                }
            } else if character == "\"" || character == "`" || character == "'" {
                quote = character
            } else if character == "}", text[index...].hasPrefix("}}") {
                return index
            }
            index = text.index(after: index)
        }
        return nil
    }
}
