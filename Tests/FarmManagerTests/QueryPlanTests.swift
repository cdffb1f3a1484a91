import PlantKit
import Storage
import Testing

@testable import FarmManager

/// What is asked of 100,000 blocks and 1,000,000 harvests must go by an index: SQLite is asked for its plan of every
/// statement of every list, the dashboard and the statistics.
@Suite("Query plans", .timeLimit(.minutes(10)))
struct QueryPlanTests {
    typealias Look = @Sendable (FarmRecords) async throws -> Void

    /// Tables that grow with a plant. A scan of one is refused; farms, crops and their totals are small.
    static let large = [
        "farm_manager_blocks", "farm_manager_block_words", "farm_manager_plantings", "farm_manager_harvests",
        "farm_manager_transitions", "farm_manager_alerts", "farm_manager_season_days", "farm_manager_season_months",
    ]
    static let slice = Slice(limit: 100, offset: 200)
    static let reaches: [FarmReach] = [.all, .person(subject: "u-1"), .customer(id: "c-1")]

    static let blockQueries: [BlockQuery] = [
        BlockQuery(), BlockQuery(order: .newest), BlockQuery(farmID: "f"), BlockQuery(state: .growing),
        BlockQuery(type: .greenhouse), BlockQuery(farmID: "f", state: .growing), BlockQuery(search: "tomato house"),
        BlockQuery(farmID: "f", search: "tom"), BlockQuery(state: .empty, search: "f001-005"),
    ]

    @Test("of lists of blocks", arguments: blockQueries, reaches)
    func blocks(_ query: BlockQuery, _ reach: FarmReach) async throws {
        try await explain(reach) { _ = try await $0.blocks(query, Self.slice) }
    }

    static let harvestQueries: [HarvestQuery] = [
        HarvestQuery(), HarvestQuery(farmID: "f"), HarvestQuery(blockID: "b"), HarvestQuery(plantingID: "p"),
        HarvestQuery(cropID: "c"), HarvestQuery(from: CivilDate("2026-01-10"), to: CivilDate("2026-06-10")),
        HarvestQuery(farmID: "f", cropID: "c", from: CivilDate("2026-01-10")),
        HarvestQuery(blockID: "b", to: CivilDate("2026-01-10")),
    ]

    @Test("of lists of harvests", arguments: harvestQueries, reaches)
    func harvests(_ query: HarvestQuery, _ reach: FarmReach) async throws {
        try await explain(reach) { _ = try await $0.harvests(query, Self.slice) }
    }

    static let plantingQueries: [PlantingQuery] = [
        PlantingQuery(), PlantingQuery(farmID: "f"), PlantingQuery(blockID: "b"), PlantingQuery(cropID: "c"),
        PlantingQuery(status: .active), PlantingQuery(farmID: "f", status: .finished),
    ]

    @Test("of lists of plantings", arguments: plantingQueries, reaches)
    func plantings(_ query: PlantingQuery, _ reach: FarmReach) async throws {
        try await explain(reach) { _ = try await $0.plantings(query, Self.slice) }
    }

    static let alertQueries: [AlertQuery] = [
        AlertQuery(), AlertQuery(farmID: "f"), AlertQuery(blockID: "b"), AlertQuery(status: .active),
        AlertQuery(farmID: "f", severity: .critical, status: .active),
    ]

    @Test("of lists of alerts", arguments: alertQueries, reaches)
    func alerts(_ query: AlertQuery, _ reach: FarmReach) async throws {
        try await explain(reach) { _ = try await $0.alerts(query, Self.slice) }
    }

    @Test("of the dashboard, the state of a block and its history", arguments: reaches)
    func dashboard(_ reach: FarmReach) async throws {
        try await explain(reach) { _ = try await $0.dashboard(of: $0.everyFarm(), now: 0) }
        try await explain(reach) { _ = try await $0.glances(Self.slice) }
        try await explain(reach) { _ = try await $0.status(of: $0.everyBlock()) }
        try await explain(reach) { _ = try await $0.transitions(of: $0.everyBlock(), Self.slice) }
    }

    @Test("of statistics", arguments: FarmStatistics.Grouping.allCases, reaches)
    func statistics(_ grouping: FarmStatistics.Grouping, _ reach: FarmReach) async throws {
        for (farm, crop) in [(nil, nil), ("f", nil), (nil, "c"), ("f", "c")] as [(String?, String?)] {
            let query = FarmStatistics.Query(
                from: try #require(CivilDate("2025-01-10")), to: try #require(CivilDate("2026-06-10")),
                grouping: grouping,
                farmID: farm, cropID: crop)
            try await explain(reach) { _ = try await $0.statistics(query) }
        }
    }

