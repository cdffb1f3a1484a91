import Evidence

/// A text whose references are resolved as far as the files go, and that still knows where each part of it stands, so
/// that an entry of `--set-env-vars A=1,B=2` has its own column.
struct MarkedText: Sendable {
    enum Content: Sendable {
        case text(String)
        case value(BoundValue)
    }

    struct Part: Sendable {
        var content: Content
        var position: SourcePosition
        var isExact = true
    }

    private(set) var parts: [Part]
    private let start: SourcePosition

    init(_ parts: [Part], at start: SourcePosition) {
        self.parts = parts
        self.start = parts.first?.position ?? start
    }

    init(_ value: BoundValue, at start: SourcePosition) {
        self.init([Part(content: .value(value), position: start)], at: start)
    }

    var position: SourcePosition { start }

    var bound: BoundValue {
        parts.reduce(.empty) { value, part in
            switch part.content {
            case .text(let text): value + .literal(text)
            case .value(let inner): value + inner
            }
        }
    }

    /// The whole text, where all of it is known.
    var text: String? { bound.literal }

    /// What is known of it; a part that is not known shows as a character that no name holds.
    var outline: String {
        parts.map { part in
            switch part.content {
            case .text(let text): text
            case .value(let value): value.literal ?? "\u{FFFC}"
            }
        }.joined()
    }

    /// Known parts of other values count as text, and are cut too.
    func split(whereSeparator isSeparator: (Character) -> Bool, maxSplits: Int = .max) -> [MarkedText] {
        var pieces: [[Part]] = [[]]
        for part in parts {
            guard case .text(let text) = normal(part).content else {
                pieces[pieces.count - 1].append(part)
                continue
            }
            var word = ""
            var offset = 0
            var wordStart = 0
            for character in text {
                if isSeparator(character), pieces.count - 1 < maxSplits {
                    pieces[pieces.count - 1].append(cut(part, word, at: wordStart))
                    pieces.append([])
                    word = ""
                    wordStart = offset + 1
                } else {
                    word.append(character)
                }
                offset += character.unicodeScalars.count
            }
            if !word.isEmpty { pieces[pieces.count - 1].append(cut(part, word, at: wordStart)) }
        }
        return pieces.map { MarkedText($0.filter { !$0.isEmpty }, at: $0.first?.position ?? start) }
    }

    /// `NAME=value` in two; nil where there is no sign or the name is not known.
    func splitAssignment(_ sign: Character = "=") -> (name: String, position: SourcePosition, value: MarkedText)? {
        let halves = split(whereSeparator: { $0 == sign }, maxSplits: 1)
        guard halves.count == 2, let name = halves[0].text, !name.isEmpty else { return nil }
        return (name, halves[0].position, halves[1])
    }

    func hasPrefix(_ prefix: String) -> Bool { outline.hasPrefix(prefix) }

    func dropFirst(_ count: Int) -> MarkedText {
        var left = count
        var kept: [Part] = []
        for part in parts {
            guard left > 0, case .text(let text) = normal(part).content else {
                kept.append(part)
                continue
            }
            let taken = min(left, text.count)
            left -= taken
            if taken < text.count { kept.append(cut(part, String(text.dropFirst(taken)), at: taken)) }
        }
        return MarkedText(kept, at: start)
    }

    /// Without blanks and line ends at both ends.
    var trimmed: MarkedText {
        var parts = parts
        while let first = parts.first, case .text(let text) = first.content {
            let blanks = text.prefix { $0.isWhitespace }.count
            if blanks == 0 { break }
            if blanks < text.count {
                parts[0] = cut(first, String(text.dropFirst(blanks)), at: blanks)
                break
            }
            parts.removeFirst()
        }
        while let last = parts.last, case .text(let text) = last.content {
            let kept = String(text.reversed().drop { $0.isWhitespace }.reversed())
            parts.removeLast()
            if !kept.isEmpty {
                parts.append(cut(last, kept, at: 0))
                break
            }
        }
        return MarkedText(parts, at: start)
    }

    /// Without one pair of quotes around it.
    var unquoted: MarkedText {
        let outline = outline
        guard outline.count >= 2, let sign = outline.first, sign == "\"" || sign == "'", outline.last == sign else {
            return self
        }
        var inner = dropFirst(1)
        if let last = inner.parts.last, case .text(let text) = last.content {
            inner.parts[inner.parts.count - 1].content = .text(String(text.dropLast()))
        }
        return inner
    }

    private func normal(_ part: Part) -> Part {
        guard case .value(let value) = part.content, let text = value.literal else { return part }
        return Part(content: .text(text), position: part.position, isExact: false)
    }

    private func cut(_ part: Part, _ text: String, at offset: Int) -> Part {
        let part = normal(part)
        let place = part.position
        return Part(
            content: .text(text),
            position: part.isExact
                ? SourcePosition(file: place.file, line: place.line, column: place.column + offset) : place,
            isExact: part.isExact)
    }
}

extension MarkedText.Part {
    fileprivate var isEmpty: Bool {
        if case .text(let text) = content { text.isEmpty } else { false }
    }
}
