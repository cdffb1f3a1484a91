package import PlantKit

/// A change of state that happened.
package struct BlockTransition: Sendable, Equatable, Codable {
    package let id: String
    package let blockID: String
    package let plantingID: String?
    package let from: BlockState
    package let to: BlockState
    package let at: Timestamp
    /// A token's subject.
    package let by: String
    /// Nil where nothing was expected: into an alert and out of it, and where people decide when.
    package let expectedDay: CivilDate?
    /// Days after the expected one; negative before it.
    package let offset: Int64?
    package let note: String?

    /// Nil where nothing was expected.
    package let punctuality: Punctuality?

    enum CodingKeys: String, CodingKey {
        case id, from, to, at, by, note, punctuality
        case blockID = "block_id"
        case plantingID = "planting_id"
        case expectedDay = "expected_day"
        case offset = "offset_days"
    }

    static let columns = [
        "id", "block_id", "planting_id", "from_state", "to_state", "at", "by_subject", "expected_day", "offset_days",
        "note",
    ]

    init(row: SQLRow) throws {
        id = try row.text("id")
        blockID = try row.text("block_id")
        plantingID = try row.optionalText("planting_id")
        from = try row.word("from_state", as: BlockState.self)
        to = try row.word("to_state", as: BlockState.self)
        at = try row.moment("at")
        by = try row.text("by_subject")
        expectedDay = try row.optionalDay("expected_day")
        offset = try row.optionalInteger("offset_days")
        note = try row.optionalText("note")
        punctuality = offset.map(Punctuality.init(offset:))
    }
}
