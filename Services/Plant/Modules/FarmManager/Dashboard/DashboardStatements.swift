import PlantKit

extension FarmRecords {
    /// How much of a farm is shown at once.
    package struct DashboardLimits: Sendable {
        package var blocks: Int
        package var activity: Int
        package var upcoming: Int

        package init(blocks: Int = 100, activity: Int = 20, upcoming: Int = 20) {
            self.blocks = blocks
            self.activity = activity
            self.upcoming = upcoming
        }
    }

    /// Nine statements, whatever the farm's size (the ninth is `FarmRecords.farm`); eight where no blocks are asked for.
    /// - Parameter now: seconds since the epoch.
    package func dashboard(of id: String, now: Int64, limits: DashboardLimits = .init()) async throws -> FarmDashboard {
        let farm = try await farm(id)
        let staff = try await staff(of: id)
        let totals = try await totals(of: id)
        let (crops, planned) = try await openPlantings(of: id)
        var active = FarmDashboard.YieldSum()
        for crop in crops {
            active.predictedGrams += crop.predictedGrams
            active.actualGrams += crop.harvestedGrams
        }
        return FarmDashboard(
            farm: farm, staff: staff, blocksByState: try await blocksByState(of: id), crops: crops, planned: planned,
            active: active, finished: totals.finished, finishedCycles: totals.cycles, harvestedGrams: totals.harvested,
            alerts: try await activeAlerts(of: id),
            blocks: try await blockLines(of: id, now: now, limit: limits.blocks),
            activity: try await activity(of: id, limit: limits.activity),
            upcoming: try await upcoming(of: id, now: now, limit: limits.upcoming))
    }

    private func blocksByState(of farm: String) async throws -> [BlockState: Int64] {
        let rows = try await transaction.query(
            """
            SELECT state, COUNT(*) AS n FROM farm_manager_blocks WHERE farm_id = ? AND deleted_at IS NULL
            GROUP BY state ORDER BY state
            """, [.text(farm)])
        var counts = Dictionary(uniqueKeysWithValues: BlockState.allCases.map { ($0, Int64(0)) })
        for row in rows { counts[try row.word("state", as: BlockState.self)] = try row.integer("n") }
        return counts
    }

    private func openPlantings(of farm: String) async throws -> ([FarmDashboard.CropShare], planned: Int64) {
        let rows = try await transaction.query(
            """
            SELECT p.status, p.crop_id, c.name, p.n, p.plants, p.predicted, p.harvested
            FROM (
                SELECT status, crop_id, COUNT(*) AS n, CAST(SUM(plants) AS BIGINT) AS plants,
                    CAST(SUM(predicted_grams) AS BIGINT) AS predicted, CAST(SUM(harvested_grams) AS BIGINT) AS harvested
                FROM farm_manager_plantings WHERE farm_id = ? AND status IN ('planned', 'active')
                GROUP BY status, crop_id
            ) p JOIN farm_manager_crops c ON c.id = p.crop_id
            ORDER BY c.name, p.crop_id, p.status
            """, [.text(farm)])
        var planned: Int64 = 0
        var crops: [FarmDashboard.CropShare] = []
        for row in rows {
            guard try row.word("status", as: PlantingStatus.self) == .active else {
                planned += try row.integer("n")
                continue
            }
            crops.append(
                FarmDashboard.CropShare(
                    cropID: try row.text("crop_id"), cropName: try row.text("name"), plantings: try row.integer("n"),
                    plants: try row.integer("plants"), predictedGrams: try row.integer("predicted"),
                    harvestedGrams: try row.integer("harvested")))
        }
        return (crops, planned)
    }

    private func totals(
        of farm: String
    ) async throws -> (finished: FarmDashboard.YieldSum, cycles: Int64, harvested: Int64) {
        let rows = try await transaction.query(
            """
            SELECT CAST(COALESCE(SUM(cycles), 0) AS BIGINT) AS cycles,
                CAST(COALESCE(SUM(cycle_predicted_grams), 0) AS BIGINT) AS predicted,
                CAST(COALESCE(SUM(cycle_actual_grams), 0) AS BIGINT) AS actual,
                CAST(COALESCE(SUM(harvested_grams), 0) AS BIGINT) AS harvested
            FROM farm_manager_season_months WHERE farm_id = ?
            """, [.text(farm)])
        guard let row = rows.first else { return (.init(), 0, 0) }
        return (
            FarmDashboard.YieldSum(
                predictedGrams: try row.integer("predicted"), actualGrams: try row.integer("actual")),
            try row.integer("cycles"), try row.integer("harvested")
        )
    }

    private func activeAlerts(of farm: String) async throws -> [AlertSeverity: Int64] {
        let rows = try await transaction.query(
            """
            SELECT severity, COUNT(*) AS n FROM farm_manager_alerts WHERE farm_id = ? AND status = 'active'
            GROUP BY severity ORDER BY severity
            """, [.text(farm)])
        var counts = Dictionary(uniqueKeysWithValues: AlertSeverity.allCases.map { ($0, Int64(0)) })
        for row in rows { counts[try row.word("severity", as: AlertSeverity.self)] = try row.integer("n") }
        return counts
    }
}
