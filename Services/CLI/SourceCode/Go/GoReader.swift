import Evidence

/// Go: `os.Getenv` and the libraries that fill structs from variables; golang-jwt, jwx, go-jose and the middleware that
/// takes a key.
struct GoReader: SourceReader {
    let endings: Set<String> = ["go"]

    func facts(of text: String, file: String) -> SourceFacts {
        let statements = SyntaxStatements.statements(of: text, file: file, grammar: .go)
        return FileReading(statements, file: file, dialect: GoDialect(GoSettings(statements))).read()
    }
}

extension LexicalRules {
    /// The Go programming language specification, "Lexical elements".
    static let go = LexicalRules(
        strings: [
            StringRule(open: "\"", close: "\""), StringRule(open: "'", close: "'"),
            StringRule(open: "`", close: "`", escapes: false, spansLines: true),
        ],
        marks: [
            ":=", "==", "!=", "<=", ">=", "&&", "||", "++", "--", "+=", "-=", "*=", "/=", "&^", "<-", "...", "|=", "&=",
        ],
        linesMatter: true)
}

extension Grammar {
    static let go = Grammar(
        lexical: .go,
        keywords: [
            "package", "import", "func", "return", "var", "const", "type", "struct", "interface", "if", "else", "for",
            "range", "switch", "case", "default", "go", "defer", "select", "break", "continue", "fallthrough", "goto",
        ],
        prefixes: [], hasTernary: false, hasGenerics: false, hasTypePrefixes: true, typeFollowsName: true,
        hasStructLiterals: true, linesEndItems: true, functionWords: ["func"])
}
