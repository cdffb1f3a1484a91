import Evidence

/// Cuts a file of Terraform into names, texts, numbers and signs. Over 250 lines it would be two files; here texts and
/// here-documents share the reading of `${…}`.
struct HCLLexer {
    enum TemplatePart: Equatable {
        case text(String, SourcePosition)
        case expression(String, SourcePosition)
        case directive(SourcePosition)
    }

    enum Kind: Equatable {
        case name(String)
        case text(String)
        case template([TemplatePart])
        case number(String)
        case sign(String)
        case newline
        case end
    }

    struct Token {
        let kind: Kind
        let position: SourcePosition
    }

    private let scalars: [Unicode.Scalar]
    private let start: SourcePosition
    private var index = 0
    private var line = 0
    private var lineStart = 0
    private var ahead: (token: Token, isPastLines: Bool)?
    /// Inside brackets a line's end means nothing.
    var ignoresLines = 0

    init(_ text: String, start: SourcePosition) {
        var scalars: [Unicode.Scalar] = []
        for scalar in text.unicodeScalars where scalar != "\r" && scalar != "\u{FEFF}" { scalars.append(scalar) }
        self.scalars = scalars
        self.start = start
    }

    var position: SourcePosition {
        SourcePosition(
            file: start.file, line: start.line + line,
            column: index - lineStart + (line == 0 ? start.column : 1))
    }

    private var current: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private func at(_ offset: Int) -> Unicode.Scalar? {
        index + offset < scalars.count ? scalars[index + offset] : nil
    }

    mutating func peek() throws(ManifestFault) -> Token {
        if let ahead {
            if ahead.token.kind != .newline || ignoresLines == 0 { return ahead.token }
            self.ahead = nil
        }
        let token = try read()
        ahead = (token, ignoresLines > 0)
        return token
    }

    mutating func next() throws(ManifestFault) -> Token {
        let token = try peek()
        ahead = nil
        return token
    }

    private mutating func advance() {
        if scalars[index] == "\n" {
            line += 1
            lineStart = index + 1
        }
        index += 1
    }

    private func fault(_ problem: String, _ place: SourcePosition) -> ManifestFault {
        ManifestFault(place, "not HCL: \(problem)", mend: "mend the syntax there")
    }

    private mutating func read() throws(ManifestFault) -> Token {
        try skipBlanks()
        let place = position
        guard let scalar = current else { return Token(kind: .end, position: place) }
        switch scalar {
        case "\n":
            advance()
            return Token(kind: .newline, position: place)
        case "\"":
            advance()
            return Token(kind: Self.kind(try template(until: nil, start: place)), position: place)
        case "<" where at(1) == "<":
            return Token(kind: Self.kind(try heredoc(place)), position: place)
        case "0"..."9":
            var text = ""
            while let scalar = current, ("0"..."9").contains(scalar) || scalar == "." || scalar == "e" || scalar == "E"
            {
                // `0.name` of an old splat is an index and a name.
                if scalar == ".", let after = at(1), !("0"..."9").contains(after) { break }
                text.unicodeScalars.append(scalar)
                advance()
            }
            return Token(kind: .number(text), position: place)
        default:
            if Self.isName(scalar, first: true) {
                var text = ""
                while let scalar = current, Self.isName(scalar, first: false) {
                    text.unicodeScalars.append(scalar)
                    advance()
                }
                return Token(kind: .name(text), position: place)
            }
            return Token(kind: .sign(try sign()), position: place)
        }
    }

    private mutating func skipBlanks() throws(ManifestFault) {
        while let scalar = current {
            switch scalar {
            case " ", "\t": advance()
            case "\n" where ignoresLines > 0: advance()
            case "#": while let scalar = current, scalar != "\n" { advance() }
            case "/" where at(1) == "/": while let scalar = current, scalar != "\n" { advance() }
            case "/" where at(1) == "*":
                let place = position
                while current != nil, !(current == "*" && at(1) == "/") { advance() }
                guard current != nil else { throw fault("a comment is never closed", place) }
                advance()
                advance()
            default: return
            }
        }
    }

    private mutating func sign() throws(ManifestFault) -> String {
        for sign in ["...", "=>", "==", "!=", "<=", ">=", "&&", "||"] {
            let wanted = Array(sign.unicodeScalars)
            guard index + wanted.count <= scalars.count, Array(scalars[index..<index + wanted.count]) == wanted else {
                continue
            }
            for _ in wanted { advance() }
            return sign
        }
        guard let scalar = current, "{}[]()=,.:?+-*/%<>!".unicodeScalars.contains(scalar) else {
            throw fault("a character does not belong here", position)
        }
        advance()
        return String(scalar)
    }

    private static func kind(_ parts: [TemplatePart]) -> Kind {
        if parts.isEmpty { return .text("") }
        if parts.count == 1, case .text(let text, _) = parts[0] { return .text(text) }
        return .template(parts)
    }

