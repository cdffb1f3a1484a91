import Crypto
import Secrets
import Storage

/// Puts letters into the outbox, in the transaction of what they tell: neither is committed without the other.
struct PostOffice: Sendable {
    /// Letters of one hour to one address. A stranger can have them sent by typing an address into a form: more than
    /// these is nobody's mistake.
    static let perHour: Int64 = 5

    let seal: LetterSeal
    let entropy: Entropy

    /// - Parameter limited: whether a stranger may have caused it. What the owner has done is always told.
    /// - Returns: false when the address has had its letters of this hour.
    @discardableResult
    func post(
        _ letter: Letter, limited: Bool, now: Int64, _ transaction: any SQLTransaction
    ) async throws -> Bool {
        let id = entropy.identifier()
        if limited {
            let recipient = Self.recipient(letter.to)
            let sent = try await transaction.query(
                "SELECT COUNT(*) AS letters FROM mail_counts WHERE recipient = ? AND sent_at > ?",
                [.text(recipient), .integer(now - 3600)]
            ).first?.integer("letters")
            guard (sent ?? 0) < Self.perHour else { return false }
            try await transaction.execute(
                "INSERT INTO mail_counts (event_id, recipient, sent_at) VALUES (?, ?, ?)",
                [.text(id), .text(recipient), .integer(now)])
        }
        try await OutboxRows.insert(
            into: .mails, eventID: id, payload: try seal.seal(letter, id: id), now: now, transaction)
        return true
    }

    /// Counts letters to an address without spelling it.
    private static func recipient(_ address: String) -> String {
        Base64URL.encode(SHA256.hash(data: Array("lockstep/portal/recipient/v1\n\(address)".utf8)))
    }
}
