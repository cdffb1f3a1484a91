import PlantKit

/// A farm's figures of each crop and day, and of each month by its first day, as `FarmWork.addUp` keeps them.
struct SeasonFigures {
    struct Key: Hashable {
        let crop: String
        /// Days since the epoch.
        let day: Int64
    }

    private(set) var days: [Key: SeasonDay] = [:]
    private(set) var months: [Key: SeasonDay] = [:]

    mutating func add(_ figures: SeasonDay, crop: String, on day: CivilDate) {
        days[Key(crop: crop, day: day.daysSinceEpoch), default: SeasonDay()] += figures
        months[Key(crop: crop, day: day.monthStart.daysSinceEpoch), default: SeasonDay()] += figures
    }

    mutating func add(_ other: SeasonFigures) {
        for (key, figures) in other.days { days[key, default: SeasonDay()] += figures }
        for (key, figures) in other.months { months[key, default: SeasonDay()] += figures }
    }
}

extension SeasonDay {
    fileprivate static func += (left: inout SeasonDay, right: SeasonDay) {
        left.harvests += right.harvests
        left.harvestedGrams += right.harvestedGrams
        left.cycles += right.cycles
        left.cyclePredictedGrams += right.cyclePredictedGrams
        left.cycleActualGrams += right.cycleActualGrams
        left.early += right.early
        left.onTime += right.onTime
        left.late += right.late
    }
}
