import ServiceKit

/// What the plant's farm manager tells of a farm (`/api/v1/farm/farms`).
struct FarmDocument: Decodable, Sendable {
    var id: String
    var name: String
    var code: String
    var location: String?
    var description: String?
    var totalArea: Double?
    var areaUnit: String?

    enum CodingKeys: String, CodingKey {
        case id, name, code, location, description
        case totalArea = "total_area"
        case areaUnit = "area_unit"
    }
}

/// Predicted and actual kilograms.
struct YieldsDocument: Decodable, Sendable, Equatable {
    var predicted: Double
    var actual: Double
    /// Percent; nil where nothing was predicted.
    var efficiency: Double?
    /// `exceptional` … `poor`.
    var category: String?

    enum CodingKeys: String, CodingKey {
        case category
        case predicted = "predicted_kg"
        case actual = "actual_kg"
        case efficiency = "efficiency_percent"
    }
}

/// A farm of the list at a glance (`/api/v1/farm/dashboard/farms`).
struct GlanceDocument: Decodable, Sendable {
    var farm: FarmDocument
    var blockCount: Int
    var blocksByState: [String: Int]
    var activeYield: YieldsDocument
    var alerts: [String: Int]

    enum CodingKeys: String, CodingKey {
        case farm
        case blockCount = "block_count"
        case blocksByState = "blocks_by_state"
        case activeYield = "active_yield"
        case alerts = "active_alerts"
    }
}

/// A farm at a glance (`/api/v1/farm/dashboard/farms/{id}`), without its blocks.
struct DashboardDocument: Decodable, Sendable {
    struct CropShare: Decodable, Sendable {
        var name: String
        var plantings: Int
        var yield: YieldsDocument
    }

    struct Activity: Decodable, Sendable {
        /// `state`, `harvest` or `alert`.
        var kind: String
        var blockID: String?
        var blockCode: String?
        var at: Timestamp
        var by: String
        /// The state, the grade or the severity.
        var what: String
        var quantity: Double?

        enum CodingKeys: String, CodingKey {
            case kind, at, by, what
            case blockID = "block_id"
            case blockCode = "block_code"
            case quantity = "quantity_kg"
        }
    }

    struct Upcoming: Decodable, Sendable {
        var blockID: String
        var blockCode: String
        var state: String
        /// `YYYY-MM-DD`
        var day: String
        /// Negative where it is overdue.
        var days: Int64

        enum CodingKeys: String, CodingKey {
            case state, day, days
            case blockID = "block_id"
            case blockCode = "block_code"
        }
    }

    var farm: FarmDocument
    var blockCount: Int
    var blocksByState: [String: Int]
    var activePlantings: [CropShare]
    var activeYield: YieldsDocument
    var finishedYield: YieldsDocument
    var finishedCycles: Int
    /// Kilograms, ever.
    var harvested: Double
    var alerts: [String: Int]
    var activity: [Activity]
    var upcoming: [Upcoming]

    enum CodingKeys: String, CodingKey {
        case farm, upcoming
        case blockCount = "block_count"
        case blocksByState = "blocks_by_state"
        case activePlantings = "active_plantings"
        case activeYield = "active_yield"
        case finishedYield = "finished_yield"
        case finishedCycles = "finished_cycles"
        case harvested = "harvested_kg"
        case alerts = "active_alerts"
        case activity = "recent_activity"
    }
}

/// Figures by month (`/api/v1/farm/statistics?group_by=month`).
struct StatisticsDocument: Decodable, Sendable {
    struct Figures: Decodable, Sendable {
        /// Kilograms.
        var harvested: Double
        enum CodingKeys: String, CodingKey { case harvested = "harvested_kg" }
    }

    struct Group: Decodable, Sendable {
        /// `YYYY-MM`
        var key: String
        var figures: Figures
    }

    var groups: [Group]
}
