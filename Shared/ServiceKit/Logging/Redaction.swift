/// The last guard before a log line is written. Nobody logs a secret on purpose; this is for the day when somebody adds
/// a header or a body to some metadata.
package enum Redaction {
    package static let mask = "[redacted]"

    private static let sensitiveWords: Set<String> = [
        "authorization", "cookie", "cookies", "credential", "credentials", "password", "passwd", "passphrase", "secret",
        "secrets", "token", "tokens", "apikey", "assertion", "seed", "otp",
    ]
    /// `token_kid` and `secret_source` speak of a secret and do not show it.
    private static let harmlessEndings: Set<String> = [
        "kid", "kids", "source", "sources", "code", "count", "bytes", "length", "name", "names", "version", "state",
        "status", "type", "alg", "algorithm", "issuer", "audience", "environment", "present", "result", "seconds",
    ]

    /// Whether a value under this key must not be shown: one of its words (`Set-Cookie`, `refresh_token`,
    /// `clientSecret`) names a secret, and its last word is not a property of one.
    package static func isSensitive(_ key: String) -> Bool {
        let words = words(of: key)
        let isNamed = words.contains(where: sensitiveWords.contains) || words.suffix(2) == ["api", "key"]
        return isNamed && !(words.last.map(harmlessEndings.contains) ?? false)
    }

    private static func words(of key: String) -> [String] {
        var words: [String] = []
        var word = ""
        var previousIsLowercase = false
        for character in key {
            if character.isUppercase && previousIsLowercase {
                words.append(word)
                word = ""
            }
            if character.isLetter || character.isNumber {
                word += character.lowercased()
            } else if !word.isEmpty {
                words.append(word)
                word = ""
            }
            previousIsLowercase = character.isLowercase
        }
        if !word.isEmpty { words.append(word) }
        return words
    }
}
