import PlantKit

/// What a change adds to the figures of its day (the table of statistics).
struct SeasonDay {
    var harvests: Int64 = 0
    var harvestedGrams: Int64 = 0
    var cycles: Int64 = 0
    var cyclePredictedGrams: Int64 = 0
    var cycleActualGrams: Int64 = 0
    var early: Int64 = 0
    var onTime: Int64 = 0
    var late: Int64 = 0

    static let columns = [
        "harvests", "harvested_grams", "cycles", "cycle_predicted_grams", "cycle_actual_grams", "changes_early",
        "changes_on_time", "changes_late",
    ]

    var values: [SQLValue] {
        [harvests, harvestedGrams, cycles, cyclePredictedGrams, cycleActualGrams, early, onTime, late]
            .map(SQLValue.integer)
    }
}

extension SeasonDay {
    /// One change.
    init(_ punctuality: Punctuality) {
        switch punctuality {
        case .early: early = 1
        case .onTime: onTime = 1
        case .late: late = 1
        }
    }
}

extension FarmWork {
    /// Into the day's figures and its month's.
    func addUp(_ figures: SeasonDay, farm: String, crop: String, on day: CivilDate) async throws {
        try await addUp(figures, farm, crop, day, day, in: "farm_manager_season_days")
        try await addUp(figures, farm, crop, day.monthStart, day, in: "farm_manager_season_months")
    }

    private func addUp(
        _ figures: SeasonDay, _ farm: String, _ crop: String, _ key: CivilDate, _ day: CivilDate, in table: String
    ) async throws {
        let columns = SeasonDay.columns
        let sums = columns.map { "\($0) = \(table).\($0) + excluded.\($0)" }
        try await transaction.execute(
            """
            INSERT INTO \(table) (farm_id, crop_id, day, month, \(columns.joined(separator: ", "))) \
            VALUES (?, ?, ?, ?, \(columns.map { _ in "?" }.joined(separator: ", "))) \
            ON CONFLICT (farm_id, crop_id, day) DO UPDATE SET \(sums.joined(separator: ", "))
            """,
            [.text(farm), .text(crop), .integer(key.daysSinceEpoch), .text(day.month)] + figures.values)
    }
}
