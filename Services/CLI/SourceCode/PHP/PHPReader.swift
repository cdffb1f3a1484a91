import Evidence

/// PHP: `getenv`, Laravel's `env` and `config`, Symfony's attributes; firebase/php-jwt, lcobucci/jwt, tymon/jwt-auth.
struct PHPReader: SourceReader {
    let endings: Set<String> = ["php"]

    func facts(of text: String, file: String) -> SourceFacts {
        let statements = SyntaxStatements.statements(of: Self.code(in: text), file: file, grammar: .php)
        let facts = FileReading(statements, file: file, dialect: PHPDialect()).read()
        return LaravelSettings(file: file).named(facts)
    }

    /// The text with what stands outside `<?php … ?>` blanked out, so that lines and columns stay.
    private static func code(in text: String) -> String {
        guard text.contains("<?") else { return text }
        var bytes = Array(text.utf8)
        var isCode = false
        var index = 0
        while index < bytes.count {
            let isTag = index + 1 < bytes.count
            if isCode {
                if isTag, bytes[index] == UInt8(ascii: "?"), bytes[index + 1] == UInt8(ascii: ">") {
                    bytes[index] = UInt8(ascii: ";")
                    bytes[index + 1] = UInt8(ascii: " ")
                    isCode = false
                }
            } else if isTag, bytes[index] == UInt8(ascii: "<"), bytes[index + 1] == UInt8(ascii: "?") {
                let end = min(bytes.count, index + (bytes[index...].starts(with: "<?php".utf8) ? 5 : 3))
                for at in index..<end where bytes[at] != UInt8(ascii: "\n") { bytes[at] = UInt8(ascii: " ") }
                index = end - 1
                isCode = true
            } else if bytes[index] & 0xC0 == 0x80 || bytes[index] != UInt8(ascii: "\n") && bytes[index] < 0x80 {
                // A character of several bytes is one column: its first byte stays as it is, outside of any word.
                bytes[index] = bytes[index] < 0x80 ? UInt8(ascii: " ") : bytes[index]
            }
            index += 1
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension LexicalRules {
    /// The PHP manual, "Basic syntax" and "Strings".
    static let php = LexicalRules(
        lineComments: ["//", "#"],
        strings: [
            StringRule(open: "\"", close: "\"", spansLines: true, interpolation: .dollarBrace(bareNames: true)),
            StringRule(open: "'", close: "'", spansLines: true),
        ],
        marks: [
            "#[", "<=>", "===", "!==", "?->", "??=", "=>", "->", "::", "==", "!=", "<=", ">=", "&&", "||", "??", "?:",
            "++", "--", "+=", "-=", ".=", "...", "<<", ">>",
        ],
        wordExtras: ["$", "\\"], hereDocuments: ["<<<"])
}

extension Grammar {
    static let php = Grammar(
        lexical: .php, members: ["->", "?->", "::"], emptyCountingAlternatives: ["?:"], alternatives: ["??"],
        joinMark: ".",
        keywords: [
            "namespace", "use", "return", "if", "else", "elseif", "for", "foreach", "while", "do", "switch", "case",
            "default", "class", "interface", "trait", "enum", "public", "private", "protected", "static", "final",
            "abstract", "readonly", "function", "fn", "throw", "catch", "finally", "const", "echo", "print", "global",
            "break", "continue", "extends", "implements",
        ],
        prefixes: ["new", "clone"], bindingAnnotations: ["Autowire"], functionWords: ["function"])
}
