import PlantKit

/// What a list of farms shows of each: how its blocks stand, what grows, what needs attention.
package struct FarmGlance: Sendable, Equatable {
    package let farm: Farm
    /// A state that no block is in is there with 0.
    package let blocksByState: [BlockState: Int64]
    /// Of active plantings.
    package let active: FarmDashboard.YieldSum
    /// Active ones.
    package let alerts: [AlertSeverity: Int64]

    package var blockCount: Int64 { blocksByState.values.reduce(0, +) }
}

extension FarmRecords {
    /// By name; five statements, however many farms are on the page.
    package func glances(_ slice: Slice) async throws -> Listing<FarmGlance> {
        let farms = try await farms(slice)
        let ids = farms.items.map { SQLValue.text($0.id) }
        guard !ids.isEmpty else { return Listing(items: [], total: farms.total) }
        let (states, yields, alerts) = (
            try await blocksByState(ofAll: ids), try await activeYields(ofAll: ids), try await activeAlerts(ofAll: ids)
        )
        return Listing(
            items: farms.items.map { farm in
                FarmGlance(
                    farm: farm, blocksByState: Self.counts(states[farm.id]), active: yields[farm.id] ?? .init(),
                    alerts: Self.counts(alerts[farm.id]))
            }, total: farms.total)
    }

    private static func counts<Word: CaseIterable & Hashable>(_ found: [Word: Int64]?) -> [Word: Int64] {
        Dictionary(uniqueKeysWithValues: Word.allCases.map { ($0, found?[$0] ?? 0) })
    }

    private func blocksByState(ofAll farms: [SQLValue]) async throws -> [String: [BlockState: Int64]] {
        let rows = try await transaction.query(
            """
            SELECT farm_id, state, COUNT(*) AS n FROM farm_manager_blocks
            WHERE farm_id IN (\(Self.places(farms))) AND deleted_at IS NULL
            GROUP BY farm_id, state ORDER BY farm_id, state
            """, farms)
        var counts: [String: [BlockState: Int64]] = [:]
        for row in rows {
            counts[try row.text("farm_id"), default: [:]][try row.word("state", as: BlockState.self)] =
                try row.integer("n")
        }
        return counts
    }

    private func activeYields(ofAll farms: [SQLValue]) async throws -> [String: FarmDashboard.YieldSum] {
        let rows = try await transaction.query(
            """
            SELECT farm_id, CAST(SUM(predicted_grams) AS BIGINT) AS predicted,
                CAST(SUM(harvested_grams) AS BIGINT) AS harvested
            FROM farm_manager_plantings WHERE farm_id IN (\(Self.places(farms))) AND status = 'active'
            GROUP BY farm_id ORDER BY farm_id
            """, farms)
        var sums: [String: FarmDashboard.YieldSum] = [:]
        for row in rows {
            sums[try row.text("farm_id")] = FarmDashboard.YieldSum(
                predictedGrams: try row.integer("predicted"), actualGrams: try row.integer("harvested"))
        }
        return sums
    }

    private func activeAlerts(ofAll farms: [SQLValue]) async throws -> [String: [AlertSeverity: Int64]] {
        let rows = try await transaction.query(
            """
            SELECT farm_id, severity, COUNT(*) AS n FROM farm_manager_alerts
            WHERE farm_id IN (\(Self.places(farms))) AND status = 'active'
            GROUP BY farm_id, severity ORDER BY farm_id, severity
            """, farms)
        var counts: [String: [AlertSeverity: Int64]] = [:]
        for row in rows {
            counts[try row.text("farm_id"), default: [:]][try row.word("severity", as: AlertSeverity.self)] =
                try row.integer("n")
        }
        return counts
    }

    private static func places(_ values: [SQLValue]) -> String {
        Array(repeating: "?", count: values.count).joined(separator: ", ")
    }
}