    @Test("a dashboard takes nine statements, or eight, farms at a glance five, a list two, for any number of blocks")
    func statementCount() async throws {
        try await FarmDatabase.sqlite.use { bench in
            let farm = try await bench.makeFarm()
            let crop = try await bench.makeTomato()
            var counts: [[Int]] = []
            for round in 1...3 {
                for _ in 1...(round * 10) {
                    let block = try await bench.makeBlock(farm)
                    try await bench.work(on: "2026-02-01") {
                        try await $0.changeState(of: block.id, StateRequest(to: .planted, cropID: crop.id, plants: 9))
                    }
                }
                counts.append(
                    [
                        try await count(bench) { _ = try await $0.dashboard(of: farm.id, now: 0) },
                        try await count(bench) {
                            _ = try await $0.dashboard(of: farm.id, now: 0, limits: .init(blocks: 0))
                        },
                        try await count(bench) { _ = try await $0.glances(Slice(limit: 500)) },
                        try await count(bench) {
                            _ = try await $0.blocks(BlockQuery(farmID: farm.id), Slice(limit: 500))
                        },
                        try await count(bench) { _ = try await $0.harvests(HarvestQuery(), Slice(limit: 500)) },
                    ])
            }
            #expect(counts == [[9, 8, 5, 2, 2], [9, 8, 5, 2, 2], [9, 8, 5, 2, 2]])
        }
    }

    private func count(_ bench: FarmBench, _ look: @escaping Look) async throws -> Int {
        try await bench.database.read { transaction in
            let recorded = RecordedStatements(transaction)
            try await look(FarmRecords(recorded, reach: .all))
            return recorded.statements.count
        }
    }

    /// Runs it on a farm of one block that `u-1` manages, and then asks for the plan of all it ran.
    private func explain(_ reach: FarmReach, _ look: @escaping Look) async throws {
        try await FarmDatabase.sqlite.use { bench in
            let farm = try await bench.makeFarm(manager: "u-1", customer: "c-1")
            _ = try await bench.makeBlock(farm)
            try await bench.database.read { transaction in
                let recorded = RecordedStatements(transaction)
                try await look(FarmRecords(recorded, reach: reach))
                #expect(!recorded.statements.isEmpty)
                for statement in recorded.statements {
                    let plan = try await transaction.query(
                        "EXPLAIN QUERY PLAN " + statement.sql, statement.arguments
                    ).map { (line: try $0.text("detail"), isOutermost: try $0.integer("parent") == 0) }
                    for step in plan { Self.examine(step.line, of: statement.sql, isOutermost: step.isOutermost) }
                }
            }
        }
    }

    /// A covering index may be walked in order where the statement asks for all of it.
    private static func examine(_ line: String, of sql: String, isOutermost: Bool) {
        let scans = large.filter { line.hasPrefix("SCAN \($0)") && line.dropFirst(5 + $0.count).first != "_" }
        let isScanOfTable = !scans.isEmpty && !line.contains("USING")
        #expect(!isScanOfTable, "\(line): \(sql)")
        let sorts = line.contains("TEMP B-TREE FOR ORDER BY") || line.contains("AUTOMATIC")
        // A page of blocks has been cut out by an index before what stands there comes to it and it is sorted once more.
        let isOfPage = isOutermost && sql.contains(") b\nLEFT JOIN") && !line.contains("AUTOMATIC")
        #expect(!sorts || isOfPage || Self.mayBeSorted(sql), "\(line): \(sql)")
    }

    /// What is bounded before it is sorted: few farms' newest, groups, a farm's staff, the matches of a search, one
    /// caller's farms.
    private static func mayBeSorted(_ sql: String) -> Bool {
        [
            "UNION", "GROUP BY", "FROM farm_manager_staff WHERE farm_id", ") h) ORDER BY", "block_words",
            "WHERE manager = ?", "WHERE customer_id = ?",
        ].contains { sql.contains($0) }
    }
}

extension FarmRecords {
    fileprivate func everyFarm() async throws -> String {
        try await farms(Slice(limit: 1)).items.first?.id ?? ""
    }

    fileprivate func everyBlock() async throws -> String {
        try await blocks(BlockQuery(), Slice(limit: 1)).items.first?.block.id ?? ""
    }
}
