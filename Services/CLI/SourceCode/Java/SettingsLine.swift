import Evidence

/// One setting of a file of settings, under its whole dotted name.
struct SettingsLine {
    let path: String
    /// Without quotation marks.
    let value: String
    let position: SourcePosition
    /// Where the value's first character stands.
    let valuePosition: SourcePosition
}

/// The settings files of the JVM, line by line: what spans lines, lists and anchors plays no part in keys.
enum SettingsLines {
    static func of(_ text: String, file: String) -> [SettingsLine] {
        if file.hasSuffix(".properties") { return properties(text, file: file) }
        if file.hasSuffix(".conf") { return hocon(text, file: file) }
        return yaml(text, file: file)
    }

    private static func lines(of text: String) -> [(number: Int, scalars: [Unicode.Scalar])] {
        text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.enumerated()
            .map { ($0.offset + 1, Array($0.element.unicodeScalars)) }
    }

    /// A value without its comment and quotation marks, with the column of its first character (from 1).
    private static func value(_ scalars: [Unicode.Scalar], from start: Int, comments: Bool) -> (
        text: String, column: Int
    ) {
        var begin = start
        while begin < scalars.count, scalars[begin] == " " || scalars[begin] == "\t" { begin += 1 }
        guard begin < scalars.count else { return ("", begin + 1) }
        var text = String.UnicodeScalarView()
        if scalars[begin] == "\"" || scalars[begin] == "'" {
            var at = begin + 1
            while at < scalars.count, scalars[at] != scalars[begin] {
                text.append(scalars[at])
                at += 1
            }
            return (String(text), begin + 2)
        }
        var at = begin
        while at < scalars.count {
            if comments, scalars[at] == "#", at > begin, scalars[at - 1] == " " { break }
            text.append(scalars[at])
            at += 1
        }
        while let last = text.last, last == " " || last == "\t" || last == "\r" { text.removeLast() }
        return (String(text), begin + 1)
    }

    // MARK: YAML

    private static func yaml(_ text: String, file: String) -> [SettingsLine] {
        var result: [SettingsLine] = []
        var path: [(indent: Int, key: String)] = []
        for (number, scalars) in lines(of: text) {
            let indent = scalars.prefix { $0 == " " }.count
            guard indent < scalars.count, scalars[indent] != "#", scalars[indent] != "-" else {
                if scalars.starts(with: ["-", "-", "-"]) { path = [] }
                continue
            }
            guard let colon = colon(in: scalars, from: indent) else { continue }
            var key = String.UnicodeScalarView()
            key.append(contentsOf: scalars[indent..<colon].filter { $0 != "\"" && $0 != "'" })
            while let last = path.last, last.indent >= indent { path.removeLast() }
            let whole = (path.map(\.key) + [String(key)]).joined(separator: ".")
            let (text, column) = value(scalars, from: colon + 1, comments: true)
            guard !text.isEmpty else {
                path.append((indent, String(key)))
                continue
            }
            result.append(
                SettingsLine(
                    path: whole, value: text,
                    position: SourcePosition(file: file, line: number, column: indent + 1),
                    valuePosition: SourcePosition(file: file, line: number, column: column)))
        }
        return result
    }

    /// The colon behind a key: one with a blank or nothing behind it.
    private static func colon(in scalars: [Unicode.Scalar], from start: Int) -> Int? {
        var at = start
        while at < scalars.count {
            if scalars[at] == ":", at + 1 == scalars.count || scalars[at + 1] == " " { return at }
            at += 1
        }
        return nil
    }

    // MARK: properties

    private static func properties(_ text: String, file: String) -> [SettingsLine] {
        lines(of: text).compactMap { number, scalars in
            let indent = scalars.prefix { $0 == " " || $0 == "\t" }.count
            guard indent < scalars.count, scalars[indent] != "#", scalars[indent] != "!",
                let sign = scalars.indices.dropFirst(indent).first(where: { scalars[$0] == "=" || scalars[$0] == ":" })
            else { return nil }
            var key = String.UnicodeScalarView()
            key.append(contentsOf: scalars[indent..<sign].filter { $0 != " " && $0 != "\t" })
            let (text, column) = value(scalars, from: sign + 1, comments: false)
            return SettingsLine(
                path: String(key), value: text, position: SourcePosition(file: file, line: number, column: indent + 1),
                valuePosition: SourcePosition(file: file, line: number, column: column))
        }
    }

    // MARK: HOCON

    private static func hocon(_ text: String, file: String) -> [SettingsLine] {
        var result: [SettingsLine] = []
        var path: [String] = []
        for (number, scalars) in lines(of: text) {
            let indent = scalars.prefix { $0 == " " || $0 == "\t" }.count
            guard indent < scalars.count, scalars[indent] != "#", scalars[indent] != "/" else { continue }
            if scalars[indent] == "}" {
                _ = path.popLast()
                continue
            }
            var at = indent
            while at < scalars.count, !["=", ":", "{", " "].contains(scalars[at]) { at += 1 }
            var key = String.UnicodeScalarView()
            key.append(contentsOf: scalars[indent..<at].filter { $0 != "\"" })
            while at < scalars.count, scalars[at] == " " || scalars[at] == "=" || scalars[at] == ":" { at += 1 }
            if at < scalars.count, scalars[at] == "{" {
                if !scalars[at...].contains("}") { path.append(String(key)) }
                continue
            }
            let (text, column) = value(scalars, from: at, comments: true)
            result.append(
                SettingsLine(
                    path: (path + [String(key)]).joined(separator: "."), value: text,
                    position: SourcePosition(file: file, line: number, column: indent + 1),
                    valuePosition: SourcePosition(file: file, line: number, column: column)))
        }
        return result
    }
}
