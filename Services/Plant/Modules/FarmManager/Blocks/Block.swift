package import PlantKit

/// A block of a farm, and what it is doing.
package struct Block: Resource, Equatable {
    package let id: String
    package let farmID: String
    /// See `BlockCode`.
    package let code: String
    package var name: String?
    package var type: BlockType
    package var maxPlants: Int64
    package var area: AreaAmount?
    package var areaUnit: Area.Unit?
    /// Where it stands on its farm's plan, in cells from the top left.
    package var positionX: Int64?
    package var positionY: Int64?
    package let state: BlockState
    package let stateSince: Timestamp
    /// What it returns to from an alert.
    package let stateBeforeAlert: BlockState?
    package let stateBeforeAlertSince: Timestamp?
    /// What stands there, or is planned to; while it is cleaned, what stood there.
    package let plantingID: String?
    package let nextState: BlockState?
    package let nextDay: CivilDate?
    /// How many harvests were recorded here, ever.
    package let harvests: Int64
    package let version: Int64
    package let createdAt: Timestamp
    package let updatedAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case id, code, name, type, area, state, harvests, version
        case farmID = "farm_id"
        case maxPlants = "max_plants"
        case areaUnit = "area_unit"
        case positionX = "position_x"
        case positionY = "position_y"
        case stateSince = "state_since"
        case stateBeforeAlert = "state_before_alert"
        case stateBeforeAlertSince = "state_before_alert_since"
        case plantingID = "planting_id"
        case nextState = "next_state"
        case nextDay = "next_day"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    /// Lists are the farm manager's own (`BlockQuery`): a search reads words, not all names.
    package static let schema = ResourceSchema(
        name: "block", path: "/api/v1/farm/blocks", table: "farm_manager_blocks", columns: columns,
        sorts: ["code"], defaultSort: "code",
        uniqueFields: ["farm_manager_blocks.code": "code", "farm_manager_blocks_code": "code"])

    static let columns = [
        "id", "farm_id", "code", "name", "type", "max_plants", "area_amount", "area_unit", "position_x", "position_y",
        "state", "state_since", "state_before_alert", "state_before_alert_since", "planting_id", "next_state",
        "next_day", "harvests", "version", "created_at", "updated_at",
    ]

    package init(row: SQLRow) throws {
        id = try row.text("id")
        farmID = try row.text("farm_id")
        code = try row.text("code")
        name = try row.optionalText("name")
        type = try row.word("type", as: BlockType.self)
        maxPlants = try row.integer("max_plants")
        area = try row.optionalInteger("area_amount").map(AreaAmount.init(tenThousandths:))
        areaUnit = try row.optionalWord("area_unit", as: Area.Unit.self)
        positionX = try row.optionalInteger("position_x")
        positionY = try row.optionalInteger("position_y")
        state = try row.word("state", as: BlockState.self)
        stateSince = try row.moment("state_since")
        stateBeforeAlert = try row.optionalWord("state_before_alert", as: BlockState.self)
        stateBeforeAlertSince = try row.optionalMoment("state_before_alert_since")
        plantingID = try row.optionalText("planting_id")
        nextState = try row.optionalWord("next_state", as: BlockState.self)
        nextDay = try row.optionalDay("next_day")
        harvests = try row.integer("harvests")
        version = try row.integer("version")
        createdAt = try row.moment("created_at")
        updatedAt = try row.moment("updated_at")
    }

    package typealias Draft = BlockDraft

    package var expectation: Expectation? {
        guard let nextState, let nextDay else { return nil }
        return Expectation(state: nextState, day: nextDay)
    }
}
