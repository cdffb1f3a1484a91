package import PlantKit

/// What people write of a crop.
package struct CropDraft: ResourceDraft, Equatable {
    package var name: String
    package var code: String
    package var cycle: GrowthCycle
    package var yieldPerPlant: Kilograms
    package var notes: String?

    package static let fields: Set<String> = [
        "name", "code", "germination_days", "growing_days", "fruiting_days", "harvesting_days", "cleaning_days",
        "yield_per_plant_kg", "notes",
    ]

    package var columns: [ResourceColumn] {
        [
            ResourceColumn(name: "name", value: .text(name)),
            ResourceColumn(name: "code", value: .text(code)),
            ResourceColumn(name: "grams_per_plant", value: .integer(yieldPerPlant.grams)),
            ResourceColumn(name: "notes", value: .optional(notes)),
            ResourceColumn(name: "search_text", value: .text("\(name)\n\(code)".lowercased())),
        ] + zip(GrowthCycle.columns, cycle.values).map(ResourceColumn.init(name:value:))
    }

    package init(name: String, code: String, cycle: GrowthCycle, yieldPerPlant: Kilograms, notes: String? = nil) {
        self.name = name
        self.code = code
        self.cycle = cycle
        self.yieldPerPlant = yieldPerPlant
        self.notes = notes
    }

    package init(reading fields: inout FieldReader) {
        name = fields.text("name", length: 1...120)
        code = fields.text("code", length: 1...16)
        fields.check("code", code, .cropCode)
        let days = GrowthCycle.dayRange
        cycle = GrowthCycle(
            germinationDays: fields.integer("germination_days", in: days),
            growingDays: fields.integer("growing_days", in: days),
            fruitingDays: fields.integer("fruiting_days", in: days),
            harvestingDays: fields.integer("harvesting_days", in: days),
            cleaningDays: fields.integer("cleaning_days", in: days))
        yieldPerPlant = Kilograms(
            grams: fields.decimal("yield_per_plant_kg", places: Kilograms.places, in: Yield.gramsPerPlantRange))
        notes = fields.optionalText("notes", length: 0...2000, multiline: true)
    }
}

extension GrowthCycle {
    /// The same in the crops and in the plantings.
    static let columns = ["germination_days", "growing_days", "fruiting_days", "harvesting_days", "cleaning_days"]

    var values: [SQLValue] {
        [germinationDays, growingDays, fruitingDays, harvestingDays, cleaningDays].map(SQLValue.integer)
    }

    init(row: SQLRow) throws {
        self.init(
            germinationDays: try row.integer("germination_days"), growingDays: try row.integer("growing_days"),
            fruitingDays: try row.integer("fruiting_days"), harvestingDays: try row.integer("harvesting_days"),
            cleaningDays: try row.integer("cleaning_days"))
    }
}
