import FoundationEssentials

/// Letters have secrets in them, and the database may be read by who should not sign in: they lie there sealed with
/// `PORTAL_DATA_KEY`.
struct LetterSeal: Sendable {
    let seal: DataKeySeal

    /// - Parameter id: of the message: what is sealed for one opens as no other.
    func seal(_ letter: Letter, id: String) throws -> String {
        try seal.seal(Array(JSONEncoder().encode(letter)), for: id)
    }

    /// Nil for what was sealed with another key, or tampered with.
    func open(_ sealed: String, id: String) -> Letter? {
        guard let bytes = seal.open(sealed, for: id) else { return nil }
        return try? JSONDecoder().decode(Letter.self, from: Data(bytes))
    }
}
