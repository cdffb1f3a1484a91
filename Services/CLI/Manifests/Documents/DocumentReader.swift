package import Evidence

/// Texts for people (README, runbooks, notes), in which somebody may have pasted a secret: `NAME=value`, `NAME: value`,
/// `"NAME": "value"`, `| NAME | value |` and ``NAME must be `value` ``, in prose, tables and code blocks alike.
package struct DocumentReader: ManifestReader {
    private static let endings: Set<Substring> = ["md", "markdown", "mdx", "txt", "rst", "adoc", "asciidoc", "org"]
    /// A line longer than this is no text for people.
    private static let longestLine = 4096

    package init() {}

    package func claims(_ path: String, text: () -> String?) -> Bool {
        guard let ending = SourceTree.name(of: path).split(separator: ".").last.map({ $0.lowercased() }) else {
            return false
        }
        // Lists of dependencies are no prose.
        return Self.endings.contains(ending[...]) && !SourceTree.name(of: path).hasPrefix("requirements")
            && SourceTree.name(of: path) != "CMakeLists.txt"
    }

    package func read(_ paths: [String], in tree: SourceTree) -> ManifestReading {
        var reading = ManifestReading()
        for path in paths {
            do throws(UnreadFile) {
                reading.loose += bindings(in: try tree.text(path), file: path)
            } catch {
                // Nobody is surprised that a picture called notes.txt is not read.
                if !error.reason.contains("binary") { reading.unread.append(error) }
            }
        }
        return reading
    }

    func bindings(in text: String, file: String, place: LooseBinding.Place = .document) -> [LooseBinding] {
        var found: [LooseBinding] = []
        var line = 0
        for part in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            line += 1
            guard part.count <= Self.longestLine,
                part.contains(where: Self.isSign)
            else { continue }
            for (name, value, column) in bindings(inLine: Array(Substring(part).unicodeScalars)) {
                let position = SourcePosition(file: file, line: line, column: column)
                found.append(LooseBinding(name, value, in: place, at: position))
            }
        }
        return found
    }

    private func bindings(inLine line: [Unicode.Scalar]) -> [(name: String, value: BoundValue, column: Int)] {
        var found: [(name: String, value: BoundValue, column: Int)] = []
        var index = 0
        while index < line.count {
            guard Self.isNameStart(line[index]) else {
                index += 1
                continue
            }
            let start = index
            while index < line.count, Self.isNamePart(line[index]) { index += 1 }
            let name = Self.string(line[start..<index])
            guard name.count <= 128, SigningSecretName.isOfInterest(name),
                let value = Self.value(after: &index, in: line)
            else { continue }
            found.append((name, value, start + 1))
        }
        return found
    }

    /// `=`, `:`, `|` or a backtick: without any of them a line gives no name a value.
    private static func isSign(_ byte: UInt8) -> Bool { [0x3D, 0x3A, 0x7C, 0x60].contains(byte) }

    /// What a sentence says of a name, in the next marks of code: only what can be nothing but a key.
    private static func said(after index: Int, in line: [Unicode.Scalar]) -> BoundValue? {
        var at = index
        if at < line.count, line[at] == "`" { at += 1 }
        let prose = line[at...].prefix(64)
        guard let open = prose.firstIndex(of: "`"), let close = line[(open + 1)...].firstIndex(of: "`") else {
            return nil
        }
        let span = line[(open + 1)..<close]
        let isKey = span.count >= 32 && span.allSatisfy { isNamePart($0) || "+/=-".unicodeScalars.contains($0) }
        guard isKey, span.count(where: { ("0"..."9").contains($0) }) >= 3 else { return nil }
        return .literal(string(span))
    }

    /// What stands behind a name's `=`, `:` or `|`; nil where none does, or where it is a variable or a mark to fill in.
    private static func value(after index: inout Int, in line: [Unicode.Scalar]) -> BoundValue? {
        var at = index
        func skip(_ marks: String) { while at < line.count, marks.unicodeScalars.contains(line[at]) { at += 1 } }
        skip("\"'`* ")
        guard at < line.count, line[at] == "=" || line[at] == ":" || line[at] == "|" else {
            return said(after: index, in: line)
        }
        at += 1
        skip(" =")
        let quotes = "\"'`"
        let quote = at < line.count && quotes.unicodeScalars.contains(line[at]) ? line[at] : nil
        if quote != nil { at += 1 }
        let start = at
        while at < line.count, quote.map({ line[at] != $0 }) ?? !" \t\"'`,;|)\r".unicodeScalars.contains(line[at]) {
            at += 1
        }
        index = at
        let text = string(line[start..<at])
        guard !text.isEmpty, !text.contains("$"), !text.contains("<"), !text.contains("{"), !text.contains(" "),
            !text.contains("...")
        else { return nil }
        return .literal(text)
    }

    private static func isNameStart(_ scalar: Unicode.Scalar) -> Bool {
        ("A"..."Z").contains(scalar) || ("a"..."z").contains(scalar)
    }

    private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        isNameStart(scalar) || ("0"..."9").contains(scalar) || scalar == "_"
    }

    private static func string(_ part: ArraySlice<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: part)
        return String(text)
    }
}
