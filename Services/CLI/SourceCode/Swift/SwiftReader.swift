import Evidence

/// Swift: the process's environment, Vapor and Hummingbird, swift-configuration, ArgumentParser; jwt-kit and bare HMACs.
struct SwiftReader: SourceReader {
    let endings: Set<String> = ["swift"]

    func facts(of text: String, file: String) -> SourceFacts {
        let statements = SyntaxStatements.statements(of: text, file: file, grammar: .swift)
        return FileReading(statements, file: file, dialect: SwiftDialect()).read()
    }
}

extension LexicalRules {
    /// The Swift Programming Language, "Lexical Structure".
    static let swift = LexicalRules(
        blockComments: [BlockComment(open: "/*", close: "*/", nests: true)],
        strings: [
            StringRule(open: "#\"\"\"", close: "\"\"\"#", escapes: false, spansLines: true),
            StringRule(open: "#\"", close: "\"#", escapes: false),
            StringRule(open: "\"\"\"", close: "\"\"\"", spansLines: true, interpolation: .backslashParenthesis),
            StringRule(open: "\"", close: "\"", interpolation: .backslashParenthesis),
        ],
        marks: [
            "->", "===", "!==", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "...", "..<", "+=", "-=", "*=", "/=",
        ],
        linesMatter: true, joiningBrackets: ["(", "["], wordExtras: ["$"])
}

extension Grammar {
    static let swift = Grammar(
        lexical: .swift, members: [".", "?."],
        keywords: [
            "import", "let", "var", "func", "return", "if", "guard", "else", "for", "while", "repeat", "switch", "case",
            "default", "class", "struct", "enum", "extension", "protocol", "actor", "do", "catch", "throw", "throws",
            "defer", "where", "in", "is", "static", "private", "public", "package", "internal", "fileprivate", "open",
            "final", "override", "mutating", "lazy", "weak", "unowned", "nonisolated", "break", "continue", "typealias",
            "async", "rethrows", "get", "set",
        ],
        prefixes: ["try", "await", "any", "some", "inout", "consuming", "borrowing", "copy", "consume"],
        hasPostfixQuestion: true, hasPostfixBang: true, hasTrailingClosures: true, typeFollowsName: true,
        hasCasts: true,
        bindingAnnotations: ["@Option"], functionWords: ["func"])
}
