import PlantKit

/// What can be taken out as CSV: its columns, and its rows page by page in an order that knows where it stopped.
struct ExportTable: Sendable {
    /// Where a page ended.
    enum Place: Sendable, Equatable {
        case start
        case code(String)
        case moment(Int64, id: String)
    }

    let name: String
    let columns: [String]
    let page: @Sendable (FarmRecords, HarvestQuery, Place) async throws -> (rows: [[CSVWriter.Cell]], next: Place?)

    /// Rows read at once.
    static let pageSize = 500

    static let all = [farms, crops, blocks, harvests]

    static let farms = ExportTable(
        name: "farms",
        columns: [
            "code", "name", "customer_id", "manager", "location", "latitude", "longitude", "total_area", "area_unit",
            "description",
        ]
    ) { records, query, place in
        var filter = living(place)
        filter.equal("id", query.farmID)
        filter.reach(records.reach, "id")
        return try await byCode(records, Farm.schema.columns, from: "farm_manager_farms", filter, Farm.init(row:)) {
            farm in
            [
                .text(farm.code), .text(farm.name), .optional(farm.customerID), .optional(farm.manager),
                .optional(farm.location), .decimal(farm.latitude?.millionths, 6),
                .decimal(farm.longitude?.millionths, 6), .decimal(farm.totalArea?.tenThousandths, Area.places),
                .plain(farm.areaUnit?.rawValue ?? ""), .optional(farm.description),
            ]
        }
    }

    static let crops = ExportTable(
        name: "crops",
        columns: ["code", "name"] + GrowthCycle.columns + ["yield_per_plant_kg", "notes"]
    ) { records, _, place in
        try await byCode(
            records, Crop.schema.columns, from: "farm_manager_crops", living(place), Crop.init(row:)
        ) { crop in
            [
                .text(crop.code), .text(crop.name), .number(crop.germinationDays), .number(crop.growingDays),
                .number(crop.fruitingDays), .number(crop.harvestingDays), .number(crop.cleaningDays),
                .decimal(crop.yieldPerPlant.grams, Kilograms.places), .optional(crop.notes),
            ]
        }
    }

    static let blocks = ExportTable(
        name: "blocks",
        columns: [
            "farm_code", "code", "name", "type", "max_plants", "area", "area_unit", "position_x", "position_y",
            "state", "state_since", "next_state", "next_day",
        ]
    ) { records, query, place in
        var filter = living(place)
        filter.equal("farm_id", query.farmID)
        filter.reach(records.reach, "farm_id")
        let farm = "(SELECT f.code FROM farm_manager_farms f WHERE f.id = farm_manager_blocks.farm_id) AS farm_code"
        return try await byCode(
            records, Block.columns + [farm], from: "farm_manager_blocks", filter,
            { (try Block(row: $0), try $0.text("farm_code")) }
        ) { block, farm in
            [
                .text(farm), .text(block.code), .optional(block.name), .plain(block.type.rawValue),
                .number(block.maxPlants), .decimal(block.area?.tenThousandths, Area.places),
                .plain(block.areaUnit?.rawValue ?? ""), .number(block.positionX), .number(block.positionY),
                .plain(block.state.rawValue), .plain(block.stateSince.text),
                .plain(block.nextState?.rawValue ?? ""), .plain(block.nextDay?.text ?? ""),
            ]
        }
    }

    static let harvests = ExportTable(
        name: "harvests",
        columns: [
            "at", "farm_code", "block_code", "crop_code", "planting_id", "quantity_kg", "grade", "by", "note",
        ]
    ) { records, query, place in
        var filter = Filter()
        filter.equal("h.farm_id", query.farmID)
        if let from = query.from { filter.require("h.at >= ?", [.integer(from.start)]) }
        if let to = query.to { filter.require("h.at < ?", [.integer((to + 1).start)]) }
        filter.reach(records.reach, "h.farm_id")
        if case .moment(let at, let id) = place {
            filter.require("h.at >= ? AND (h.at > ? OR h.id > ?)", [.integer(at), .integer(at), .text(id)])
        }
        let rows = try await records.transaction.query(
            """
            SELECT \(Harvest.columns.map { "h.\($0) AS \($0)" }.joined(separator: ", ")), f.code AS farm_code, \
            b.code AS block_code, c.code AS crop_code FROM farm_manager_harvests h \
            JOIN farm_manager_farms f ON f.id = h.farm_id JOIN farm_manager_blocks b ON b.id = h.block_id \
            JOIN farm_manager_crops c ON c.id = h.crop_id \
            WHERE \(filter.sql) ORDER BY h.at, h.id LIMIT \(pageSize)
            """, filter.arguments)
        let cells: [[CSVWriter.Cell]] = try rows.map { row in
            let harvest = try Harvest(row: row)
            return [
                .plain(harvest.at.text), .text(try row.text("farm_code")), .text(try row.text("block_code")),
                .text(try row.text("crop_code")), .text(harvest.plantingID),
                .decimal(harvest.quantity.grams, Kilograms.places), .plain(harvest.grade.rawValue),
                .text(harvest.by), .optional(harvest.note),
            ]
        }
        guard rows.count == pageSize, let last = rows.last else { return (cells, nil) }
        return (cells, .moment(try last.integer("at"), id: try last.text("id")))
    }

    private static func living(_ place: Place) -> Filter {
        var filter = Filter()
        filter.require("deleted_at IS NULL")
        if case .code(let code) = place { filter.require("code > ?", [.text(code)]) }
        return filter
    }

    private static func byCode<Item>(
        _ records: FarmRecords, _ columns: [String], from table: String, _ filter: Filter,
        _ item: (SQLRow) throws -> Item, _ cells: (Item) -> [CSVWriter.Cell]
    ) async throws -> (rows: [[CSVWriter.Cell]], next: Place?) {
        let rows = try await records.transaction.query(
            """
            SELECT \(columns.joined(separator: ", ")) FROM \(table) \
            WHERE \(filter.sql) ORDER BY code LIMIT \(pageSize)
            """, filter.arguments)
        let next = rows.count == pageSize ? try rows.last?.text("code") : nil
        return (try rows.map { cells(try item($0)) }, next.map(Place.code))
    }
}
