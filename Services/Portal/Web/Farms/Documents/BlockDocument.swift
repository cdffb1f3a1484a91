import ServiceKit

/// What the farm manager tells of a block (`/api/v1/farm/blocks`).
struct BlockDocument: Decodable, Sendable {
    /// What stands there, or is planned to; while the block is cleaned, what stood there.
    struct Occupancy: Decodable, Sendable {
        var crop: String
        var plants: Int
        /// Percent of the block's room.
        var capacityUsed: Double
        var yield: YieldsDocument

        enum CodingKeys: String, CodingKey {
            case crop, plants, yield
            case capacityUsed = "capacity_percent"
        }
    }

    var id: String
    var farmID: String
    var code: String
    var name: String?
    var type: String
    var maxPlants: Int
    var positionX: Int?
    var positionY: Int?
    var state: String
    var stateSince: Timestamp
    var plantingID: String?
    /// Lists tell it; a block that is asked for by itself has but the planting's identifier.
    var occupancy: Occupancy?
    var nextState: String?
    /// `YYYY-MM-DD`
    var nextDay: String?
    var harvests: Int
    /// Grows with each change of the block.
    var version: Int

    enum CodingKeys: String, CodingKey {
        case id, code, name, type, state, harvests, version
        case farmID = "farm_id"
        case maxPlants = "max_plants"
        case positionX = "position_x"
        case positionY = "position_y"
        case stateSince = "state_since"
        case plantingID = "planting_id"
        case occupancy = "planting"
        case nextState = "next_state"
        case nextDay = "next_day"
    }
}

/// What a block may go to (`/blocks/{id}/status`).
struct BlockStatusDocument: Decodable, Sendable {
    var state: String
    var allowed: [String]
}

/// What stands on a block (`/plantings/{id}`).
struct PlantingDocument: Decodable, Sendable {
    var cropID: String
    var plants: Int
    var plannedDay: String?
    var plantedDay: String?
    /// Kilograms.
    var predicted: Double
    var harvested: Double
    /// `planned`, `active`, `finished` or `cancelled`.
    var status: String

    enum CodingKeys: String, CodingKey {
        case plants, status
        case cropID = "crop_id"
        case plannedDay = "planned_day"
        case plantedDay = "planted_day"
        case predicted = "predicted_kg"
        case harvested = "harvested_kg"
    }
}

struct CropDocument: Decodable, Sendable {
    var id: String
    var name: String
}

/// `/harvests`
struct HarvestDocument: Decodable, Sendable {
    var at: Timestamp
    /// Kilograms.
    var quantity: Double
    var grade: String
    var note: String?

    enum CodingKeys: String, CodingKey {
        case at, grade, note
        case quantity = "quantity_kg"
    }
}

/// `/blocks/{id}/transitions`
struct TransitionDocument: Decodable, Sendable {
    var from: String
    var to: String
    var at: Timestamp
    var by: String
    /// Days after the expected one; negative before it, nil where nothing was expected.
    var offset: Int64?
    var note: String?

    enum CodingKeys: String, CodingKey {
        case from, to, at, by, note
        case offset = "offset_days"
    }
}

/// `/alerts`
struct AlertDocument: Decodable, Sendable {
    var id: String
    var farmID: String
    var blockID: String?
    /// `critical`, `high`, `medium` or `low`.
    var severity: String
    var title: String
    var description: String?
    var raisedAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case id, severity, title, description
        case farmID = "farm_id"
        case blockID = "block_id"
        case raisedAt = "raised_at"
    }
}
