/// What the farm manager refuses, in its own words; what HTTP makes of it is told in one place, at the edge.
package enum FarmError: Error, Sendable, Equatable {
    package enum Kind: String, Sendable { case farm, block, crop, planting, harvest, alert, staff }

    /// Not there, or not within the caller's reach: the two look alike on purpose.
    case notFound(Kind)
    /// Somebody changed it since the caller read it.
    case stale(Kind, version: Int64)
    case transition(BlockTransitions.Refused)
    /// Field → what is wrong with it.
    case invalid([String: String])
    /// Someone else has this code.
    case taken(field: String)
    /// It contradicts what is there; the sentence says what, and what to do.
    case conflict(String)
}
