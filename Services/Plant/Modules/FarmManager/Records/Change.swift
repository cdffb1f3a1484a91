package import PlantKit

/// Who changes something, and when.
package struct Change: Sendable {
    /// A token's subject.
    package let by: String
    /// When it happened; seconds since the epoch. What was done in the morning may be entered in the evening.
    package let at: Int64
    /// When it is entered; seconds since the epoch.
    package let now: Int64
    package let makeID: @Sendable () -> String

    package init(by: String, at: Int64, now: Int64, makeID: @escaping @Sendable () -> String) {
        self.by = by
        self.at = at
        self.now = now
        self.makeID = makeID
    }

    package var day: CivilDate { CivilDate(of: at) }
}
