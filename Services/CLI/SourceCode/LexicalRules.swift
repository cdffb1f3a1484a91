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
        /// One character or one escape, else it is no string at all (Rust: `'a'` and the lifetime `'a`).
        var isCharacter = false
    }

    /// Where several begin alike, the longest counts.
    var lineComments: [String] = ["//"]
    var blockComments: [BlockComment] = [BlockComment(open: "/*", close: "*/")]
    var strings: [StringRule]
    /// The longest that fits counts; brackets and single characters need not be listed.
    var marks: [String]
    /// Whether a line end is a token; one behind a backslash never is.
    var linesMatter = false
    /// Opening brackets within which a line end is none: `([{` in Python, `([` in Go.
    var joiningBrackets: Set<Character> = []
    /// Characters beside letters, digits and `_` that a word may hold (`$`, `@`), and begin with. ASCII.
    var wordExtras: Set<Character> = []
    /// JavaScript: a slash where a value is expected begins a regular expression.
    var hasRegularExpressions = false
    /// What opens a text that goes up to a line with its word: `<<~`, `<<-` (Ruby), `<<<` (PHP). Read without
    /// interpolation.
    var hereDocuments: [String] = []
}
