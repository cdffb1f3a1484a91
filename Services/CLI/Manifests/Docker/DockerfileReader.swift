import Evidence

/// Cuts a Dockerfile into instructions (Dockerfile reference, "Format"): continued lines, comments between them, the
/// `escape` directive, here documents. Total: what it does not know it passes over.
struct DockerfileReader {
    /// An instruction as one line of bytes, and where each piece of it stands.
    private struct Logical {
        var bytes: [UInt8] = []
        /// Offsets at which lines begin, ascending, with the line's number and the offset's column in it.
        var marks: [(offset: Int, line: Int)] = []

        func position(of offset: Int, file: String) -> SourcePosition {
            let mark = marks.last { $0.offset <= offset } ?? (0, 1)
            // In scalars: bytes that continue one do not count.
            let column = bytes[mark.offset..<offset].count { $0 & 0xC0 != 0x80 } + 1
            return SourcePosition(file: file, line: mark.line, column: column)
        }
    }

    private let file: String
    private let lines: [ArraySlice<UInt8>]
    private let lastLines: [[UInt8]: Int]
    private var escape = UInt8(ascii: "\\")
    private var index = 0
    private var result = Dockerfile()

    static func read(_ text: String, file: String) -> Dockerfile {
        var reader = DockerfileReader(text, file: file)
        while let logical = reader.nextInstruction() { reader.read(logical) }
        return reader.result
    }

    private init(_ text: String, file: String) {
        self.file = file
        lines = Array(text.utf8).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
            $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0
        }
        var lastLines: [[UInt8]: Int] = [:]
        for (index, line) in lines.enumerated() where line.count <= 64 { lastLines[Self.trimmed(line)] = index }
        self.lastLines = lastLines
        for line in lines.prefix(4) {
            let words = String(decoding: line, as: UTF8.self).lowercased().split { " \t#=".contains($0) }
            if line.first == UInt8(ascii: "#"), words.count == 2, words[0] == "escape", words[1] == "`" {
                escape = UInt8(ascii: "`")
            }
        }
    }

    private mutating func nextInstruction() -> Logical? {
        var logical = Logical()
        while index < lines.count {
            let line = lines[index]
            index += 1
            let content = Self.trimmed(line)
            // Empty lines and comments between continued lines do not end the instruction.
            if content.isEmpty || content[0] == UInt8(ascii: "#") { continue }
            logical.marks.append((logical.bytes.count, index))
            var end = line.endIndex
            while end > line.startIndex, Self.isBlank(line[end - 1]) { end -= 1 }
            guard line[end - 1] == escape else {
                logical.bytes += line
                return logical
            }
            logical.bytes += line[..<(end - 1)]
        }
        return logical.bytes.isEmpty ? nil : logical
    }

    private mutating func read(_ logical: Logical) {
        let bytes = logical.bytes
        guard let start = bytes.firstIndex(where: { !Self.isBlank($0) }) else { return }
        let end = bytes[start...].firstIndex(where: Self.isBlank) ?? bytes.count
        switch String(decoding: bytes[start..<end], as: UTF8.self).uppercased() {
        case "FROM": readStage(bytes[end...])
        case "ARG": readSettings(logical, from: end, kind: .argument)
        case "ENV": readSettings(logical, from: end, kind: .variable)
        case "RUN", "COPY", "ADD": skipDocuments(of: bytes[end...])
        default: return
        }
    }

    private mutating func readStage(_ rest: ArraySlice<UInt8>) {
        let words = String(decoding: rest, as: UTF8.self).split(whereSeparator: \.isWhitespace).map(String.init)
            .drop { $0.hasPrefix("--") }
        guard let base = words.first else { return }
        let named = words.dropFirst()
        let name = named.first?.lowercased() == "as" ? named.dropFirst().first?.lowercased() : nil
        result.stages.append(.init(name: name, base: base))
    }

    private mutating func readSettings(_ logical: Logical, from start: Int, kind: Dockerfile.Setting.Kind) {
        var words = DockerWords(bytes: logical.bytes, from: start, escape: escape)
        var isRefused = false
        for pair in words.pairs(valueBehindBlank: kind == .variable) {
            let position = logical.position(of: pair.offset, file: file)
            if kind == .variable, pair.template == nil {
                // Once: the words of an unquoted sentence are one mistake.
                if !isRefused {
                    result.unread.append(UnreadFile(position, "an ENV has no value; write ENV NAME=value"))
                }
                isRefused = true
                continue
            }
            let setting = Dockerfile.Setting(kind: kind, name: pair.name, template: pair.template, position: position)
            if result.stages.isEmpty {
                result.globals.append(setting)
            } else {
                result.stages[result.stages.count - 1].settings.append(setting)
            }
        }
    }

    /// `RUN <<EOF`: the lines to the mark belong to the command.
    private mutating func skipDocuments(of rest: ArraySlice<UInt8>) {
        for word in rest.split(whereSeparator: Self.isBlank) {
            var mark = word.drop { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard mark.starts(with: "<<".utf8) else { continue }
            mark = mark.dropFirst(mark.starts(with: "<<-".utf8) ? 3 : 2)
            let name = mark.filter { !"'\"".utf8.contains($0) }
            guard !name.isEmpty, name.allSatisfy(ShellName.isPart), let last = lastLines[name], last >= index
            else {
                continue
            }
            while index < lines.count, Self.trimmed(lines[index]) != name { index += 1 }
            index += 1
        }
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> [UInt8] {
        var line = line.drop(while: isBlank)
        while let last = line.last, isBlank(last) { line = line.dropLast() }
        return Array(line)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
