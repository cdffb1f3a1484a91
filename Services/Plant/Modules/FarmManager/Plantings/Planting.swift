package import PlantKit

/// What stands, stood or is planned to stand on a block.
package struct Planting: Sendable, Equatable, Codable {
    package let id: String
    package let farmID: String
    package let blockID: String
    package let cropID: String
    package let plants: Int64
    /// The crop's days as they were when this was planned or planted.
    package let cycle: GrowthCycle
    package let plannedDay: CivilDate?
    package let plantedDay: CivilDate?
    /// The day on which the harvest ended, or the plan was given up.
    package let finishedDay: CivilDate?
    package let predicted: Kilograms
    package let harvested: Kilograms
    package let harvests: Int64
    package let status: PlantingStatus
    package let createdAt: Timestamp
    package let updatedAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case id, plants, harvests, status
        case farmID = "farm_id"
        case blockID = "block_id"
        case cropID = "crop_id"
        case cycle = "growth_cycle"
        case plannedDay = "planned_day"
        case plantedDay = "planted_day"
        case finishedDay = "finished_day"
        case predicted = "predicted_kg"
        case harvested = "harvested_kg"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    static let columns =
        ["id", "farm_id", "block_id", "crop_id", "plants"] + GrowthCycle.columns + [
            "planned_day", "planted_day", "finished_day", "predicted_grams", "harvested_grams", "harvests", "status",
            "created_at", "updated_at",
        ]

    /// - Parameter prefix: of the columns, where they stand beside those of another table.
    init(row: SQLRow, prefix: String = "") throws {
        let row = row.part(prefix)
        id = try row.text("id")
        farmID = try row.text("farm_id")
        blockID = try row.text("block_id")
        cropID = try row.text("crop_id")
        plants = try row.integer("plants")
        cycle = try GrowthCycle(row: row)
        plannedDay = try row.optionalDay("planned_day")
        plantedDay = try row.optionalDay("planted_day")
        finishedDay = try row.optionalDay("finished_day")
        predicted = Kilograms(grams: try row.integer("predicted_grams"))
        harvested = Kilograms(grams: try row.integer("harvested_grams"))
        harvests = try row.integer("harvests")
        status = try row.word("status", as: PlantingStatus.self)
        createdAt = try row.moment("created_at")
        updatedAt = try row.moment("updated_at")
    }
}
