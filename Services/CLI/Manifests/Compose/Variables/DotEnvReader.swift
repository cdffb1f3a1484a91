import Evidence

/// The scanner of `.env` files: one pass over the text, a fault per line that can't be read, variables not yet filled in.
struct DotEnvReader {
    struct Entry {
        enum Body {
            /// A name alone: the value is the environment's.
            case inherited
            case literal(String)
            /// In the syntax of `Interpolation`.
            case template(String)
        }

        let name: String
        let body: Body
        let line: Int
        let column: Int
        let endLine: Int
    }

    private let scalars: [Unicode.Scalar]
    private let file: String
    private var index = 0
    private var line = 1
    private var lineStart = 0
    private(set) var entries: [Entry] = []
    private(set) var faults: [ManifestFault] = []
    private(set) var warnings: [ManifestFault] = []

    init(text: String, file: String) {
        var scalars: [Unicode.Scalar] = []
        for scalar in text.unicodeScalars where scalar != "\u{FEFF}" {
            // CRLF is one line end, as in files that were saved on Windows.
            if scalar == "\n", scalars.last == "\r" { scalars.removeLast() }
            scalars.append(scalar)
        }
        self.scalars = scalars
        self.file = file
    }

    mutating func read() {
        while true {
            while let scalar = current, Self.isBlank(scalar) || scalar == "\n" { advance() }
            guard let scalar = current else { return }
            if scalar == "#" { skipLine() } else { readEntry() }
        }
    }

    private mutating func readEntry() {
        let start = line
        guard let (name, column, hasValue) = readName() else { return skipLine() }
        guard hasValue else {
            entries.append(.init(name: name, body: .inherited, line: start, column: column, endLine: start))
            return
        }
        skipBlanks()
        let valueStart = index
        let body: Entry.Body?
        switch current {
        case "'": body = readSingleQuoted(at: start)
        case "\"": body = readDoubleQuoted(at: start)
        default: body = readUnquoted(at: start)
        }
        guard let body else { return resume(behind: valueStart, line: start) }
        entries.append(.init(name: name, body: body, line: start, column: column, endLine: line))
    }

    /// A quote that is never closed, or by the next one only, hides nothing but its own line.
    private mutating func resume(behind valueStart: Int, line start: Int) {
        guard line > start else { return }
        index = valueStart
        line = start
        skipLine()
    }

    /// The name before `=` (or `:`); nil after a fault.
    private mutating func readName() -> (name: String, column: Int, hasValue: Bool)? {
        var column = index - lineStart + 1
        var name = takeName()
        if name == "export", let next = current, Self.isBlank(next) {
            skipBlanks()
            column = index - lineStart + 1
            name = takeName()
        }
        guard !name.isEmpty else {
            fault("a variable's name is missing or holds a character that names can't have", "write NAME=value")
            return nil
        }
        skipBlanks()
        switch current {
        case "=":
            advance()
            return (name, column, true)
        case ":":
            warn("\(name) is followed by a colon, which compose 1 does not read", "write \(name)=value")
            advance()
            return (name, column, true)
        case nil, "\n", "#":
            if current == "#" { skipLine() }
            return (name, column, false)
        default:
            fault("\(name) is not followed by =", "write \(name)=value, with no blank in the name")
            return nil
        }
    }

    private mutating func takeName() -> String {
        var name = ""
        while let scalar = current, Self.isNamePart(scalar) {
            name.unicodeScalars.append(scalar)
            advance()
        }
        return name.unicodeScalars.first.map { ("0"..."9").contains($0) } == true ? "" : name
    }

    private mutating func readUnquoted(at start: Int) -> Entry.Body? {
        var raw: [Unicode.Scalar] = []
        while let scalar = current, scalar != "\n" {
            if scalar == "#", raw.last.map(Self.isBlank) ?? true {
                skipLine()
                break
            }
            raw.append(scalar)
            advance()
        }
        while let last = raw.last, Self.isBlank(last) { raw.removeLast() }
        return body(raw, at: start)
    }

    private mutating func readSingleQuoted(at start: Int) -> Entry.Body? {
        advance()
        var text = ""
        while let scalar = current {
            advance()
            if scalar == "'" {
                if text.contains("${") {
                    warn(
                        "compose 1 fills in ${…} in single quotes, compose 2 does not", "avoid ${ in this value", start)
                }
                return endOfQuoted(at: start) ? .literal(text) : nil
            }
            if scalar == "\\", current == "'" {
                advance()
                text += "'"
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        fault("a single quote is never closed", "close it, or leave both quotes away", start)
        return nil
    }

    private mutating func readDoubleQuoted(at start: Int) -> Entry.Body? {
        advance()
        var raw: [Unicode.Scalar] = []
        while let scalar = current {
            advance()
            if scalar == "\"" { return endOfQuoted(at: start) ? body(raw, at: start) : nil }
            guard scalar == "\\", let escaped = current else {
                raw.append(scalar)
                continue
            }
            advance()
            switch escaped {
            case "n": raw.append("\n")
            case "r": raw.append("\r")
            case "t": raw.append("\t")
            case "\"", "\\": raw.append(escaped)
            case "$": raw += ["$", "$"]  // what the interpolation turns into one
            default: raw += ["\\", escaped]
            }
        }
        fault("a double quote is never closed", "close it, or leave both quotes away", start)
        return nil
    }

    /// Nothing but a comment may follow a closing quote.
    private mutating func endOfQuoted(at start: Int) -> Bool {
        skipBlanks()
        guard let scalar = current, scalar != "\n" else { return true }
        guard scalar == "#" else {
            fault("text follows the closing quote", "quote the whole value", start)
            skipLine()
            return false
        }
        skipLine()
        return true
    }

    private mutating func body(_ raw: [Unicode.Scalar], at start: Int) -> Entry.Body {
        var text = ""
        text.unicodeScalars.append(contentsOf: raw)
        guard raw.contains("$") else { return .literal(text) }
        if Self.readsDifferently(raw) {
            warn("compose 1 fills in only ${NAME} and ${NAME:-default} here", "write no other $ in this value", start)
        }
        return .template(text)
    }

    /// A dollar sign without a brace.
    private static func readsDifferently(_ raw: [Unicode.Scalar]) -> Bool {
        raw.indices.contains { raw[$0] == "$" && ($0 + 1 == raw.count || raw[$0 + 1] != "{") }
    }

    private var current: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private mutating func advance() {
        index += 1
        if scalars[index - 1] == "\n" {
            line += 1
            lineStart = index
        }
    }

    private mutating func skipBlanks() { while let scalar = current, Self.isBlank(scalar) { advance() } }

    private mutating func skipLine() { while let scalar = current, scalar != "\n" { advance() } }

    private mutating func fault(_ problem: String, _ mend: String, _ at: Int? = nil) {
        faults.append(.init(.init(file: file, line: at ?? line), problem, mend: mend))
    }

    private mutating func warn(_ problem: String, _ mend: String, _ at: Int? = nil) {
        warnings.append(.init(.init(file: file, line: at ?? line), problem, mend: mend))
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }

    private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", ".", "-": true
        default: false
        }
    }
}
