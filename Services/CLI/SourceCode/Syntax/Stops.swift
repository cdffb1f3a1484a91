/// Where code goes no further: it throws, panics, or gives a fault back.
enum Stops {
    private static let words: Set<String> = ["throw", "raise", "exit", "die", "abort", "panic"]
    private static let calls: Set<String> = [
        "panic", "Fatal", "Fatalf", "Fatalln", "Exit", "exit", "fatalError", "preconditionFailure", "error", "abort",
        "die", "panic!", "bail!", "raise", "Panic", "Panicf", "Panicln", "FailFast", "unreachable!", "fail",
        "exitProcess", "error!",
    ]

    static func contains(_ phrase: Phrase) -> Bool {
        guard let first = phrase.expressions.first else { return false }
        if let keyword = phrase.keyword { return words.contains(keyword) }
        return isStop(first)
    }

    /// An expression that does not give a value.
    static func isStop(_ syntax: Syntax) -> Bool {
        if case .word(let word) = syntax.kind { return words.contains(word) }
        return syntax.calledName.map(calls.contains) ?? false
    }

    /// The same, or a value that is a fault: `errors.New(…)`, `fmt.Errorf(…)`, `Err(…)`, `err`.
    static func isFault(_ syntax: Syntax) -> Bool {
        if isStop(syntax) { return true }
        if case .group("{", let inner) = syntax.kind { return inner.first.map(contains) ?? false }
        // `{ fatalError("…") }()`
        if case .call(let callee, _) = syntax.kind, case .group = callee.kind { return isFault(callee) }
        guard let name = syntax.name else { return false }
        if name == "err" || name == "Errorf" || name.hasPrefix("Err") { return true }
        return syntax.isCall && name == "New" && syntax.root == "errors"
    }
}
