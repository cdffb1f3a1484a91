/// How long verdicts are used without asking again.
package struct VerdictLifetimes: Sendable, Equatable {
    /// Seconds; 0 keeps none.
    package var confirmed: Int64
    /// Of the plant's no (401, 403, 404), in seconds; 0 keeps none.
    package var refused: Int64
    /// At most, of either, while revocations do not arrive; in seconds.
    package var whenLost: Int64

    package init(confirmed: Int64, refused: Int64, whenLost: Int64 = 5) {
        self.confirmed = confirmed
        self.refused = refused
        self.whenLost = whenLost
    }

    /// GW_ALWAYS_VALIDATE_WITH_PLANT.
    package static let none = VerdictLifetimes(confirmed: 0, refused: 0)
}

/// How long a confirmation serves beyond its time to live, never beyond the token itself (after RFC 5861).
package struct StaleBounds: Sendable, Equatable {
    /// Seconds during which it is used while one call in the background asks anew.
    package var whileRevalidating: Int64
    /// Seconds during which it stands in for a plant that can't be asked.
    package var ifError: Int64

    package init(whileRevalidating: Int64, ifError: Int64) {
        self.whileRevalidating = whileRevalidating
        self.ifError = ifError
    }

    package static let none = StaleBounds(whileRevalidating: 0, ifError: 0)
}
