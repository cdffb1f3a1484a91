extension LexicalRules {
    /// The Python Language Reference, "Lexical analysis", as of 3.14: prefixes in any order and case, f-strings with
    /// expressions in them, lines joined within brackets.
    static let python: LexicalRules = {
        var strings: [StringRule] = []
        for prefix in ["", "b", "B", "u", "U", "f", "F", "t", "T"] + cases("r") + cases("rb") + cases("br")
            + cases("rf") + cases("fr") + cases("rt") + cases("tr")
        {
            let lower = prefix.lowercased()
            let holdsExpressions = lower.contains("f") || lower.contains("t")
            for quote in ["\"\"\"", "'''", "\"", "'"] {
                strings.append(
                    StringRule(
                        open: prefix + quote, close: quote, escapes: !lower.contains("r"), spansLines: quote.count == 3,
                        interpolation: holdsExpressions ? .brace : .none))
            }
        }
        return LexicalRules(
            lineComments: ["#"], blockComments: [], strings: strings,
            marks: [
                "**=", "//=", ">>=", "<<=", "...", "**", "//", "<<", ">>", "<=", ">=", "==", "!=", "->", ":=", "+=",
                "-=",
                "*=", "/=", "%=", "&=", "|=", "^=", "@=",
            ],
            linesMatter: true, joiningBrackets: ["(", "[", "{"])
    }()

    private static func cases(_ prefix: String) -> [String] {
        prefix.reduce([""]) { spellings, letter in
            spellings.flatMap { [$0 + letter.lowercased(), $0 + letter.uppercased()] }
        }
    }
}
