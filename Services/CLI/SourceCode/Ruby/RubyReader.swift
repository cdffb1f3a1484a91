import Evidence

/// Ruby: `ENV`, Rails' credentials and settings, ruby-jwt, devise-jwt, and frameworks that hold a secret.
struct RubyReader: SourceReader {
    let endings: Set<String> = ["rb", "ru", "rake"]

    func facts(of text: String, file: String) -> SourceFacts {
        let tokens = RubyBlocks.braced(Lexer.tokens(of: text, file: file, rules: .ruby))
        let statements = SyntaxStatements.statements(of: tokens, grammar: .ruby)
        return FileReading(statements, file: file, dialect: RubyDialect()).read()
    }
}

extension LexicalRules {
    /// ISO/IEC 30170, chapter 8, as far as keys go: no `%w[…]`, no regular expression without a name before it.
    static let ruby = LexicalRules(
        lineComments: ["#"], blockComments: [BlockComment(open: "=begin", close: "=end")],
        strings: [
            StringRule(open: "\"", close: "\"", spansLines: true, interpolation: .hashBrace),
            StringRule(open: "'", close: "'", spansLines: true),
            StringRule(open: "`", close: "`", interpolation: .hashBrace),
        ],
        marks: [
            "<=>", "===", "||=", "&&=", "**", "=>", "->", "::", "&.", "==", "!=", "<=", ">=", "&&", "||", "+=", "-=",
            "=~",
            "..", "<<",
        ],
        linesMatter: true, joiningBrackets: ["(", "["], wordExtras: ["@", "$"], hasRegularExpressions: true,
        hereDocuments: ["<<~", "<<-"])
}

extension Grammar {
    static let ruby = Grammar(
        lexical: .ruby, members: [".", "&.", "::"], emptyCountingAlternatives: [], alternatives: ["||", "or"],
        keywords: [
            "def", "class", "module", "if", "unless", "else", "elsif", "case", "when", "while", "until", "for", "in",
            "do", "then", "begin", "rescue", "ensure", "return", "and", "or", "not", "end", "yield", "next", "break",
            "private", "protected", "public", "self",
        ],
        prefixes: ["not"], hasPostfixQuestion: true, hasPostfixBang: true, hasTrailingClosures: true,
        hasCommandCalls: true, hasGenerics: false, hasSymbols: true, functionWords: ["def"], hasTailValues: true)
}
