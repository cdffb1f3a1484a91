import PlantKit

/// Statistics as clients get them.
struct StatisticsAnswer: Codable, Sendable, Equatable {
    struct Figures: Codable, Sendable, Equatable {
        let harvests: Int64
        let harvested: Kilograms
        /// Plantings whose harvest ended in this time, and what they were to give and gave.
        let cycles: Int64
        let cycleYield: DashboardAnswer.Yields
        let early: Int64
        let onTime: Int64
        let late: Int64
        /// Percent of the expected changes of state; nil where nothing was expected.
        let onTimeShare: Double?

        enum CodingKeys: String, CodingKey {
            case harvests, cycles
            case harvested = "harvested_kg"
            case cycleYield = "cycle_yield"
            case early = "changes_early"
            case onTime = "changes_on_time"
            case late = "changes_late"
            case onTimeShare = "on_time_percent"
        }

        init(_ figures: FarmStatistics.Figures) {
            harvests = figures.harvests
            harvested = Kilograms(grams: figures.harvestedGrams)
            cycles = figures.cycles
            cycleYield = DashboardAnswer.Yields(
                predictedGrams: figures.cyclePredictedGrams, actualGrams: figures.cycleActualGrams)
            early = figures.early
            onTime = figures.onTime
            late = figures.late
            onTimeShare = figures.onTimeShare.map { Double($0) / 10 }
        }
    }

    struct Group: Codable, Sendable, Equatable {
        /// `YYYY-MM`, a crop's id or a farm's.
        let key: String
        let name: String?
        let figures: Figures
    }

    let from: CivilDate
    let to: CivilDate
    let groupedBy: FarmStatistics.Grouping
    let groups: [Group]
    let total: Figures

    enum CodingKeys: String, CodingKey {
        case from, to, groups, total
        case groupedBy = "group_by"
    }

    init(_ statistics: FarmStatistics) {
        from = statistics.query.from
        to = statistics.query.to
        groupedBy = statistics.query.grouping
        groups = statistics.groups.map { Group(key: $0.key, name: $0.name, figures: Figures($0.figures)) }
        total = Figures(statistics.total)
    }
}
