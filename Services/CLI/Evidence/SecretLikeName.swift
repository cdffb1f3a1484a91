/// Which names speak of a secret, so that a value beside them is worth a look. What such a value means is for the rules.
package enum SecretLikeName {
    /// `JWT_SECRET`, `SECRET_KEY`, `api-token`, `DbPassword`; not `JWT_SECRET_FILE`, `TOKEN_TTL_SECONDS`, `KEY_ID`, which
    /// say where a secret is or how it is used.
    package static func isLikely(_ name: String) -> Bool {
        let words = words(of: name)
        guard let last = words.last, !facts.contains(last) else { return false }
        if words.contains(where: secretWords.contains) { return true }
        // A key by itself opens a map more often than a door.
        if last == "key" || last == "keys" { return words.count > 1 }
        return words.contains("jwt") && words.count == 1
    }

    /// `jwtSecretKey`, `JWT_SECRET_KEY`, `jwt-secret.key` as `jwt secret key`.
    package static func words(of name: String) -> [String] {
        var words: [String] = []
        var word = ""
        var before: Character?
        for character in name {
            let isPart = character.isLetter || character.isNumber
            let opensWord = character.isUppercase && (before?.isLowercase ?? false)
            if !isPart || opensWord {
                if !word.isEmpty { words.append(word.lowercased()) }
                word = ""
            }
            if isPart { word.append(character) }
            before = character
        }
        if !word.isEmpty { words.append(word.lowercased()) }
        return words
    }

    private static let secretWords: Set<String> = [
        "secret", "secrets", "secretkey", "password", "passwd", "pwd", "passphrase", "token", "credential",
        "credentials",
        "apikey", "salt", "signing", "jwtsecret", "pepper",
    ]

    /// A last word that makes the name one of a place or of a fact about the secret.
    private static let facts: Set<String> = [
        "file", "path", "dir", "store", "url", "uri", "name", "id", "ids", "arn", "algorithm", "alg", "ttl", "expire",
        "expires", "expiry", "expiration", "lifetime", "minutes", "hours", "days", "seconds", "version", "enabled",
        "header", "issuer", "audience", "leeway", "length", "bytes", "aliases", "type", "region", "project", "endpoint",
        "host", "limit", "prefix", "rotation", "manager", "provider",
    ]
}
