import PlantKit

/// A time as whole months, and the days before and after them: figures of years are added up from months.
struct SeasonSpan: Equatable {
    /// Each from its first day to before its last.
    let days: [Range<Int64>]
    let months: Range<Int64>

    /// - Parameter to: the last day that counts.
    init(from: CivilDate, to: CivilDate) {
        let end = to + 1
        let firstMonth = from.monthStart == from ? from : from.nextMonthStart
        let lastMonth = end.monthStart
        guard from < end, firstMonth < lastMonth else {
            days = from < end ? [from.daysSinceEpoch..<end.daysSinceEpoch] : []
            months = 0..<0
            return
        }
        days = [from.daysSinceEpoch..<firstMonth.daysSinceEpoch, lastMonth.daysSinceEpoch..<end.daysSinceEpoch].filter {
            !$0.isEmpty
        }
        months = firstMonth.daysSinceEpoch..<lastMonth.daysSinceEpoch
    }
}

extension FarmRecords {
    /// A subselect of the figures of a time, within reach.
    func seasonSource(
        _ span: SeasonSpan, farm: String?, crop: String?, columns: [String]
    ) -> (sql: String, arguments: [SQLValue]) {
        let ranges =
            span.days.map { ("farm_manager_season_days", $0) }
            + (span.months.isEmpty && !span.days.isEmpty ? [] : [("farm_manager_season_months", span.months)])
        var arguments: [SQLValue] = []
        let parts = ranges.map { table, range in
            var filter = Filter()
            filter.equal("farm_id", farm)
            filter.equal("crop_id", crop)
            filter.require("day >= ? AND day < ?", [.integer(range.lowerBound), .integer(range.upperBound)])
            filter.reach(reach, "farm_id")
            arguments += filter.arguments
            return
                "SELECT \(columns.joined(separator: ", ")) FROM \(table) WHERE \(filter.sql)"
        }
        return (parts.joined(separator: " UNION ALL "), arguments)
    }
}
