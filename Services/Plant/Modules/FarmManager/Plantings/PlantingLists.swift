import PlantKit

/// What a list of plantings is asked for.
package struct PlantingQuery: Sendable, Equatable {
    package var farmID: String?
    package var blockID: String?
    package var cropID: String?
    package var status: PlantingStatus?

    package init(
        farmID: String? = nil, blockID: String? = nil, cropID: String? = nil, status: PlantingStatus? = nil
    ) {
        self.farmID = farmID
        self.blockID = blockID
        self.cropID = cropID
        self.status = status
    }
}

extension FarmRecords {
    /// The newest first.
    package func plantings(_ query: PlantingQuery, _ slice: Slice) async throws -> Listing<Planting> {
        var filter = Filter()
        filter.equal("block_id", query.blockID)
        filter.equal("farm_id", query.farmID)
        filter.equal("crop_id", query.cropID)
        filter.equal("status", query.status?.rawValue)
        guard query.blockID != nil || query.farmID != nil else {
            return try await newest(
                Planting.columns, from: "farm_manager_plantings", filter, by: "created_at", slice,
                as: { try Planting(row: $0) })
        }
        filter.reach(reach, "farm_id")
        return try await list(
            Planting.columns, from: "farm_manager_plantings", filter, order: "created_at DESC, id DESC", slice,
            as: { try Planting(row: $0) })
    }
}
