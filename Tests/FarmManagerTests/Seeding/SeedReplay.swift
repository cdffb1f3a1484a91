import PlantKit
import Testing

@testable import FarmManager

/// Reads what happened on seeded blocks, and does it again in another database by `FarmWork`.
struct SeedReplay {
    let source: FarmBench
    let target: FarmBench

    init(from source: FarmBench, to target: FarmBench) {
        (self.source, self.target) = (source, target)
    }

    /// What both databases have to answer alike: everything but ids, which codes stand for.
    static let compared =
        [
            ("farms", "SELECT name, code, number, manager, search_text, area_m2, version FROM farm_manager_farms"),
            (
                "totals",
                "SELECT last_block_number, harvests, harvested_grams FROM farm_manager_farm_totals"
            ),
            (
                "blocks",
                """
                SELECT b.code AS code, name, type, max_plants, area_amount, area_unit, area_m2, position_x, position_y, state,
                    state_since, state_before_alert, state_before_alert_since, next_state, next_day, b.harvests AS harvests,
                    version, b.created_at AS created_at, b.updated_at AS updated_at, p.created_at AS planting
                FROM farm_manager_blocks b LEFT JOIN farm_manager_plantings p ON p.id = b.planting_id
                """
            ),
            (
                "words",
                "SELECT code, word FROM farm_manager_block_words w JOIN farm_manager_blocks b ON b.id = w.block_id"
            ),
            (
                "plantings",
                """
                SELECT b.code AS block, c.code AS crop, plants, p.germination_days AS germination_days,
                    p.growing_days AS growing_days, p.fruiting_days AS fruiting_days,
                    p.harvesting_days AS harvesting_days, p.cleaning_days AS cleaning_days, planned_day, planted_day,
                    finished_day, predicted_grams, harvested_grams, p.harvests AS harvests, status,
                    p.created_at AS created_at, p.updated_at AS updated_at
                FROM farm_manager_plantings p JOIN farm_manager_blocks b ON b.id = p.block_id
                JOIN farm_manager_crops c ON c.id = p.crop_id
                """
            ),
            (
                "harvests",
                """
                SELECT b.code AS block, c.code AS crop, at, grams, grade, by_subject, note, h.created_at AS created_at,
                    p.created_at AS planting
                FROM farm_manager_harvests h JOIN farm_manager_blocks b ON b.id = h.block_id
                JOIN farm_manager_crops c ON c.id = h.crop_id JOIN farm_manager_plantings p ON p.id = h.planting_id
                """
            ),
            (
                "transitions",
                """
                SELECT b.code AS block, sequence, from_state, to_state, at, by_subject, expected_day, offset_days, note,
                    p.created_at AS planting
                FROM farm_manager_transitions t JOIN farm_manager_blocks b ON b.id = t.block_id
                LEFT JOIN farm_manager_plantings p ON p.id = t.planting_id
                """
            ),
            (
                "alerts",
                """
                SELECT b.code AS block, severity, title, description, status, raised_by, raised_at, resolved_by, resolved_at,
                    resolution, a.version AS version
                FROM farm_manager_alerts a LEFT JOIN farm_manager_blocks b ON b.id = a.block_id
                """
            ),
        ]
        + ["days", "months"].map { grain in
            (
                grain,
                """
                SELECT code, day, month, \(SeasonDay.columns.joined(separator: ", "))
                FROM farm_manager_season_\(grain) s JOIN farm_manager_crops c ON c.id = s.crop_id
                """
            )
        }

    /// - Returns: how many steps there were.
    func run() async throws -> Int {
        let (farm, blocks, crops) = try await source.database.read { transaction in
            let farms = try await transaction.query(
                "SELECT id FROM farm_manager_farms ORDER BY number LIMIT 1", [])
            let records = FarmRecords(transaction, reach: .all)
            let id = try #require(try farms.first?.text("id"))
            let blocks = try await records.blocks(BlockQuery(farmID: id), Slice(limit: 1000)).items.map(\.block)
            return (
                try await records.farm(id), blocks.sorted { $0.code < $1.code },
                try await records.crops(Slice(limit: 100)).items
            )
        }
        var steps = 0
        let newFarm = try await work(farm.manager ?? "", farm.createdAt.seconds) { work in
            for crop in crops {
                _ = try await work.addCrop(
                    CropDraft(name: crop.name, code: crop.code, cycle: crop.cycle, yieldPerPlant: crop.yieldPerPlant))
            }
            return try await work.addFarm(
                FarmDraft(
                    name: farm.name, code: farm.code, manager: farm.manager, location: farm.location,
                    latitude: farm.latitude, longitude: farm.longitude, area: Self.area(farm.totalArea, farm.areaUnit),
                    description: farm.description))
        }
        try await replayAlerts(farm.id, newFarm.id, &steps)
        for block in blocks {
            let made = try await work("maker", block.createdAt.seconds) { work in
                try await work.addBlock(
                    BlockDraft(
                        name: block.name, type: block.type, maxPlants: block.maxPlants,
                        area: Self.area(block.area, block.areaUnit), positionX: block.positionX,
                        positionY: block.positionY), to: newFarm.id)
            }
            try await replay(block, as: made, newFarm.id, &steps)
        }
        return steps
    }

    private static func area(_ amount: AreaAmount?, _ unit: Area.Unit?) -> Area? {
        guard let amount, let unit else { return nil }
        return Area(amount: amount.tenThousandths, unit: unit)
    }

