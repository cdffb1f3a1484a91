package import PlantKit

/// A change of state that is asked for.
package struct StateRequest: Sendable, Equatable {
    package var to: BlockState
    /// What is planted or planned; needed on an empty block.
    package var cropID: String?
    /// Needed on an empty block; on a planned one nil is what was planned.
    package var plants: Int64?
    /// For `planned`: the day of planting; nil is the day of the change.
    package var plannedDay: CivilDate?
    /// For `alert`.
    package var severity: AlertSeverity?
    package var note: String?

    package init(
        to: BlockState, cropID: String? = nil, plants: Int64? = nil, plannedDay: CivilDate? = nil,
        severity: AlertSeverity? = nil, note: String? = nil
    ) {
        self.to = to
        self.cropID = cropID
        self.plants = plants
        self.plannedDay = plannedDay
        self.severity = severity
        self.note = note
    }

    init(reading fields: inout FieldReader) {
        to = fields.word("state", harmless: BlockState.empty)
        cropID = fields.optionalID("crop_id")
        plants = fields.optionalInteger("plants", in: Yield.plantsRange)
        plannedDay = fields.optionalFarmDay("planned_day")
        severity = fields.optionalWord("severity", of: AlertSeverity.self)
        note = fields.optionalText("note", length: 0...1000, multiline: true)
    }
}
