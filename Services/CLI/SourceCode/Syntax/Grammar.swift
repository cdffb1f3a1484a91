/// How the expressions of a language are put together, as far as `SyntaxParser` needs it.
struct Grammar: Sendable {
    let lexical: LexicalRules
    /// Between an object and its member.
    var members: Set<String> = ["."]
    /// Of the first, what is left of it is passed over where it is absent or empty; of the second, where it is absent.
    var emptyCountingAlternatives: Set<String> = ["||"]
    var alternatives: Set<String> = ["??"]
    /// The mark that joins texts beside `+`.
    var joinMark: String?
    /// Words that begin or shape a phrase and are no operand.
    var keywords: Set<String> = []
    /// Words before an operand that do not change its value.
    var prefixes: Set<String> = ["new", "await", "try"]
    /// Marks before an operand that do not.
    var prefixMarks: Set<String> = ["!", "-", "&", "*", "~", "..."]
    /// `a ? b : c`
    var hasTernary = true
    /// `a?` and `a!` give what `a` holds.
    var hasPostfixQuestion = false
    var hasPostfixBang = false
    /// `f { … }`: a block right behind a call is an argument of it.
    var hasTrailingClosures = false
    /// `f a, b` is a call.
    var hasCommandCalls = false
    /// `f::<T>(…)`, `f<T>(…)`
    var hasGenerics = true
    /// `name!(…)`
    var hasMacros = false
    /// `|x| …` is a closure.
    var hasBarClosures = false
    /// `:name` is a text.
    var hasSymbols = false
    /// `[]byte(…)`: a type before the name.
    var hasTypePrefixes = false
    /// The name comes before its type: `x: String = …`, or without the colon as in Go.
    var typeFollowsName = false
    /// `as T` behind a value.
    var hasCasts = false
    /// `Config{…}` is a value where `Config` begins with a capital.
    var hasStructLiterals = false
    /// `config.getSecret()` is the member `secret` of `config`.
    var hasGetters = false
    /// `Secret => value` declares a property (C#).
    var arrowBinds = false
    /// Annotations, attributes and tags that say where a field's value comes from.
    var bindingAnnotations: Set<String> = []
    /// A line end ends an item in round brackets too (Go, where a list that goes on has a comma there).
    var linesEndItems = false
    /// What declares a function with a name: `func`, `fun`, `def`. Empty where a type stands there (Java, C#).
    var functionWords: Set<String> = []
    /// The last expression of a function is its value.
    var hasTailValues = false
}
