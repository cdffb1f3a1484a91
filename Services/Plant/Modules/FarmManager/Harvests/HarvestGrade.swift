/// How good a harvest is, as people sort it.
package enum HarvestGrade: String, Sendable, CaseIterable, Codable {
    case a, b, c
    /// Harvested, and not to be sold.
    case waste
}
