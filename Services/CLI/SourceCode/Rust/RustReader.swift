import Evidence

/// Rust: `env::var`, clap, config, envy and figment; jsonwebtoken, jwt and jwt-simple.
struct RustReader: SourceReader {
    let endings: Set<String> = ["rs"]

    func facts(of text: String, file: String) -> SourceFacts {
        let statements = SyntaxStatements.statements(of: text, file: file, grammar: .rust)
        let reading = FileReading(
            statements, file: file, dialect: RustDialect(settings: RustSettings(statements)))
        return reading.read()
    }
}

extension LexicalRules {
    /// The Rust Reference, "Lexical structure".
    static let rust = LexicalRules(
        blockComments: [BlockComment(open: "/*", close: "*/", nests: true)],
        strings: [
            StringRule(open: "r##\"", close: "\"##", escapes: false, spansLines: true),
            StringRule(open: "r#\"", close: "\"#", escapes: false, spansLines: true),
            StringRule(open: "br#\"", close: "\"#", escapes: false, spansLines: true),
            StringRule(open: "r\"", close: "\"", escapes: false, spansLines: true),
            StringRule(open: "br\"", close: "\"", escapes: false, spansLines: true),
            StringRule(open: "b\"", close: "\"", spansLines: true),
            StringRule(open: "\"", close: "\"", spansLines: true),
            StringRule(open: "b'", close: "'", isCharacter: true), StringRule(open: "'", close: "'", isCharacter: true),
        ],
        marks: ["::", "->", "=>", "==", "!=", "<=", ">=", "&&", "||", "..=", "..", "+=", "-=", "*=", "/="])
}

extension Grammar {
    static let rust = Grammar(
        lexical: .rust, members: [".", "::"], emptyCountingAlternatives: [], alternatives: [],
        keywords: [
            "use", "mod", "pub", "fn", "let", "return", "if", "else", "for", "while", "loop", "match", "struct", "enum",
            "impl", "trait", "const", "static", "in", "where", "break", "continue", "type", "unsafe", "extern", "crate",
            "async", "dyn",
        ],
        prefixes: ["mut", "ref", "move"], prefixMarks: ["!", "-", "&", "*", "&&"], hasTernary: false,
        hasPostfixQuestion: true, hasMacros: true, hasBarClosures: true, typeFollowsName: true, hasCasts: true,
        hasStructLiterals: true, bindingAnnotations: ["arg", "clap", "structopt"], functionWords: ["fn"],
        hasTailValues: true)
}
