/// What becomes of an answer that is still on its way, or of a tunnel, when the token of its request expires or is revoked:
/// a route's `on_token_end`.
package enum TokenEndRule: String, Sendable, CaseIterable {
    case close, keep

    /// Where a route says nothing: a tunnel, and an answer whose length nobody has stated (events, a log that goes on, an
    /// export), end with the token. A download with a length has an end of its own, which was allowed when it began.
    /// - Parameter isEndless: a tunnel, or an answer without a stated length.
    static func closes(_ rule: TokenEndRule?, isEndless: Bool) -> Bool {
        switch rule {
        case .close: true
        case .keep: false
        case nil: isEndless
        }
    }
}
