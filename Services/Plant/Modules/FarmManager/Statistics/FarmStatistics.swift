package import PlantKit

/// Figures of farms over a time, by month, by crop or by farm.
package struct FarmStatistics: Sendable, Equatable {
    package enum Grouping: String, Sendable, CaseIterable, Codable { case month, crop, farm }

    package struct Query: Sendable, Equatable {
        package var from: CivilDate
        /// The last day that counts.
        package var to: CivilDate
        package var grouping: Grouping
        package var farmID: String?
        package var cropID: String?

        /// Days between both ends: ten years.
        package static let longest: Int64 = 3_660

        package init(from: CivilDate, to: CivilDate, grouping: Grouping, farmID: String? = nil, cropID: String? = nil) {
            self.from = from
            self.to = to
            self.grouping = grouping
            self.farmID = farmID
            self.cropID = cropID
        }
    }

    package struct Figures: Sendable, Equatable {
        package var harvests: Int64 = 0
        package var harvestedGrams: Int64 = 0
        /// Plantings whose harvest ended in this time.
        package var cycles: Int64 = 0
        package var cyclePredictedGrams: Int64 = 0
        package var cycleActualGrams: Int64 = 0
        /// Changes of state that had been expected, by how they came.
        package var early: Int64 = 0
        package var onTime: Int64 = 0
        package var late: Int64 = 0

        /// Of the cycles that ended: what is still harvested would look worse than it is.
        package var efficiency: YieldEfficiency? {
            YieldEfficiency(actualGrams: cycleActualGrams, predictedGrams: cyclePredictedGrams)
        }

        /// Tenths of a percent, rounded down; nil where nothing was expected.
        package var onTimeShare: Int64? {
            let all = early + onTime + late
            return all == 0 ? nil : onTime * 1000 / all
        }

        init() {}

        init(row: SQLRow) throws {
            harvests = try row.integer("harvests")
            harvestedGrams = try row.integer("harvested_grams")
            cycles = try row.integer("cycles")
            cyclePredictedGrams = try row.integer("cycle_predicted_grams")
            cycleActualGrams = try row.integer("cycle_actual_grams")
            early = try row.integer("changes_early")
            onTime = try row.integer("changes_on_time")
            late = try row.integer("changes_late")
        }

        static func + (left: Figures, right: Figures) -> Figures {
            var sum = left
            sum.harvests += right.harvests
            sum.harvestedGrams += right.harvestedGrams
            sum.cycles += right.cycles
            sum.cyclePredictedGrams += right.cyclePredictedGrams
            sum.cycleActualGrams += right.cycleActualGrams
            sum.early += right.early
            sum.onTime += right.onTime
            sum.late += right.late
            return sum
        }
    }

    package struct Group: Sendable, Equatable {
        /// `YYYY-MM`, a crop's id or a farm's.
        package let key: String
        /// A crop's or farm's name; nil for months.
        package let name: String?
        package let figures: Figures
    }

    package let query: Query
    package let groups: [Group]
    package let total: Figures
}

extension FarmRecords {
    /// One statement over the figures of months and days. Groups come by month, or by name.
    package func statistics(_ query: FarmStatistics.Query) async throws -> FarmStatistics {
        let (key, name, join, order) =
            switch query.grouping {
            case .month: ("s.month", "CAST(NULL AS TEXT)", "", "s.month")
            case .crop:
                ("s.crop_id", "MIN(c.name)", "JOIN farm_manager_crops c ON c.id = s.crop_id", "MIN(c.name), s.crop_id")
            case .farm:
                ("s.farm_id", "MIN(f.name)", "JOIN farm_manager_farms f ON f.id = s.farm_id", "MIN(f.name), s.farm_id")
            }
        let source = seasonSource(
            SeasonSpan(from: query.from, to: query.to), farm: query.farmID, crop: query.cropID,
            columns: ["farm_id", "crop_id", "month"] + SeasonDay.columns)
        let sums = SeasonDay.columns.map { "CAST(SUM(s.\($0)) AS BIGINT) AS \($0)" }.joined(separator: ", ")
        let rows = try await transaction.query(
            """
            SELECT \(key) AS key, \(name) AS name, \(sums) FROM (\(source.sql)) s \(join) \
            GROUP BY \(key) ORDER BY \(order)
            """, source.arguments)
        let groups = try rows.map { row in
            FarmStatistics.Group(
                key: try row.text("key"), name: try row.optionalText("name"),
                figures: try FarmStatistics.Figures(row: row))
        }
        return FarmStatistics(
            query: query, groups: groups, total: groups.reduce(FarmStatistics.Figures()) { $0 + $1.figures })
    }
}
