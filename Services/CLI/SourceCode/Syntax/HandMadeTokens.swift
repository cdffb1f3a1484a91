import Evidence

/// Tokens that are made of a bare HMAC: whether the function around signs or verifies shows in its name.
enum HandMadeTokens {
    static func action(in scope: Scope) -> TokenUse.Action {
        let words = NameWords.of(scope.function?.name ?? "")
        let checking: Set<String> = [
            "verify", "verifies", "validate", "check", "parse", "valid", "authenticate", "decode", "is",
        ]
        return words.isDisjoint(with: checking) ? .sign : .verify
    }
}
