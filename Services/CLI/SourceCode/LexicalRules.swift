/// What a language's texts are made of, as far as finding words, strings and comments goes.
package struct LexicalRules: Sendable {
    package struct BlockComment: Sendable {
        let open: String
        let close: String
        var nests = false
    }

    package enum Interpolation: Sendable {
        case none
        /// `${…}`, and `$name` where `bareNames`
        case dollarBrace(bareNames: Bool)
        /// `\(…)`
        case backslashParenthesis
        /// `#{…}`
        case hashBrace
        /// `{…}` with `{{` for a brace (f-strings, `$"…"`)
        case brace
    }

    package struct StringRule: Sendable {
        /// With its prefix: `f"""`, `r'`, `$"`, `#"`. The longest that fits counts.
        let open: String
        let close: String
        /// Backslash escapes.
        var escapes = true
        /// Two of the closing mark stand for one (`@"…""…"`, SQL-like).
        var doubles = false
        var spansLines = false
        var interpolation = Interpolation.none
    }

    var lineComments: [String] = ["//"]
    var blockComments: [BlockComment] = [BlockComment(open: "/*", close: "*/")]
    var strings: [StringRule]
    /// Longest first; brackets and single characters need not be listed.
    var marks: [String]
    /// Whether a line end is a token.
    var linesMatter = false
    /// Characters beside letters, digits and `_` that a word may hold (`$`, `@`), and begin with.
    var wordExtras: Set<Character> = []
    /// JavaScript: a slash where a value is expected begins a regular expression.
    var hasRegularExpressions = false
}
