import Evidence

/// Whether a call's spelling says that it loads a signing secret: `get_jwt_secret()`, `SecretManager().get_secret()`.
enum LoaderNames {
    static func speaksOfLoading(_ spelling: String) -> Bool {
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
