package import PlantKit

/// What happened, and to what; a screen asks for the rest.
package struct FarmEvent: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        case farmCreated = "farm.created"
        case farmChanged = "farm.changed"
        case farmRemoved = "farm.removed"
        case blockCreated = "block.created"
        case blockChanged = "block.changed"
        case blockRemoved = "block.removed"
        case blockState = "block.state"
        case harvestRecorded = "harvest.recorded"
        case harvestVoided = "harvest.voided"
        case alertRaised = "alert.raised"
        case alertResolved = "alert.resolved"
    }

    package var type: Kind
    package var farmID: String
    package var blockID: String?
    /// Of the planting, harvest or alert that it is about.
    package var recordID: String?
    package var from: BlockState?
    package var to: BlockState?
    package var quantity: Kilograms?
    package var severity: AlertSeverity?
    package var at = Timestamp(seconds: 0)
    /// A token's subject.
    package var by = ""

    enum CodingKeys: String, CodingKey {
        case type, from, to, severity, at, by
        case farmID = "farm_id"
        case blockID = "block_id"
        case recordID = "record_id"
        case quantity = "quantity_kg"
    }

    init(
        type: Kind, farmID: String, blockID: String? = nil, recordID: String? = nil, from: BlockState? = nil,
        to: BlockState? = nil, grams: Int64? = nil, severity: AlertSeverity? = nil
    ) {
        self.type = type
        self.farmID = farmID
        self.blockID = blockID
        self.recordID = recordID
        self.from = from
        self.to = to
        quantity = grams.map(Kilograms.init(grams:))
        self.severity = severity
    }
}
