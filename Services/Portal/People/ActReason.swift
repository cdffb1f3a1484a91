/// Why an administrator does something to somebody's account, in their words: one line, with no control or format characters,
/// for the audit trail.
struct ActReason: Sendable, Equatable {
    static let maximumCharacters = 200

    let text: String

    /// Nil when it is empty, too long, or not plain text.
    init?(_ candidate: String) {
        let kept = BoundedText.line(candidate, maximumBytes: 4 * Self.maximumCharacters)
        guard kept == candidate, kept.count <= Self.maximumCharacters,
            let first = kept.firstIndex(where: { !$0.isWhitespace }),
            let last = kept.lastIndex(where: { !$0.isWhitespace })
        else { return nil }
        text = String(kept[first...last])
    }
}
