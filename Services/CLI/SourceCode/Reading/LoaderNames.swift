import Evidence

/// Whether a call's spelling says that it loads a signing secret: `get_jwt_secret()`, `SecretManager().get_secret()`.
enum LoaderNames {
    /// Whether a name in a chain of calls and members speaks of a secret or a key at all: most calls do not.
    static func mayLoad(_ callee: Expression) -> Bool {
        var object: Expression? = callee
        while let here = object {
            switch here.kind {
            case .name(let name): return SigningSecretName.mayBe(name)
            case .member(let inner, let member):
                if SigningSecretName.mayBe(member) { return true }
                object = inner
            case .call(let callee, _): object = callee
            default: return false
            }
        }
        return false
    }

    static func speaksOfLoading(_ spelling: String) -> Bool {
        guard SigningSecretName.mayBe(spelling) else { return false }
        let lower = spelling.lowercased()
        guard lower.contains("secret") || lower.contains("jwt") || lower.contains("signing") || lower.contains("key")
        else { return false }
        if lower.contains("secretmanager") || lower.contains("secret_manager") || lower.contains("keyring") {
            return true
        }
        let verbs = ["get", "load", "read", "fetch", "resolve", "access", "provide", "obtain", "retrieve"]
        let last = lower.split { $0 == "." }.last.map(String.init) ?? lower
        return last.contains("()") && verbs.contains { last.hasPrefix($0) || last.hasPrefix("_" + $0) }
            && (last.contains("secret") || last.contains("key")
                || lower.contains("jwt") && (lower.contains("secret") || lower.contains("key")))
    }
}