    /// Up to the closing quote, or of a here-document's line to its end.
    private mutating func template(until end: Int?, start place: SourcePosition) throws(ManifestFault) -> [TemplatePart]
    {
        var parts: [TemplatePart] = []
        var text = ""
        var textStart = position
        func close(_ parts: inout [TemplatePart]) {
            if !text.isEmpty { parts.append(.text(text, textStart)) }
            text = ""
        }
        while let scalar = current, end.map({ index < $0 }) ?? true {
            if text.isEmpty { textStart = position }
            switch scalar {
            case "\"" where end == nil:
                advance()
                close(&parts)
                return parts
            case "\n" where end == nil: throw fault("a text is never closed", place)
            case "\\" where end == nil:
                advance()
                text += try escape(place)
            case "$" where at(1) == "{", "%" where at(1) == "{":
                close(&parts)
                advance()
                advance()
                if current == "~" { advance() }
                let inner = position
                let expression = try interpolation(place)
                parts.append(scalar == "%" ? .directive(inner) : .expression(expression, inner))
            case "$" where at(1) == "$" && at(2) == "{", "%" where at(1) == "%" && at(2) == "{":
                advance()
                advance()
                text.unicodeScalars.append(scalar)
            default:
                text.unicodeScalars.append(scalar)
                advance()
            }
        }
        guard end != nil else { throw fault("a text is never closed", place) }
        close(&parts)
        return parts
    }

    private mutating func escape(_ place: SourcePosition) throws(ManifestFault) -> String {
        guard let scalar = current else { throw fault("a text is never closed", place) }
        advance()
        switch scalar {
        case "n": return "\n"
        case "t": return "\t"
        case "r": return "\r"
        case "u", "U":
            var code: UInt32 = 0
            for _ in 0..<(scalar == "u" ? 4 : 8) {
                guard let digit = current.flatMap({ Character($0).hexDigitValue }) else {
                    throw fault("\\u needs more digits", place)
                }
                code = code &* 16 &+ UInt32(digit)
                advance()
            }
            return Unicode.Scalar(code).map { String($0) } ?? ""
        default: return String(scalar)
        }
    }

    /// After `${`: its text, and over the brace that closes it.
    private mutating func interpolation(_ place: SourcePosition) throws(ManifestFault) -> String {
        var depth = 1
        var isQuoted = false
        var text = ""
        while let scalar = current {
            if isQuoted {
                if scalar == "\\" {
                    text.unicodeScalars.append(scalar)
                    advance()
                    guard current != nil else { break }
                } else if scalar == "\"" {
                    isQuoted = false
                }
            } else if scalar == "\"" {
                isQuoted = true
            } else if scalar == "{" {
                depth += 1
            } else if scalar == "}" {
                depth -= 1
            }
            guard let scalar = current else { break }
            advance()
            if depth == 0 { return text.hasSuffix("~") ? String(text.dropLast()) : text }
            text.unicodeScalars.append(scalar)
        }
        throw fault("${ is never closed", place)
    }

    /// All of the text as one template.
    mutating func wholeTemplate() throws(ManifestFault) -> [TemplatePart] {
        try template(until: scalars.count, start: position)
    }

    /// `<<EOT` and `<<-EOT`, with what is filled in.
    private mutating func heredoc(_ place: SourcePosition) throws(ManifestFault) -> [TemplatePart] {
        advance()
        advance()
        let isIndented = current == "-"
        if isIndented { advance() }
        var delimiter = ""
        while let scalar = current, Self.isName(scalar, first: false) {
            delimiter.unicodeScalars.append(scalar)
            advance()
        }
        while let scalar = current, scalar != "\n" { advance() }
        guard current != nil, !delimiter.isEmpty else { throw fault("a here-document is never closed", place) }
        advance()
        // How far the lines are indented in common.
        var indent = isIndented ? Int.max : 0
        var end = index
        while true {
            guard end < scalars.count else { throw fault("a here-document is never closed", place) }
            let stop = scalars[end...].firstIndex(of: "\n") ?? scalars.count
            var content = ""
            content.unicodeScalars.append(contentsOf: scalars[end..<stop])
            if content.trimmingBlanks == delimiter { break }
            if isIndented, !content.trimmingBlanks.isEmpty { indent = min(indent, content.prefix { $0 == " " }.count) }
            end = stop + 1
        }
        var parts: [TemplatePart] = []
        while index < end {
            var dropped = 0
            while dropped < indent, current == " " {
                advance()
                dropped += 1
            }
            let stop = scalars[index...].firstIndex(of: "\n") ?? scalars.count
            parts += try template(until: min(stop + 1, end), start: place)
        }
        while let scalar = current, scalar != "\n" { advance() }
        return parts
    }

    private static func isName(_ scalar: Unicode.Scalar, first: Bool) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "_": true
        case "0"..."9", "-": !first
        default: scalar.value > 127 && scalar.properties.isAlphabetic
        }
    }
}
