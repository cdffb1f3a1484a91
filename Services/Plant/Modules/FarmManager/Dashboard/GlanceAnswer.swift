/// A farm of the list at a glance, as clients get it: a part of `DashboardAnswer`, by the same names.
struct GlanceAnswer: Codable, Sendable, Equatable {
    let farm: Farm
    let blockCount: Int64
    let blocksByState: [String: Int64]
    let activeYield: DashboardAnswer.Yields
    let alerts: [String: Int64]

    enum CodingKeys: String, CodingKey {
        case farm
        case blockCount = "block_count"
        case blocksByState = "blocks_by_state"
        case activeYield = "active_yield"
        case alerts = "active_alerts"
    }

    init(_ glance: FarmGlance) {
        farm = glance.farm
        blockCount = glance.blockCount
        blocksByState = DashboardAnswer.words(glance.blocksByState)
        activeYield = DashboardAnswer.Yields(glance.active)
        alerts = DashboardAnswer.words(glance.alerts)
    }
}
