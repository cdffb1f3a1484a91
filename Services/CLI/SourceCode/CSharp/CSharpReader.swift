import Evidence

/// C#: variables, `IConfiguration` and options, Microsoft's token handlers and JWT.NET.
struct CSharpReader: SourceReader {
    let endings: Set<String> = ["cs"]

    func facts(of text: String, file: String) -> SourceFacts {
        let statements = SyntaxStatements.statements(of: text, file: file, grammar: .csharp)
        return FileReading(statements, file: file, dialect: CSharpDialect()).read()
    }
}

extension LexicalRules {
    /// The C# language specification, "Lexical structure".
    static let csharp = LexicalRules(
        lineComments: ["//", "#region", "#endregion", "#pragma", "#nullable", "#if", "#else", "#endif"],
        strings: [
            StringRule(open: "$\"\"\"", close: "\"\"\"", escapes: false, spansLines: true, interpolation: .brace),
            StringRule(open: "\"\"\"", close: "\"\"\"", escapes: false, spansLines: true),
            StringRule(
                open: "$@\"", close: "\"", escapes: false, doubles: true, spansLines: true, interpolation: .brace),
            StringRule(
                open: "@$\"", close: "\"", escapes: false, doubles: true, spansLines: true, interpolation: .brace),
            StringRule(open: "@\"", close: "\"", escapes: false, doubles: true, spansLines: true),
            StringRule(open: "$\"", close: "\"", interpolation: .brace), StringRule(open: "\"", close: "\""),
            StringRule(open: "'", close: "'"),
        ],
        marks: [
            "=>", "??=", "??", "?.", "::", "==", "!=", "<=", ">=", "&&", "||", "++", "--", "+=", "-=", "*=", "/=", "->",
            "..",
        ])
}

extension Grammar {
    static let csharp = Grammar(
        lexical: .csharp, members: [".", "?.", "::"], alternatives: ["??"],
        keywords: [
            "using", "namespace", "return", "if", "else", "for", "foreach", "while", "do", "switch", "case", "default",
            "class", "interface", "enum", "struct", "record", "public", "private", "protected", "internal", "static",
            "readonly", "const", "sealed", "abstract", "virtual", "override", "async", "throw", "catch", "finally",
            "var",
            "void", "partial", "break", "continue", "is", "where", "get", "set", "init", "required", "in",
        ],
        prefixes: ["new", "await", "ref", "out"], hasPostfixQuestion: true, hasPostfixBang: true, arrowBinds: true)
}
