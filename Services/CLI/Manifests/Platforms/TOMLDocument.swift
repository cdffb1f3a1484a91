import Evidence

/// TOML 1.0 as far as manifests use it: tables, arrays of tables, dotted keys, every form of text, numbers, booleans,
/// arrays and inline tables. A date is a word like a number.
struct TOMLDocument {
    private static let depthLimit = 50

    /// A table while it grows.
    private final class Table {
        enum Value {
            case node(ManifestNode)
            case table(Table)
            case tables([Table])
        }

        var members: [(key: String, position: SourcePosition, value: Value)] = []
        let position: SourcePosition

        init(at position: SourcePosition) { self.position = position }

        func index(_ key: String) -> Int? { members.firstIndex { $0.key == key } }

        var node: ManifestNode {
            ManifestNode(
                .map(
                    members.map { member in
                        switch member.value {
                        case .node(let node): .init(key: member.key, position: member.position, value: node)
                        case .table(let table): .init(key: member.key, position: member.position, value: table.node)
                        case .tables(let tables):
                            .init(
                                key: member.key, position: member.position,
                                value: ManifestNode(.list(tables.map(\.node)), at: member.position))
                        }
                    }), at: position)
        }
    }

    private let scalars: [Unicode.Scalar]
    private let file: String
    private var index = 0
    private var line = 1
    private var lineStart = 0

    static func parse(_ text: String, file: String) throws(ManifestFaults) -> ManifestNode {
        var reader = TOMLDocument(text, file: file)
        do throws(ManifestFault) {
            return try reader.document().node
        } catch {
            throw ManifestFaults([error])
        }
    }

    private init(_ text: String, file: String) {
        var scalars: [Unicode.Scalar] = []
        for scalar in text.unicodeScalars where scalar != "\r" { scalars.append(scalar) }
        self.scalars = scalars
        self.file = file
    }

    private var current: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private var position: SourcePosition { SourcePosition(file: file, line: line, column: index - lineStart + 1) }

    private func at(_ offset: Int) -> Unicode.Scalar? {
        index + offset < scalars.count ? scalars[index + offset] : nil
    }

    private func fault(_ problem: String) -> ManifestFault {
        ManifestFault(position, "not TOML: \(problem)", mend: "mend the syntax there")
    }

    private mutating func advance() {
        if scalars[index] == "\n" {
            line += 1
            lineStart = index + 1
        }
        index += 1
    }

    private mutating func skipBlanks(lines: Bool) {
        while let scalar = current {
            if scalar == "#" {
                while let scalar = current, scalar != "\n" { advance() }
            } else if scalar == " " || scalar == "\t" || (lines && scalar == "\n") {
                advance()
            } else {
                return
            }
        }
    }

    private mutating func document() throws(ManifestFault) -> Table {
        let root = Table(at: position)
        var table = root
        while true {
            skipBlanks(lines: true)
            guard let scalar = current else { return root }
            if scalar == "[" {
                let isList = at(1) == "["
                advance()
                if isList { advance() }
                skipBlanks(lines: false)
                let path = try key()
                for _ in 0..<(isList ? 2 : 1) {
                    guard current == "]" else { throw fault("] is missing") }
                    advance()
                }
                table = try self.table(path, in: root, isList: isList)
            } else {
                try member(of: table, depth: 0)
            }
            skipBlanks(lines: false)
            guard current == nil || current == "\n" else { throw fault("text follows a value") }
        }
    }

    private mutating func table(
        _ path: [(String, SourcePosition)], in root: Table, isList: Bool
    ) throws(ManifestFault) -> Table {
        guard path.count <= Self.depthLimit else { throw fault("it is nested too deep") }
        var table = root
        for (number, (name, place)) in path.enumerated() {
            let isLast = number == path.count - 1
            if let at = table.index(name) {
                switch table.members[at].value {
                case .table(let inner): table = inner
                case .tables(let list):
                    if isLast, isList {
                        let inner = Table(at: place)
                        table.members[at].value = .tables(list + [inner])
                        table = inner
                    } else if let inner = list.last {
                        table = inner
                    }
                case .node: throw fault("\(name) is a value and a table")
                }
            } else {
                let inner = Table(at: place)
                table.members.append((name, place, isLast && isList ? .tables([inner]) : .table(inner)))
                table = inner
            }
        }
        return table
    }

