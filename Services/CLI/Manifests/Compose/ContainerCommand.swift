import Evidence

/// The words that start a container, with the variables that they set themselves (`sh -c "JWT_SECRET=… app"`,
/// `env A=x app`). References keep their place in the text as marks while it is cut into words.
struct ContainerCommand {
    private struct Word {
        let text: String
        let position: SourcePosition
    }

    private var words: [Word] = []
    private var marked: [BoundValue.Piece] = []

    /// From the second private plane, which no file uses for anything else.
    private static let firstMark: UInt32 = 0x10_0000
    private static let markLimit = 1000

    mutating func add(_ command: ServiceDraft.Command) {
        for (value, position) in command.words {
            let text = mark(value)
            guard command.isText else {
                words.append(Word(text: text, position: position))
                continue
            }
            words += (ShellWords.split(text) ?? []).map { Word(text: $0, position: position) }
        }
    }

    /// For the model: what is not known is spelled as in the file.
    var shown: [String] {
        words.map { word in BoundValue(pieces(of: word.text)).spelled }
    }

    /// - Parameters:
    ///   - variable: what the container's own environment holds.
    ///   - mount: the value of a file in the container.
    func assignments(
        variable: (String) -> BoundValue?, mount: (String) -> BoundValue?
    ) -> [Assignment] {
        var result: [Assignment] = []
        for found in CommandAssignments(words: words.map(\.text)).found {
            let known = variable(found.name)
            guard found.isExported || known != nil else { continue }
            var own: [String: BoundValue] = [:]
            for assignment in result { own[assignment.name] = assignment.value }
            let value = value(of: found.value, variable: { own[$0] ?? variable($0) }, mount: mount)
            result.append(Assignment(found.name, value, at: position(of: found)))
        }
        return result
    }

    private func value(
        of word: ShellWord, variable: (String) -> BoundValue?, mount: (String) -> BoundValue?
    ) -> BoundValue {
        BoundValue(
            word.parts.flatMap { part -> [BoundValue.Piece] in
                switch part.content {
                case .text(let text): return pieces(of: text)
                case .variable(let name, let word, let emptyCounts):
                    let fallback = word.map { self.value(of: $0, variable: variable, mount: mount) }
                    guard let value = variable(name) else { return fallback?.pieces ?? [.opaque("$\(name)")] }
                    return (emptyCounts && value.isEmpty ? fallback : nil)?.pieces ?? value.pieces
                case .opaque(let spelling): return content(of: spelling, mount: mount)
                case .expression: return [.opaque("${…}")]
                }
            })
    }

    /// `$(cat /run/secrets/jwt)`, `$(< /run/secrets/jwt)`, and the first in backticks.
    private func content(of spelling: String, mount: (String) -> BoundValue?) -> [BoundValue.Piece] {
        let isCommand = spelling.hasPrefix("$(") || spelling.hasPrefix("`")
        let script = spelling.dropFirst(spelling.hasPrefix("$(") ? 2 : 1).dropLast()
        let words = script.split(whereSeparator: \.isWhitespace).map(String.init)
        let path = isCommand && words.count == 2 && (words[0] == "cat" || words[0] == "<") ? words[1] : ""
        return (path.isEmpty ? nil : mount(path))?.pieces ?? [.opaque(isCommand ? "$(…)" : "${…}")]
    }

    /// A script in a block begins on the line below its key.
    private func position(of found: CommandAssignments.Found) -> SourcePosition {
        let name = found.name + "="
        let word = words.first { $0.text.contains(name) } ?? words.first
        let start = word?.position ?? SourcePosition(file: "", line: 1)
        guard word?.text.contains("\n") ?? false else { return start }
        return SourcePosition(file: start.file, line: start.line + 1 + found.line)
    }

    // MARK: marks

    private mutating func mark(_ value: BoundValue) -> String {
        var text = ""
        for piece in value.pieces {
            if case .text(let part) = piece {
                text += part
            } else if marked.count < Self.markLimit,
                let scalar = Unicode.Scalar(Self.firstMark + UInt32(marked.count))
            {
                text.unicodeScalars.append(scalar)
                marked.append(piece)
            }
        }
        return text
    }

    private func pieces(of text: String) -> [BoundValue.Piece] {
        guard !marked.isEmpty else { return [.text(text)] }
        var pieces: [BoundValue.Piece] = []
        var plain = ""
        for scalar in text.unicodeScalars {
            guard scalar.value >= Self.firstMark, Int(scalar.value - Self.firstMark) < marked.count else {
                plain.unicodeScalars.append(scalar)
                continue
            }
            pieces.append(.text(plain))
            plain = ""
            pieces.append(marked[Int(scalar.value - Self.firstMark)])
        }
        return pieces + [.text(plain)]
    }
}
