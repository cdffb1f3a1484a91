import Crypto

/// What comes from outside is bounded before it is kept for years.
enum AuditBounds {
    /// Bytes.
    static let field = 512
    static let details = 8192
    static let roles = 32

    /// At most so many bytes, never half of a character; without U+0000, which no database here holds.
    static func cut(_ text: String, limit: Int = field) -> String {
        guard text.utf8.count > limit || text.utf8.contains(0) else { return text }
        var kept = String.UnicodeScalarView()
        var size = 0
        for scalar in text.unicodeScalars {
            let written = scalar.value == 0 ? "\u{FFFD}" : scalar
            size += UTF8.width(written)
            guard size <= limit else { break }
            kept.append(written)
        }
        return String(kept)
    }

    /// Sorted; they are kept as words, so a blank inside of one would make two of it.
    static func roles(_ roles: [String]) -> [String] {
        Set(roles.filter { !$0.isEmpty }).sorted().prefix(Self.roles).map { role in
            String(cut(role, limit: 64).map { $0 == " " ? "_" : $0 })
        }
    }

    /// JSON stays JSON: half of it would be none.
    static func details(_ text: String) -> String {
        guard text.utf8.count > details || text.utf8.contains(0) else { return text }
        let hash = AuditHash.hex(SHA256.hash(data: Array(text.utf8)))
        return #"{"cut":true,"bytes":\#(text.utf8.count),"sha256":"\#(hash)"}"#
    }
}
