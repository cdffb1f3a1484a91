/// Which tokens were shown once of late: a mark of 32 bits for each, in a table of one size, where a later one may take an
/// earlier one's place. Forgets some, and one in billions it takes for another; who asks loses nothing by either.
struct RecentSights {
    private static let places = 16_384
    /// Empty until there is something to note.
    private var marks: [UInt32] = []

    /// - Returns: whether it was noted before.
    mutating func note(_ digest: TokenDigest) -> Bool {
        if marks.isEmpty { marks = [UInt32](repeating: 0, count: Self.places) }
        let (place, mark) = (Int(digest.mark >> 32) & (Self.places - 1), UInt32(truncatingIfNeeded: digest.mark))
        if marks[place] == mark { return true }
        marks[place] = mark
        return false
    }
}
