/// How far a planting has come.
package enum PlantingStatus: String, Sendable, CaseIterable, Codable {
    case planned, active, finished
    /// Planned, and given up before anything was planted.
    case cancelled
}
