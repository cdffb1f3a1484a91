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
        let words = asciiWords(of: key) ?? words(of: key)
        let isNamed = words.contains(where: sensitiveWords.contains) || words.suffix(2) == ["api", "key"]
        return isNamed && !(words.last.map(harmlessEndings.contains) ?? false)
    }

    /// As `words(of:)`, by bytes: every field of every log line passes here. Nil for a key that is not ASCII.
    private static func asciiWords(of key: String) -> [String]? {
        var words: [String] = []
        var word: [UInt8] = []
        var previousIsLowercase = false
        func endWord() {
            if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
            word.removeAll(keepingCapacity: true)
        }
        for byte in key.utf8 {
            guard byte < 0x80 else { return nil }
            let isUppercase = byte >= 0x41 && byte <= 0x5A
            let isLowercase = byte >= 0x61 && byte <= 0x7A
            if isUppercase && previousIsLowercase { endWord() }
            if isUppercase || isLowercase || byte >= 0x30 && byte <= 0x39 {
                word.append(isUppercase ? byte | 0x20 : byte)
            } else {
                endWord()
            }
            previousIsLowercase = isLowercase
        }
        endWord()
        return words
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
