package import PlantKit

/// A part of what a planting gave.
package struct Harvest: Sendable, Equatable, Codable {
    package let id: String
    package let farmID: String
    package let blockID: String
    package let plantingID: String
    package let cropID: String
    package let at: Timestamp
    package let quantity: Kilograms
    package let grade: HarvestGrade
    /// A token's subject.
    package let by: String
    package let note: String?

    enum CodingKeys: String, CodingKey {
        case id, at, grade, by, note
        case farmID = "farm_id"
        case blockID = "block_id"
        case plantingID = "planting_id"
        case cropID = "crop_id"
        case quantity = "quantity_kg"
    }

    static let columns = [
        "id", "farm_id", "block_id", "planting_id", "crop_id", "at", "grams", "grade", "by_subject", "note",
    ]

    init(row: SQLRow) throws {
        id = try row.text("id")
        farmID = try row.text("farm_id")
        blockID = try row.text("block_id")
        plantingID = try row.text("planting_id")
        cropID = try row.text("crop_id")
        at = try row.moment("at")
        quantity = Kilograms(grams: try row.integer("grams"))
        grade = try row.word("grade", as: HarvestGrade.self)
        by = try row.text("by_subject")
        note = try row.optionalText("note")
    }
}

/// A harvest to be recorded.
package struct HarvestDraft: Sendable, Equatable {
    package var blockID: String
    package var grams: Int64
    package var grade: HarvestGrade
    package var note: String?

    package init(blockID: String, grams: Int64, grade: HarvestGrade = .a, note: String? = nil) {
        self.blockID = blockID
        self.grams = grams
        self.grade = grade
        self.note = note
    }
}