    /// `a.b."c" = value`
    private mutating func member(of table: Table, depth: Int) throws(ManifestFault) {
        let path = try key()
        guard current == "=" else { throw fault("= is missing") }
        advance()
        skipBlanks(lines: false)
        let value = try value(depth: depth + 1)
        guard let (name, place) = path.last else { throw fault("a name is missing") }
        let owner = path.count == 1 ? table : try self.table(Array(path.dropLast()), in: table, isList: false)
        guard owner.index(name) == nil else { throw fault("\(name) is set twice") }
        owner.members.append((name, place, .node(value)))
    }

    private mutating func key() throws(ManifestFault) -> [(String, SourcePosition)] {
        var path: [(String, SourcePosition)] = []
        while true {
            skipBlanks(lines: false)
            let place = position
            var name = ""
            if current == "\"" || current == "'" {
                name = try text()
            } else {
                while let scalar = current, Self.isKey(scalar) {
                    name.unicodeScalars.append(scalar)
                    advance()
                }
                guard !name.isEmpty else { throw fault("a name is missing") }
            }
            path.append((name, place))
            skipBlanks(lines: false)
            guard current == "." else { return path }
            advance()
        }
    }

    private mutating func value(depth: Int) throws(ManifestFault) -> ManifestNode {
        guard depth < Self.depthLimit else { throw fault("it is nested too deep") }
        let place = position
        switch current {
        case "\"", "'": return ManifestNode(.scalar(.init(try text(), isPlain: false)), at: place)
        case "[":
            advance()
            var list: [ManifestNode] = []
            while true {
                skipBlanks(lines: true)
                guard current != nil else { throw fault("] is missing") }
                if current == "]" { break }
                list.append(try value(depth: depth + 1))
                skipBlanks(lines: true)
                if current == "," { advance() } else if current != "]" { throw fault("a comma is missing") }
            }
            advance()
            return ManifestNode(.list(list), at: place)
        case "{":
            advance()
            let table = Table(at: place)
            while true {
                skipBlanks(lines: true)
                guard current != nil else { throw fault("} is missing") }
                if current == "}" { break }
                try member(of: table, depth: depth + 1)
                skipBlanks(lines: true)
                if current == "," { advance() } else if current != "}" { throw fault("a comma is missing") }
            }
            advance()
            return table.node
        default:
            var word = ""
            while let scalar = current, Self.isKey(scalar) || ".+:".unicodeScalars.contains(scalar) {
                word.unicodeScalars.append(scalar)
                advance()
            }
            guard !word.isEmpty else { throw fault("a value is missing") }
            return ManifestNode(.scalar(.init(word, isPlain: true)), at: place)
        }
    }

    private mutating func text() throws(ManifestFault) -> String {
        guard let sign = current else { throw fault("a text is missing") }
        let isLong = at(1) == sign && at(2) == sign
        for _ in 0..<(isLong ? 3 : 1) { advance() }
        if isLong, current == "\n" { advance() }
        var text = ""
        while let scalar = current {
            if scalar == sign, !isLong || (at(1) == sign && at(2) == sign) {
                for _ in 0..<(isLong ? 3 : 1) { advance() }
                return text
            }
            if scalar == "\n", !isLong { break }
            if scalar == "\\", sign == "\"" {
                advance()
                text += try escape()
                continue
            }
            text.unicodeScalars.append(scalar)
            advance()
        }
        throw fault("a text is never closed")
    }

    private mutating func escape() throws(ManifestFault) -> String {
        guard let scalar = current else { throw fault("a text is never closed") }
        advance()
        switch scalar {
        case "n": return "\n"
        case "t": return "\t"
        case "r": return "\r"
        case "b": return "\u{8}"
        case "f": return "\u{C}"
        case "e": return "\u{1B}"
        case "u", "U":
            var code: UInt32 = 0
            for _ in 0..<(scalar == "u" ? 4 : 8) {
                guard let digit = current.flatMap({ Character($0).hexDigitValue }) else {
                    throw fault("\\u needs more digits")
                }
                code = code &* 16 &+ UInt32(digit)
                advance()
            }
            return Unicode.Scalar(code).map { String($0) } ?? ""
        case "\n", " ", "\t":
            while let scalar = current, scalar == "\n" || scalar == " " || scalar == "\t" { advance() }
            return ""
        default: return String(scalar)
        }
    }

    private static func isKey(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
        default: false
        }
    }
}
