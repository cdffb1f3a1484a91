import Evidence

/// The scanner behind `DotEnv.parse`: one pass over the text, a fault per line that can't be read.
struct DotEnvReader {
    private let scalars: [Unicode.Scalar]
    private let file: String
    private let environment: [String: String]
    private var index = 0
    private var line = 1
    private var known: [String: String] = [:]
    private(set) var entries: [DotEnv.Entry] = []
    private(set) var faults: [ManifestFault] = []
    private(set) var warnings: [ManifestFault] = []

    init(text: String, file: String, environment: [String: String]) {
        var scalars: [Unicode.Scalar] = []
        for scalar in text.unicodeScalars where scalar != "\u{FEFF}" {
            // CRLF is one line end, as in files that were saved on Windows.
            if scalar == "\n", scalars.last == "\r" { scalars.removeLast() }
            scalars.append(scalar)
        }
        self.scalars = scalars
        self.file = file
        self.environment = environment
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
        guard let (name, hasValue) = readName() else { return skipLine() }
        guard hasValue else {
            entries.append(.init(name: name, value: environment[name], line: start, endLine: start))
            known[name] = environment[name]
            return
        }
        skipBlanks()
        let value: String?
        switch current {
        case "'": value = readSingleQuoted(at: start)
        case "\"": value = readDoubleQuoted(at: start)
        default: value = readUnquoted(at: start)
        }
        guard let value else { return }
        entries.append(.init(name: name, value: value, line: start, endLine: line))
        known[name] = value
    }

    /// The name before `=` (or `:`); nil after a fault.
    private mutating func readName() -> (name: String, hasValue: Bool)? {
        var name = takeName()
        if name == "export", let next = current, Self.isBlank(next) {
            skipBlanks()
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
            return (name, true)
        case ":":
            warn("\(name) is followed by a colon, which compose 1 does not read", "write \(name)=value")
            advance()
            return (name, true)
        case nil, "\n", "#":
            if current == "#" { skipLine() }
            return (name, false)
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

    private mutating func readUnquoted(at start: Int) -> String? {
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
        return expand(raw, at: start)
    }

    private mutating func readSingleQuoted(at start: Int) -> String? {
        advance()
        var text = ""
        while let scalar = current {
            advance()
            if scalar == "'" {
                if text.contains("${") {
                    warn(
                        "compose 1 fills in ${…} in single quotes, compose 2 does not", "avoid ${ in this value", start)
                }
                return endOfQuoted(at: start) ? text : nil
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

    private mutating func readDoubleQuoted(at start: Int) -> String? {
        advance()
        var raw: [Unicode.Scalar] = []
        while let scalar = current {
            advance()
            if scalar == "\"" { return endOfQuoted(at: start) ? expand(raw, at: start) : nil }
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

    private mutating func expand(_ raw: [Unicode.Scalar], at start: Int) -> String? {
        var text = ""
        text.unicodeScalars.append(contentsOf: raw)
        guard text.contains("$") else { return text }
        if Self.readsDifferently(raw) {
            warn("compose 1 fills in only ${NAME} and ${NAME:-default} here", "write no other $ in this value", start)
        }
        do throws(Interpolation.Fault) {
            return try Interpolation.expand(text) { environment[$0] ?? known[$0] }.text
        } catch {
            switch error {
            case .malformed: fault("a $ starts nothing that can be read", "write $$ for a dollar sign", start)
            case .required(let name, let message): fault("\(name) is required: \(message)", "set \(name)", start)
            }
            return nil
        }
    }

    /// A dollar sign without a brace.
    private static func readsDifferently(_ raw: [Unicode.Scalar]) -> Bool {
        raw.indices.contains { raw[$0] == "$" && ($0 + 1 == raw.count || raw[$0 + 1] != "{") }
    }

    private var current: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private mutating func advance() {
        if scalars[index] == "\n" { line += 1 }
        index += 1
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
