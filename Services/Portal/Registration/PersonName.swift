/// What a person wants to be called: one line, at most 100 characters, with no control or format characters.
struct PersonName: Sendable, Equatable {
    static let maximumCharacters = 100
    static let maximumBytes = 400

    let text: String

    /// Nil when it is empty, too long, or not plain text.
    init?(_ candidate: String) {
        let kept = BoundedText.line(candidate, maximumBytes: Self.maximumBytes)
        guard kept == candidate, kept.count <= Self.maximumCharacters,
            let first = kept.firstIndex(where: { !$0.isWhitespace }),
            let last = kept.lastIndex(where: { !$0.isWhitespace })
        else { return nil }
        text = String(kept[first...last])
    }
}
