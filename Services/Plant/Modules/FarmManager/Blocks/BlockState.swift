/// What a block of a farm is doing (DESIGN §9).
package enum BlockState: String, Sendable, CaseIterable, Codable {
    case empty, planned, planted, growing, fruiting, harvesting, cleaning
    /// Something is wrong; the state before it is kept, and the block returns to it.
    case alert

    /// A block in such a state has a planting.
    package var isOccupied: Bool {
        switch self {
        case .planned, .planted, .growing, .fruiting, .harvesting, .cleaning: true
        case .empty, .alert: false
        }
    }
}
