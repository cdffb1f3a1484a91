package import PlantKit

/// What people write of a block.
package struct BlockDraft: ResourceDraft, Equatable {
    /// Nil: the farm's next one, or the one that the block has.
    package var code: String?
    package var name: String?
    package var type: BlockType
    package var maxPlants: Int64
    package var area: Area?
    package var positionX: Int64?
    package var positionY: Int64?

    package static let fields: Set<String> = [
        "code", "name", "type", "max_plants", "area", "area_unit", "position_x", "position_y",
    ]

    /// Of a farm's plan.
    package static let positionRange: ClosedRange<Int64> = 0...9_999

    package var columns: [ResourceColumn] {
        [
            ResourceColumn(name: "name", value: .optional(name)),
            ResourceColumn(name: "type", value: .text(type.rawValue)),
            ResourceColumn(name: "max_plants", value: .integer(maxPlants)),
            ResourceColumn(name: "position_x", value: .optional(positionX)),
            ResourceColumn(name: "position_y", value: .optional(positionY)),
        ] + area.columns
    }

    package init(
        code: String? = nil, name: String? = nil, type: BlockType, maxPlants: Int64, area: Area? = nil,
        positionX: Int64? = nil, positionY: Int64? = nil
    ) {
        self.code = code
        self.name = name
        self.type = type
        self.maxPlants = maxPlants
        self.area = area
        self.positionX = positionX
        self.positionY = positionY
    }

    package init(reading fields: inout FieldReader) {
        code = fields.optionalText("code", length: 1...14)
        fields.check("code", code, .blockCode)
        name = fields.optionalText("name", length: 1...120)
        type = fields.word("type", harmless: BlockType.special)
        maxPlants = fields.integer("max_plants", in: Yield.plantsRange)
        area = fields.optionalArea("area", "area_unit")
        positionX = fields.optionalInteger("position_x", in: Self.positionRange)
        positionY = fields.optionalInteger("position_y", in: Self.positionRange)
        if positionX == nil, positionY != nil { fields.fault("position_x", "is required with position_y") }
        if positionY == nil, positionX != nil { fields.fault("position_y", "is required with position_x") }
    }
}
