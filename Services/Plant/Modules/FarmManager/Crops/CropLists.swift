import PlantKit

extension FarmRecords {
    /// By name.
    package func crops(search: String? = nil, _ slice: Slice) async throws -> Listing<Crop> {
        var filter = Filter()
        filter.require("deleted_at IS NULL")
        filter.contains("search_text", search)
        return try await list(
            Crop.schema.columns, from: "farm_manager_crops", filter, order: "name, id", slice, as: Crop.init(row:))
    }
}
