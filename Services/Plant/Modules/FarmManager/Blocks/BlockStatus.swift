import PlantKit

/// A block's state, and what it may go to.
struct BlockStatus: Codable, Sendable, Equatable {
    let blockID: String
    let code: String
    let state: BlockState
    let stateSince: Timestamp
    let stateBeforeAlert: BlockState?
    let allowed: [BlockState]
    let plantingID: String?
    let nextState: BlockState?
    let nextDay: CivilDate?

    enum CodingKeys: String, CodingKey {
        case code, state, allowed
        case blockID = "block_id"
        case stateSince = "state_since"
        case stateBeforeAlert = "state_before_alert"
        case plantingID = "planting_id"
        case nextState = "next_state"
        case nextDay = "next_day"
    }

    init(_ block: Block, _ allowed: [BlockState]) {
        blockID = block.id
        code = block.code
        state = block.state
        stateSince = block.stateSince
        stateBeforeAlert = block.stateBeforeAlert
        self.allowed = allowed
        plantingID = block.plantingID
        nextState = block.nextState
        nextDay = block.nextDay
    }
}
