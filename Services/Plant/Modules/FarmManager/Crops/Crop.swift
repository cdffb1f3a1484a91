package import PlantKit

/// A crop of the catalogue. What stands on a block keeps the days that were known when it was planted.
package struct Crop: Resource, Equatable {
    package let id: String
    package var name: String
    /// See `CropCode`.
    package var code: String
    package var germinationDays: Int64
    package var growingDays: Int64
    package var fruitingDays: Int64
    package var harvestingDays: Int64
    package var cleaningDays: Int64
    package var yieldPerPlant: Kilograms
    package var notes: String?
    package let version: Int64
    package let createdAt: Timestamp
    package let updatedAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case id, name, code, notes, version
        case germinationDays = "germination_days"
        case growingDays = "growing_days"
        case fruitingDays = "fruiting_days"
        case harvestingDays = "harvesting_days"
        case cleaningDays = "cleaning_days"
        case yieldPerPlant = "yield_per_plant_kg"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    package static let schema = ResourceSchema(
        name: "crop", path: "/api/v1/farm/crops", table: "farm_manager_crops",
        columns: ["id", "name", "code"] + GrowthCycle.columns + [
            "grams_per_plant", "notes", "version", "created_at", "updated_at",
        ], filters: ["code"], sorts: ["name", "code", "created_at"], defaultSort: "name", searchColumn: "search_text",
        uniqueFields: ["farm_manager_crops.code": "code", "farm_manager_crops_code": "code"])

    package init(row: SQLRow) throws {
        let cycle = try GrowthCycle(row: row)
        id = try row.text("id")
        name = try row.text("name")
        code = try row.text("code")
        germinationDays = cycle.germinationDays
        growingDays = cycle.growingDays
        fruitingDays = cycle.fruitingDays
        harvestingDays = cycle.harvestingDays
        cleaningDays = cycle.cleaningDays
        yieldPerPlant = Kilograms(grams: try row.integer("grams_per_plant"))
        notes = try row.optionalText("notes")
        version = try row.integer("version")
        createdAt = try row.moment("created_at")
        updatedAt = try row.moment("updated_at")
    }

    package typealias Draft = CropDraft

    package var cycle: GrowthCycle {
        GrowthCycle(
            germinationDays: germinationDays, growingDays: growingDays, fruitingDays: fruitingDays,
            harvestingDays: harvestingDays, cleaningDays: cleaningDays)
    }
}
