import PlantKit

/// Rows on their way into the database: many to a statement, as each statement is a round trip.
struct SeedTables {
    private(set) var blocks = SeedTable(
        "blocks",
        [
            "id", "farm_id", "code", "name", "type", "max_plants", "area_amount", "area_unit", "area_m2", "position_x",
            "position_y", "state", "state_since", "state_before_alert", "state_before_alert_since", "planting_id",
            "next_state", "next_day", "harvests", "version", "created_at", "updated_at",
        ])
    private(set) var words = SeedTable("block_words", ["word", "block_id", "farm_id"])
    private(set) var plantings = SeedTable(
        "plantings",
        ["id", "farm_id", "block_id", "crop_id", "plants"] + GrowthCycle.columns + [
            "planned_day", "planted_day", "finished_day", "predicted_grams", "harvested_grams", "harvests", "status",
            "created_at", "updated_at",
        ])
    private(set) var harvests = SeedTable(
        "harvests",
        [
            "id", "farm_id", "block_id", "planting_id", "crop_id", "at", "grams", "grade", "by_subject", "note",
            "created_at",
        ])
    private(set) var transitions = SeedTable(
        "transitions",
        [
            "id", "farm_id", "block_id", "planting_id", "sequence", "from_state", "to_state", "at", "by_subject",
            "expected_day", "offset_days", "note",
        ])
    private(set) var alerts = SeedTable(
        "alerts",
        [
            "id", "farm_id", "block_id", "severity", "title", "description", "status", "raised_by", "raised_at",
            "resolved_by", "resolved_at", "resolution", "version",
        ])
    private(set) var figures = SeasonFigures()
    /// Over the whole farm.
    private(set) var counts = SeedCounts()

    mutating func add(_ block: BlockHistory) {
        blocks.add(block.row)
        for word in BlockWords.of(code: block.code, name: block.name) {
            words.add([.blob(Array(word.utf8)), .text(block.id), .text(block.farmID)])
        }
        for planting in block.plantings {
            plantings.add(planting.row)
            counts.harvestedGrams += planting.harvestedGrams
        }
        for harvest in block.harvests { harvests.add(harvest) }
        for transition in block.transitions { transitions.add(transition) }
        for alert in block.alerts { add(alert) }
        figures.add(block.figures)
        counts.blocks += 1
        counts.plantings += Int64(block.plantings.count)
        counts.harvests += Int64(block.harvests.count)
    }

    mutating func add(_ alert: SeededAlert) {
        alerts.add(alert.row)
        if alert.resolved == nil { counts.activeAlerts += 1 }
    }

    /// In the order in which one refers to another.
    mutating func write(_ transaction: any SQLTransaction) async throws {
        try await blocks.write(transaction)
        try await words.write(transaction)
        try await plantings.write(transaction)
        try await harvests.write(transaction)
        try await transitions.write(transaction)
        try await alerts.write(transaction)
    }

    /// The farm's figures by day and by month, when all of its blocks are there.
    func writeFigures(of farm: String, _ transaction: any SQLTransaction) async throws {
        for (grain, figures) in [("days", figures.days), ("months", figures.months)] {
            var table = SeedTable("season_\(grain)", ["farm_id", "crop_id", "day", "month"] + SeasonDay.columns)
            for (key, figures) in figures {
                let day = CivilDate(daysSinceEpoch: key.day)
                table.add(
                    [.text(farm), .text(key.crop), .integer(key.day), .text(day.month)] + figures.values)
            }
            try await table.write(transaction)
        }
        try await transaction.execute(
            """
            INSERT INTO farm_manager_farm_totals (farm_id, last_block_number, harvests, harvested_grams)
            VALUES (?, ?, ?, ?)
            """, [.text(farm), .integer(counts.blocks), .integer(counts.harvests), .integer(counts.harvestedGrams)])
    }
}

/// What was made.
struct SeedCounts: Sendable {
    var blocks: Int64 = 0
    var plantings: Int64 = 0
    var harvests: Int64 = 0
    var harvestedGrams: Int64 = 0
    var activeAlerts: Int64 = 0

    static func += (left: inout SeedCounts, right: SeedCounts) {
        left.blocks += right.blocks
        left.plantings += right.plantings
        left.harvests += right.harvests
        left.harvestedGrams += right.harvestedGrams
        left.activeAlerts += right.activeAlerts
    }
}

struct SeedTable {
    let name: String
    let columns: [String]
    private var rows: [[SQLValue]] = []

    /// SQLite takes 32,766 values in a statement, PostgreSQL twice as many; beyond some thousand nothing is gained.
    private static let valuesPerStatement = 4_000

    /// - Parameter name: without the module's prefix.
    init(_ name: String, _ columns: [String]) {
        self.name = name
        self.columns = columns
    }

    mutating func add(_ row: [SQLValue]) { rows.append(row) }

    mutating func write(_ transaction: any SQLTransaction) async throws {
        let batch = Self.valuesPerStatement / columns.count
        let places = "(\(columns.map { _ in "?" }.joined(separator: ", ")))"
        for start in stride(from: 0, to: rows.count, by: batch) {
            let part = rows[start..<min(start + batch, rows.count)]
            try await transaction.execute(
                """
                INSERT INTO farm_manager_\(name) (\(columns.joined(separator: ", "))) \
                VALUES \(repeatElement(places, count: part.count).joined(separator: ", "))
                """, part.flatMap(\.self))
        }
        rows.removeAll(keepingCapacity: true)
    }
}
