/// One word of a shell's command, its quotes taken off.
struct CommandWord {
    enum Piece: Equatable {
        case text(String)
        /// `$NAME`, `${NAME}`, `${NAME:-word}`.
        case variable(String, fallback: String?)
        /// `$(…)` or backticks: what stands inside.
        case command(String)
        /// An expansion of another kind.
        case other
    }

    var pieces: [Piece] = []
    /// From 0.
    var line = 0

    /// The text of a word without expansions.
    var literal: String? {
        var text = ""
        for piece in pieces {
            guard case .text(let part) = piece else { return nil }
            text += part
        }
        return text
    }

    /// `NAME=value`.
    var assignment: (name: String, value: [Piece])? {
        guard case .text(let first)? = pieces.first, let sign = first.utf8.firstIndex(of: UInt8(ascii: "=")) else {
            return nil
        }
        let name = first[..<sign]
        guard let start = name.unicodeScalars.first, start == "_" || start.properties.isAlphabetic,
            name.utf8.allSatisfy({ Self.isNamePart($0) })
        else { return nil }
        let rest = String(first[first.utf8.index(after: sign)...])
        return (String(name), (rest.isEmpty ? [] : [.text(rest)]) + pieces.dropFirst())
    }

    static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

/// Cuts a shell script into commands of words. Total: what is never closed ends with the text.
struct CommandLexer {
    private let bytes: [UInt8]
    private var index = 0
    private var line = 0
    private var commands: [[CommandWord]] = []
    private var words: [CommandWord] = []
    private var word: CommandWord?
    private var text: [UInt8] = []
    /// Ends of here documents that begin with the next line.
    private var documents: [String] = []

    static func commands(in script: String) -> [[CommandWord]] {
        var lexer = CommandLexer(bytes: Array(script.utf8))
        lexer.read()
        return lexer.commands
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    private func peek(_ distance: Int) -> UInt8? {
        index + distance < bytes.count ? bytes[index + distance] : nil
    }

    private mutating func read() {
        while let byte = current {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
                endWord()
                index += 1
            case UInt8(ascii: "\n"):
                endCommand()
                index += 1
                line += 1
                skipDocuments()
            case UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "("), UInt8(ascii: ")"):
                endCommand()
                index += 1
            case UInt8(ascii: "#") where word == nil:
                while let byte = current, byte != UInt8(ascii: "\n") {
                    _ = byte
                    index += 1
                }
            case UInt8(ascii: "<") where peek(1) == UInt8(ascii: "<") && peek(2) != UInt8(ascii: "<"):
                readDocumentMark()
            case UInt8(ascii: "\\"):
                index += 1
                if let next = current {
                    if next == UInt8(ascii: "\n") { line += 1 } else { append(next) }
                    index += 1
                }
            case UInt8(ascii: "'"): readSingleQuoted()
            case UInt8(ascii: "\""): readDoubleQuoted()
            case UInt8(ascii: "$"): readDollar()
            case UInt8(ascii: "`"): readBackticks()
            default:
                append(byte)
                index += 1
            }
        }
        endCommand()
    }

    private mutating func open() { if word == nil { word = CommandWord(line: line) } }

    private mutating func append(_ byte: UInt8) {
        open()
        text.append(byte)
    }

    private mutating func endText() {
        if !text.isEmpty { word?.pieces.append(.text(String(decoding: text, as: UTF8.self))) }
        text.removeAll(keepingCapacity: true)
    }

    private mutating func append(_ piece: CommandWord.Piece) {
        open()
        endText()
        word?.pieces.append(piece)
    }

    private mutating func endWord() {
        endText()
        if let word { words.append(word) }
        word = nil
    }

    private mutating func endCommand() {
        endWord()
        if !words.isEmpty { commands.append(words) }
        words = []
    }

    private mutating func readSingleQuoted() {
        open()
        index += 1
        while let byte = current, byte != UInt8(ascii: "'") {
            if byte == UInt8(ascii: "\n") { line += 1 }
            text.append(byte)
            index += 1
        }
        index += 1
    }

    private mutating func readDoubleQuoted() {
        open()
        index += 1
        while let byte = current, byte != UInt8(ascii: "\"") {
            switch byte {
            case UInt8(ascii: "$"): readDollar()
            case UInt8(ascii: "`"): readBackticks()
            case UInt8(ascii: "\\"):
                if let next = peek(1), "$`\"\\\n".utf8.contains(next) {
                    if next == UInt8(ascii: "\n") { line += 1 } else { text.append(next) }
                    index += 2
                } else {
                    text.append(byte)
                    index += 1
                }
            default:
                if byte == UInt8(ascii: "\n") { line += 1 }
                text.append(byte)
                index += 1
            }
        }
        index += 1
    }

    private mutating func readBackticks() {
        index += 1
        append(.command(take(until: UInt8(ascii: "`"), opening: nil)))
    }

    private mutating func readDollar() {
        switch peek(1) {
        case UInt8(ascii: "("):
            index += 2
            append(.command(take(until: UInt8(ascii: ")"), opening: UInt8(ascii: "("))))
        case UInt8(ascii: "{"):
            index += 2
            append(braced(take(until: UInt8(ascii: "}"), opening: UInt8(ascii: "{"))))
        case let next? where CommandWord.isNamePart(next):
            index += 1
            let start = index
            while let byte = current, CommandWord.isNamePart(byte) { index += 1 }
            append(.variable(String(decoding: bytes[start..<index], as: UTF8.self), fallback: nil))
        default:
            append(bytes[index])
            index += 1
        }
    }

    private func braced(_ inside: String) -> CommandWord.Piece {
        guard let end = inside.utf8.firstIndex(where: { !CommandWord.isNamePart($0) }) else {
            return .variable(inside, fallback: nil)
        }
        let rest = inside[end...]
        let name = String(inside[..<end])
        for mark in [":-", "-"] where rest.hasPrefix(mark) {
            return .variable(name, fallback: String(rest.dropFirst(mark.count)))
        }
        return rest.hasPrefix(":?") || rest.hasPrefix("?") ? .variable(name, fallback: nil) : .other
    }

    /// The text up to a closing byte, which is taken too.
    private mutating func take(until close: UInt8, opening: UInt8?) -> String {
        let start = index
        var depth = 0
        while let byte = current {
            if byte == UInt8(ascii: "\n") { line += 1 }
            if byte == opening { depth += 1 }
            if byte == close {
                if depth == 0 { break }
                depth -= 1
            }
            index += 1
        }
        defer { index += 1 }
        return String(decoding: bytes[start..<min(index, bytes.count)], as: UTF8.self)
    }

    private mutating func readDocumentMark() {
        endWord()
        index += peek(2) == UInt8(ascii: "-") ? 3 : 2
        while current == UInt8(ascii: " ") { index += 1 }
        var mark: [UInt8] = []
        while let byte = current, CommandWord.isNamePart(byte) || "'\"\\".utf8.contains(byte) {
            if CommandWord.isNamePart(byte) { mark.append(byte) }
            index += 1
        }
        if !mark.isEmpty { documents.append(String(decoding: mark, as: UTF8.self)) }
    }

    private mutating func skipDocuments() {
        for mark in documents {
            while index < bytes.count {
                let end = bytes[index...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
                let content = bytes[index..<end].filter { $0 != UInt8(ascii: "\t") && $0 != UInt8(ascii: "\r") }
                index = min(end + 1, bytes.count)
                line += 1
                if content.elementsEqual(mark.utf8) { break }
            }
        }
        documents = []
    }
}
