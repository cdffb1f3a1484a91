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
        filter.equal("crop_id", query.cropID)
        if let from = query.from { filter.require("at >= ?", [.integer(from.start)]) }
        if let to = query.to { filter.require("at < ?", [.integer((to + 1).start)]) }
        let isOfOneBlock = query.blockID != nil || query.plantingID != nil
        // Those of one block are counted; of all others the sums of their days and months are added up.
        let total = isOfOneBlock ? nil : try await harvestCount(query)
        if isOfOneBlock || query.farmID != nil || reach == .all {
            filter.reach(reach, "farm_id")
            return try await page(of: "farm_manager_harvests", filter, slice, total)
        }
        return try await ofEachFarm(filter, slice, total)
    }

    /// Farms that a list is put together from one by one; who reaches more of them reaches most harvests, and then their
    /// common index by time is the shorter way.
    private static let farmsApart = 64

    /// A manager's few farms among many: the newest of each, from the end of its own index.
    private func ofEachFarm(_ filter: Filter, _ slice: Slice, _ total: Int64?) async throws -> Listing<Harvest> {
        let reached = reach.condition("id")
        let farms = try await transaction.query(
            "SELECT id FROM farm_manager_farms WHERE \(reached.sql) ORDER BY id LIMIT \(Self.farmsApart + 1)",
            reached.arguments
        ).map { try $0.text("id") }
        guard !farms.isEmpty else { return Listing(items: [], total: 0) }
        guard farms.count <= Self.farmsApart else {
            var filter = filter
            filter.reach(reach, "farm_id")
            return try await page(of: "farm_manager_harvests", filter, slice, total)
        }
        let columns = Harvest.columns.joined(separator: ", ")
        let newest = farms.indices.map { index in
            """
            SELECT \(columns) FROM (SELECT \(columns) FROM farm_manager_harvests \
            WHERE farm_id = ? AND \(filter.sql) ORDER BY at DESC, id DESC LIMIT ?) f\(index)
            """
        }
        let bound = SQLValue.integer(Int64(slice.limit + slice.offset))
        let rows = try await transaction.query(
            """
            SELECT \(columns) FROM (\(newest.joined(separator: " UNION ALL "))) h \
            ORDER BY at DESC, id DESC LIMIT ? OFFSET ?
            """, farms.flatMap { [.text($0)] + filter.arguments + [bound] } + slice.values)
        return Listing(items: try rows.map(Harvest.init(row:)), total: total ?? 0)
    }

    private func page(
        of table: String, _ filter: Filter, _ slice: Slice, _ total: Int64?
    ) async throws -> Listing<Harvest> {
        try await list(
            Harvest.columns, from: table, filter, order: "at DESC, id DESC", slice, total: total,
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
