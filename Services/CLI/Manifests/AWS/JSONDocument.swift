import Evidence

/// JSON as the manifest readers see it, with exact places. It also takes what files that are filled in later have:
/// comments, and bare words (`"value": ${JWT_SECRET}`, `<PORT>`) where a value belongs.
struct JSONDocument {
    private static let depthLimit = 200
    private static let nodeLimit = 1_000_000

    private let scalars: [Unicode.Scalar]
    private let file: String
    private let start: SourcePosition
    private var index = 0
    private var line = 0
    private var lineStart = 0
    private var nodes = 0

    /// - Parameter start: where the text begins, if it is a part of a file.
    static func parse(
        _ text: String, file: String, start: SourcePosition? = nil
    ) throws(ManifestFaults) -> ManifestNode {
        var reader = JSONDocument(text, file: file, start: start ?? SourcePosition(file: file, line: 1))
        do throws(ManifestFault) {
            let root = try reader.value(depth: 0)
            reader.skipBlanks()
            guard reader.index == reader.scalars.count else { throw reader.fault("text follows the end") }
            return root
        } catch {
            throw ManifestFaults([error])
        }
    }

    /// Whether a text is JSON rather than YAML, by its first character.
    static func isLikely(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first(where: { !$0.properties.isWhitespace && $0 != "\u{FEFF}" }) else {
            return false
        }
        return first == "{" || first == "["
    }

    private init(_ text: String, file: String, start: SourcePosition) {
        scalars = Array(text.unicodeScalars)
        self.file = file
        self.start = start
    }

    private var current: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private var position: SourcePosition {
        SourcePosition(
            file: start.file, line: start.line + line,
            column: index - lineStart + (line == 0 ? start.column : 1))
    }

    private func fault(_ problem: String) -> ManifestFault {
        ManifestFault(position, "not JSON: \(problem)", mend: "mend the syntax there")
    }

    private mutating func advance() {
        if scalars[index] == "\n" {
            line += 1
            lineStart = index + 1
        }
        index += 1
    }

    private mutating func skipBlanks() {
        while let scalar = current {
            if scalar == "/", index + 1 < scalars.count, scalars[index + 1] == "/" {
                while let scalar = current, scalar != "\n" { advance() }
            } else if scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r" || scalar == "\u{FEFF}" {
                advance()
            } else {
                return
            }
        }
    }

    private mutating func value(depth: Int) throws(ManifestFault) -> ManifestNode {
        skipBlanks()
        nodes += 1
        guard depth < Self.depthLimit, nodes < Self.nodeLimit else { throw fault("it is nested too deep or too large") }
        let place = position
        switch current {
        case "{": return ManifestNode(.map(try members(depth: depth)), at: place)
        case "[":
            advance()
            var list: [ManifestNode] = []
            while try !ends(with: "]") {
                list.append(try value(depth: depth + 1))
                try separate("]")
            }
            return ManifestNode(.list(list), at: place)
        case "\"": return ManifestNode(.scalar(.init(try text(), isPlain: false)), at: place)
        case nil: throw fault("it ends too early")
        default: return ManifestNode(.scalar(.init(try word(), isPlain: true)), at: place)
        }
    }

    private mutating func members(depth: Int) throws(ManifestFault) -> [ManifestNode.Member] {
        advance()
        var members: [ManifestNode.Member] = []
        while try !ends(with: "}") {
            let place = position
            guard current == "\"" else { throw fault("a name in quotes is missing") }
            let key = try text()
            skipBlanks()
            guard current == ":" else { throw fault("a colon is missing") }
            advance()
            members.append(.init(key: key, position: place, value: try value(depth: depth + 1)))
            try separate("}")
        }
        return members
    }

    private mutating func ends(with end: Unicode.Scalar) throws(ManifestFault) -> Bool {
        skipBlanks()
        guard let scalar = current else { throw fault("it ends too early") }
        guard scalar == end else { return false }
        advance()
        return true
    }

    /// A comma, or the end that `ends` will see.
    private mutating func separate(_ end: Unicode.Scalar) throws(ManifestFault) {
        skipBlanks()
        if current == "," { advance() } else if current != end { throw fault("a comma is missing") }
    }

    private mutating func text() throws(ManifestFault) -> String {
        advance()
        var units: [UInt16] = []
        while let scalar = current {
            advance()
            switch scalar {
            case "\"": return String(decoding: units, as: UTF16.self)
            case "\\":
                guard let escaped = current else { throw fault("a text is never closed") }
                advance()
                units += try unit(escaped)
            default: units += Array(String(scalar).utf16)
            }
        }
        throw fault("a text is never closed")
    }

    private mutating func unit(_ escaped: Unicode.Scalar) throws(ManifestFault) -> [UInt16] {
        switch escaped {
        case "n": return [10]
        case "t": return [9]
        case "r": return [13]
        case "b": return [8]
        case "f": return [12]
        case "u":
            var code: UInt16 = 0
            for _ in 0..<4 {
                guard let digit = current.flatMap({ Character($0).hexDigitValue }) else {
                    throw fault("\\u needs four digits")
                }
                code = code << 4 | UInt16(digit)
                advance()
            }
            return [code]
        default: return Array(String(escaped).utf16)
        }
    }

    private mutating func word() throws(ManifestFault) -> String {
        let from = index
        var braces = 0
        while let scalar = current {
            if scalar == "{" { braces += 1 }
            if braces == 0, scalar == "," || scalar == "]" || scalar == "}" || scalar == "\n" || scalar == "\"" {
                break
            }
            if scalar == "}" { braces -= 1 }
            advance()
        }
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars[from..<index])
        let word = text.trimmingBlanks
        guard !word.isEmpty else { throw fault("a value is missing") }
        return word
    }
}

extension ManifestNode {
    /// A file of JSON or YAML, whichever it is.
    static func documents(_ text: String, file: String) throws(ManifestFaults) -> [ManifestNode] {
        JSONDocument.isLikely(text)
            ? [try JSONDocument.parse(text, file: file)] : try YAMLDocument.documents(text, file: file)
    }

    /// A member whose name begins with a capital in CloudFormation and without one in the ECS interface.
    func member(_ name: String) -> ManifestNode? {
        self[name] ?? self[name.prefix(1).uppercased() + name.dropFirst()]
    }
}

extension UnreadFile {
    /// The first of what is wrong with a file.
    init(_ faults: ManifestFaults, in file: String) {
        let first = faults.faults.first
        self.init(
            first?.position ?? SourcePosition(file: file, line: 1),
            first.map { "\($0.problem); \($0.mend)" } ?? "it can't be read")
    }
}
