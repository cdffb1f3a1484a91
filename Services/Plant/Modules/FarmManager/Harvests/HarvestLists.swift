package import PlantKit

/// What a list of harvests is asked for.
package struct HarvestQuery: Sendable, Equatable {
    package var farmID: String?
    package var blockID: String?
    package var plantingID: String?
    package var cropID: String?
    package var from: CivilDate?
    /// The last day that counts.
    package var to: CivilDate?

    package init(
        farmID: String? = nil, blockID: String? = nil, plantingID: String? = nil, cropID: String? = nil,
        from: CivilDate? = nil, to: CivilDate? = nil
    ) {
        self.farmID = farmID
        self.blockID = blockID
        self.plantingID = plantingID
        self.cropID = cropID
        self.from = from
        self.to = to
    }
}

extension FarmRecords {
    /// The newest first.
    package func harvests(_ query: HarvestQuery, _ slice: Slice) async throws -> Listing<Harvest> {
        var filter = Filter()
        filter.equal("planting_id", query.plantingID)
        filter.equal("block_id", query.blockID)
        filter.equal("farm_id", query.farmID)
        // Not by the crop's index where a farm's is shorter: that of a crop holds all farms' rows.
        let isOfFarms = query.farmID != nil || reach != .all
        filter.equal(isOfFarms ? "COALESCE(crop_id, '')" : "crop_id", query.cropID)
        if let from = query.from { filter.require("at >= ?", [.integer(from.start)]) }
        if let to = query.to { filter.require("at < ?", [.integer((to + 1).start)]) }
        let isOfOneBlock = query.blockID != nil || query.plantingID != nil
        // Those of one block are counted; of all others the sums of their days and months are added up.
        let total = isOfOneBlock ? nil : try await harvestCount(query)
        guard isOfOneBlock || query.farmID != nil else {
            return try await newest(
                Harvest.columns, from: "farm_manager_harvests", filter, by: "at", slice, total: total,
                as: Harvest.init(row:))
        }
        filter.reach(reach, "farm_id")
        return try await list(
            Harvest.columns, from: "farm_manager_harvests", filter, order: "at DESC, id DESC", slice, total: total,
            as: Harvest.init(row:))
    }

    private func harvestCount(_ query: HarvestQuery) async throws -> Int64 {
        if query.cropID == nil, query.from == nil, query.to == nil {
            var filter = Filter()
            filter.equal("farm_id", query.farmID)
            filter.reach(reach, "farm_id")
            return try await transaction.query(
                """
                SELECT CAST(COALESCE(SUM(harvests), 0) AS BIGINT) AS n FROM farm_manager_farm_totals \
                WHERE \(filter.sql)
                """, filter.arguments
            ).first?.integer("n") ?? 0
        }
        let days = SeasonSpan(from: query.from ?? .first, to: query.to ?? .last)
        let source = seasonSource(days, farm: query.farmID, crop: query.cropID, columns: ["harvests"])
        return try await transaction.query(
            "SELECT CAST(COALESCE(SUM(harvests), 0) AS BIGINT) AS n FROM (\(source.sql)) s", source.arguments
        ).first?.integer("n") ?? 0
    }
}
