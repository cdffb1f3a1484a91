import PlantKit

/// A block with what stands on it, as lists and dashboards tell of it.
package struct OccupiedBlock: Sendable, Equatable {
    /// What is told of its planting.
    package struct Occupancy: Sendable, Equatable {
        package let status: PlantingStatus
        package let cropID: String
        package let cropName: String
        package let plants: Int64
        package let predictedGrams: Int64
        package let harvestedGrams: Int64
    }

    package let block: Block
    /// Nil where nothing stands or is planned; while a block is cleaned, what stood there.
    package let occupancy: Occupancy?

    /// Tenths of a percent of `max_plants`, rounded down; what is only planned, or is over, takes no room.
    package var capacityUsed: Int64 {
        guard let occupancy, occupancy.status == .active else { return 0 }
        return occupancy.plants * 1000 / block.maxPlants
    }

    fileprivate static let columns = [
        "p.status AS planting_status", "p.crop_id", "c.name AS crop_name", "p.plants", "p.predicted_grams",
        "p.harvested_grams",
    ]

    fileprivate init(row: SQLRow) throws {
        block = try Block(row: row)
        guard let status = try row.optionalWord("planting_status", as: PlantingStatus.self) else {
            occupancy = nil
            return
        }
        occupancy = Occupancy(
            status: status, cropID: try row.text("crop_id"), cropName: try row.text("crop_name"),
            plants: try row.integer("plants"), predictedGrams: try row.integer("predicted_grams"),
            harvestedGrams: try row.integer("harvested_grams"))
    }
}

extension FarmRecords {
    /// A part of the blocks that the filter finds, in one statement: what stands there is looked up for these rows alone,
    /// not for those before them in the list.
    func occupied(_ filter: Filter, _ order: BlockQuery.Order, _ slice: Slice) async throws -> [OccupiedBlock] {
        let columns = Block.columns.map { "b.\($0) AS \($0)" } + OccupiedBlock.columns
        return try await transaction.query(
            """
            SELECT \(columns.joined(separator: ", ")) FROM (
                SELECT \(Block.columns.joined(separator: ", ")) FROM farm_manager_blocks
                WHERE \(filter.sql) ORDER BY \(order.sql) LIMIT ? OFFSET ?
            ) b
            LEFT JOIN farm_manager_plantings p ON p.id = b.planting_id
            LEFT JOIN farm_manager_crops c ON c.id = p.crop_id
            ORDER BY \(order.sql)
            """, filter.arguments + slice.values
        ).map(OccupiedBlock.init(row:))
    }
}
