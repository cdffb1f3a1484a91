import PlantKit

extension FarmRecords {
    /// By name. Farms are some thousands at most, so that a search may read them all.
    package func farms(search: String? = nil, _ slice: Slice) async throws -> Listing<Farm> {
        var filter = Filter()
        filter.require("deleted_at IS NULL")
        filter.contains("search_text", search)
        filter.reach(reach, "id")
        return try await list(
            Farm.schema.columns, from: "farm_manager_farms", filter, order: "name, id", slice, as: Farm.init(row:))
    }
}
