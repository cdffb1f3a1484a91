import Evidence

/// Java and Kotlin: variables, Spring's, Quarkus' and Micronaut's settings, jjwt, java-jwt, Nimbus and Spring Security.
struct JavaReader: SourceReader {
    let endings: Set<String> = ["java", "kt", "kts"]

    func facts(of text: String, file: String) -> SourceFacts {
        let isJava = file.hasSuffix(".java")
        let statements = SyntaxStatements.statements(of: text, file: file, grammar: isJava ? .java : .kotlin)
        return FileReading(statements, file: file, dialect: JavaDialect(language: isJava ? .java : .kotlin)).read()
    }
}

extension LexicalRules {
    /// The Java Language Specification, chapter 3.
    static let java = LexicalRules(
        strings: [
            StringRule(open: "\"\"\"", close: "\"\"\"", spansLines: true), StringRule(open: "\"", close: "\""),
            StringRule(open: "'", close: "'"),
        ],
        marks: ["->", "::", "==", "!=", "<=", ">=", "&&", "||", "++", "--", "+=", "-=", "*=", "/=", "..."])

    /// The Kotlin specification, "Lexical grammar".
    static let kotlin = LexicalRules(
        blockComments: [BlockComment(open: "/*", close: "*/", nests: true)],
        strings: [
            StringRule(
                open: "\"\"\"", close: "\"\"\"", escapes: false, spansLines: true,
                interpolation: .dollarBrace(bareNames: true)),
            StringRule(open: "\"", close: "\"", interpolation: .dollarBrace(bareNames: true)),
            StringRule(open: "'", close: "'"),
        ],
        marks: [
            "->", "::", "===", "!==", "==", "!=", "<=", ">=", "&&", "||", "?:", "?.", "!!", "++", "--", "+=", "-=",
            "*=",
            "/=", "..", "..<",
        ],
        linesMatter: true, joiningBrackets: ["(", "["])
}

extension Grammar {
    private static let settings: Set<String> = [
        "@Value", "@ConfigProperty", "@Property", "@ConfigurationProperty",
    ]

    static let java = Grammar(
        lexical: .java, members: [".", "::"], alternatives: [],
        keywords: [
            "package", "import", "return", "if", "else", "for", "while", "do", "switch", "case", "default", "class",
            "interface", "enum", "record", "public", "private", "protected", "static", "final", "abstract", "volatile",
            "transient", "synchronized", "throw", "throws", "extends", "implements", "catch", "finally", "break",
            "continue", "var", "void",
        ],
        hasGetters: true, bindingAnnotations: settings)

    static let kotlin = Grammar(
        lexical: .kotlin, members: [".", "?.", "::"], emptyCountingAlternatives: ["||"], alternatives: ["?:"],
        keywords: [
            "package", "import", "return", "if", "else", "for", "while", "do", "when", "class", "interface", "enum",
            "object", "fun", "val", "var", "public", "private", "protected", "internal", "override", "open", "data",
            "abstract", "companion", "throw", "catch", "finally", "break", "continue", "lateinit", "by", "const", "in",
            "is", "suspend", "inline", "operator",
        ],
        prefixes: ["try"], hasTernary: false, hasPostfixQuestion: true, hasPostfixBang: true, hasTrailingClosures: true,
        typeFollowsName: true, hasCasts: true, hasGetters: true, bindingAnnotations: settings, functionWords: ["fun"])
}
