import Crypto
import Secrets

/// The `Idempotency-Key` that a form carries: sent twice (an impatient hand, a lost answer) it is done once.
///
/// It follows from what the form was shown with, not from chance: a live page that is fetched again has the same forms, so
/// nothing that somebody types is replaced. What changes the facts makes another key.
enum OnceKey {
    static func make(_ form: String, facts: [String], for visitor: Visitor) -> String {
        var hash = SHA256()
        for part in [visitor.session.id, form] + facts {
            hash.update(data: Array("\(part.utf8.count):\(part)".utf8))
        }
        return Base64URL.encode(Array(hash.finalize().prefix(18)))
    }

    /// Nil for what no page of ours has written.
    static func parse(_ text: String) -> String? { RecordID(text)?.text }
}
