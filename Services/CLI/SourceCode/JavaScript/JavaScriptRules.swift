extension LexicalRules {
    /// ECMA-262 with the marks of TypeScript. A line end may end a statement, but not within round or square brackets.
    static let javascript = LexicalRules(
        strings: [
            StringRule(open: "\"", close: "\""),
            StringRule(open: "'", close: "'"),
            StringRule(open: "`", close: "`", spansLines: true, interpolation: .dollarBrace(bareNames: false)),
        ],
        marks: [
            ">>>=", "...", "===", "!==", "**=", "&&=", "||=", "??=", "=>", "==", "!=", "<=", ">=", "&&", "||", "??",
            "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "**",
        ],
        linesMatter: true, joiningBrackets: ["(", "["], wordExtras: ["$"], hasRegularExpressions: true)
}
