import Secrets

/// What a new password must be (NIST SP 800-63B §3.1.1.2: length and a blocklist, no composition rules).
enum PasswordPolicy {
    /// Characters.
    static let length = 12...256

    enum Violation: Error, Equatable, Sendable, CaseIterable {
        case tooShort, tooLong, equalsEmail, common, breached

        /// For the person who chose it.
        var advice: String {
            switch self {
            case .tooShort: "use at least \(length.lowerBound) characters; a sentence is a good password"
            case .tooLong: "use at most \(length.upperBound) characters"
            case .equalsEmail: "choose one that is not your email address"
            case .common: "this one is on every attacker's list; choose another"
            case .breached: "this one is known from a breach of some other service; choose another"
            }
        }
    }

    /// - Parameter email: whose password it is to be; nil where that isn't known.
    static func check(_ password: Password, for email: EmailAddress?) throws(Violation) {
        // First: of one that is too long nothing is kept to be counted.
        guard !password.isTooLong, password.characterCount <= length.upperBound else { throw .tooLong }
        guard password.characterCount >= length.lowerBound else { throw .tooShort }
        let folded = password.secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }.lowercased()
        if let email, folded == email.text || folded == email.text.prefix(while: { $0 != "@" }) {
            throw .equalsEmail
        }
        if isCommon(folded) { throw .common }
    }

    /// On the list, or nothing but a short pattern again and again (`aaaaaaaaaaaa`, `123123123123`).
    private static func isCommon(_ folded: String) -> Bool {
        if CommonPasswords.list.contains(folded) { return true }
        let characters = Array(folded)
        return (1...4).contains { period in
            characters.indices.allSatisfy { characters[$0] == characters[$0 % period] }
        }
    }
}