    private func work<T: Sendable>(
        _ by: String, _ at: Int64, _ body: @Sendable (FarmWork) async throws -> T
    ) async throws -> T {
        let id = RandomIDs.next
        return try await target.database.write { transaction in
            try await body(
                FarmWork(
                    transaction, reach: .all, change: Change(by: by, at: at, now: at, makeID: id)))
        }
    }

    private func rows(_ sql: String, _ id: String) async throws -> [SQLRow] {
        try await source.database.read { try await $0.query(sql, [.text(id)]) }
    }

    // MARK: One block

    /// A row of a table, and when it happened.
    private struct Happening {
        let at: Int64
        let kind: String
        let row: SQLRow
    }

    private func replay(_ block: Block, as made: Block, _ farm: String, _ steps: inout Int) async throws {
        var all: [Happening] = []
        for row in try await rows(
            """
            SELECT from_state, to_state, at, by_subject, note, sequence, planned_day, plants, c.code AS crop,
                p.created_at AS planting_at
            FROM farm_manager_transitions t LEFT JOIN farm_manager_plantings p ON p.id = t.planting_id
            LEFT JOIN farm_manager_crops c ON c.id = p.crop_id WHERE t.block_id = ? ORDER BY sequence
            """, block.id)
        {
            all.append(Happening(at: try row.integer("at"), kind: "change", row: row))
        }
        for row in try await rows(
            "SELECT at, grams, grade, by_subject FROM farm_manager_harvests WHERE block_id = ? ORDER BY at, id",
            block.id)
        {
            all.append(Happening(at: try row.integer("at"), kind: "harvest", row: row))
        }
        let changes = Set(try all.filter { $0.kind == "change" }.map { try $0.row.integer("at") })
        for row in try await rows(
            """
            SELECT severity, title, description, raised_by, raised_at FROM farm_manager_alerts
            WHERE block_id = ? ORDER BY raised_at, id
            """, block.id)
        {
            all.append(Happening(at: try row.integer("raised_at"), kind: "alert", row: row))
        }
        for happening in all.sorted(by: { $0.at < $1.at }) {
            steps += 1
            switch happening.kind {
            case "harvest": try await harvest(happening, made)
            case "alert": try await raise(happening.row, farm, made.id)
            default: try await change(happening, made)
            }
        }
        // Two things of a block never happen at once, except that an alert changes its state.
        let alerts = all.filter { $0.kind == "alert" && changes.contains($0.at) }.count
        #expect(Set(all.map(\.at)).count == all.count - alerts)
    }

    private func harvest(_ happening: Happening, _ made: Block) async throws {
        let row = happening.row
        let draft = HarvestDraft(
            blockID: made.id, grams: try row.integer("grams"), grade: try row.word("grade", as: HarvestGrade.self))
        _ = try await work(row.text("by_subject"), happening.at) { try await $0.recordHarvest(draft) }
    }

    private func raise(_ row: SQLRow, _ farm: String, _ block: String?) async throws {
        let draft = AlertDraft(
            farmID: farm, blockID: block, severity: try row.word("severity", as: AlertSeverity.self),
            title: try row.text("title"), description: try row.optionalText("description"))
        _ = try await work(row.text("raised_by"), row.integer("raised_at")) { try await $0.raiseAlert(draft) }
    }

    private func change(_ happening: Happening, _ made: Block) async throws {
        let row = happening.row
        let from = try row.word("from_state", as: BlockState.self)
        let to = try row.word("to_state", as: BlockState.self)
        // Its alert does it.
        guard to != .alert else { return }
        var request = StateRequest(to: to)
        if from == .alert { request.note = try row.optionalText("note") }
        if from == .empty {
            let code = try row.text("crop")
            request.cropID = try await target.look { try await $0.crops(Slice(limit: 100)).items }
                .first { $0.code == code }?.id
        }
        // How many were planned, the row of the planting does not tell once they are planted.
        if from == .empty || from == .planned, to != .empty { request.plants = try row.integer("plants") }
        if to == .planned { request.plannedDay = try row.optionalDay("planned_day") }
        let change = request
        _ = try await work(row.text("by_subject"), happening.at) { try await $0.changeState(of: made.id, change) }
    }

    private func replayAlerts(_ farm: String, _ newFarm: String, _ steps: inout Int) async throws {
        for row in try await rows(
            """
            SELECT severity, title, description, raised_by, raised_at, resolved_by, resolved_at, resolution
            FROM farm_manager_alerts WHERE farm_id = ? AND block_id IS NULL ORDER BY raised_at, id
            """, farm)
        {
            steps += 1
            let draft = AlertDraft(
                farmID: newFarm, severity: try row.word("severity", as: AlertSeverity.self),
                title: try row.text("title"), description: try row.optionalText("description"))
            let alert = try await work(row.text("raised_by"), row.integer("raised_at")) {
                try await $0.raiseAlert(draft)
            }
            guard let by = try row.optionalText("resolved_by") else { continue }
            let resolution = try row.optionalText("resolution")
            _ = try await work(by, row.integer("resolved_at")) {
                try await $0.resolveAlert(alert.id, resolution: resolution)
            }
        }
    }
}

enum RandomIDs {
    static let next: @Sendable () -> String = {
        var random = SeedRandom([UInt64.random(in: .min ... .max)])
        return random.id()
    }
}
