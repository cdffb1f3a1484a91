import PlantKit
import Synchronization
import Testing

@testable import FarmManager

@Suite("Seeded farms")
struct SeedTests {
    @Test("a farm shows every state and every severity, and dashboard and rows agree", arguments: FarmDatabase.allCases)
    func believable(database: FarmDatabase) async throws {
        try await database.use { bench in
            let seeds = SeedBench(bench: bench)
            let said = try await seeds.seed(farms: 2, blocks: 12, seasons: 2)
            #expect(said.count == 1 && said[0].hasPrefix("seeded: farms 2, blocks 24, "), "\(said)")
            let farms = try await bench.look { try await $0.farms(Slice(limit: 10)).items }
            #expect(farms.map(\.code).sorted() == ["ALM2", "WES1"])
            let now = FarmBench.morning(SeedBench.until)
            for farm in farms {
                let seen = try await bench.look { try await $0.dashboard(of: farm.id, now: now) }
                #expect(seen.blockCount == 12)
                #expect(seen.blocksByState.allSatisfy { $0.value > 0 }, "\(seen.blocksByState)")
                #expect(seen.alerts.allSatisfy { $0.value > 0 }, "\(seen.alerts)")
                #expect(seen.finishedCycles >= 24)
                let finished = "farm_id = '\(farm.id)' AND status = 'finished'"
                #expect(try await seeds.count("plantings", where: finished) == seen.finishedCycles)
                #expect(seen.staff.count == 4)
            }
            for state in BlockState.allCases {
                #expect(try await seeds.count("blocks", where: "state = '\(state.rawValue)'") >= 2, "\(state)")
            }
            for severity in AlertSeverity.allCases {
                let active = "severity = '\(severity.rawValue)' AND status = 'active'"
                #expect(try await seeds.count("alerts", where: active) >= 2, "\(severity)")
            }
            for late in ["offset_days < 0", "offset_days = 0", "offset_days > 0"] {
                #expect(try await seeds.count("transitions", where: late) > 10, "\(late)")
            }
            // Days are counted from the day that was asked for: nothing is of that day, or later.
            let today = (CivilDate(SeedBench.until)?.start ?? 0)
            #expect(try await seeds.count("transitions", where: "at >= \(today)") == 0)
            #expect(try await seeds.count("harvests", where: "at >= \(today)") == 0)
            #expect(try await seeds.count("blocks", where: "next_day < \(today / 86_400)") > 0)
            #expect(try await seeds.count("plantings", where: "harvests > 2 AND status = 'finished'") > 10)
        }
    }

    @Test("what a rule of the farm manager forbids is nowhere", arguments: FarmDatabase.allCases)
    func rules(database: FarmDatabase) async throws {
        try await database.use { bench in
            let seeds = SeedBench(bench: bench)
            try await seeds.seed(farms: 2, blocks: 30, seasons: 2)
            let forbidden = [
                "a block that is not what its last change made it": """
                SELECT b.id AS id FROM farm_manager_blocks b JOIN farm_manager_transitions t
                ON t.block_id = b.id AND t.sequence = b.version WHERE t.to_state <> b.state
                """,
                "a block without its last change": """
                SELECT id FROM farm_manager_blocks WHERE version > 1 AND NOT EXISTS
                (SELECT 1 FROM farm_manager_transitions t WHERE t.block_id = farm_manager_blocks.id
                AND t.sequence = farm_manager_blocks.version)
                """,
                "a change that does not begin where the one before ended": """
                SELECT t.id AS id FROM farm_manager_transitions t JOIN farm_manager_transitions n
                ON n.block_id = t.block_id AND n.sequence = t.sequence + 1
                WHERE n.from_state <> t.to_state OR n.at < t.at
                """,
                "a planting that holds another sum than its harvests": """
                SELECT p.id AS id FROM farm_manager_plantings p WHERE harvested_grams <>
                (SELECT COALESCE(SUM(grams), 0) FROM farm_manager_harvests h WHERE h.planting_id = p.id)
                OR harvests <> (SELECT COUNT(*) FROM farm_manager_harvests h WHERE h.planting_id = p.id)
                """,
                "a farm that holds another sum than its harvests": """
                SELECT f.farm_id AS id FROM farm_manager_farm_totals f WHERE harvested_grams <>
                (SELECT COALESCE(SUM(grams), 0) FROM farm_manager_harvests h WHERE h.farm_id = f.farm_id)
                """,
                "more plants than there is room": """
                SELECT p.id AS id FROM farm_manager_plantings p JOIN farm_manager_blocks b ON b.id = p.block_id
                WHERE plants > max_plants OR plants < 1
                """,
                "a block in alert without an alert, or the other way round": """
                SELECT b.id AS id FROM farm_manager_blocks b WHERE (state = 'alert') <> EXISTS
                (SELECT 1 FROM farm_manager_alerts a WHERE a.block_id = b.id AND a.status = 'active')
                """,
                "a harvest of another time than the harvesting": """
                SELECT h.id AS id FROM farm_manager_harvests h WHERE NOT EXISTS
                (SELECT 1 FROM farm_manager_transitions t WHERE t.planting_id = h.planting_id
                AND t.to_state = 'harvesting' AND t.at <= h.at)
                """,
                "a fruiting crop that does not fruit": """
                SELECT t.id AS id FROM farm_manager_transitions t JOIN farm_manager_plantings p ON p.id = t.planting_id
                WHERE (t.to_state = 'fruiting' AND t.from_state = 'growing' AND fruiting_days = 0)
                OR (t.to_state = 'harvesting' AND t.from_state = 'growing' AND fruiting_days > 0)
                """,
            ]
            for (what, sql) in forbidden { #expect(try await seeds.rows(sql).isEmpty, "\(what)") }
            for code in try await bench.look({
                try await $0.blocks(BlockQuery(), Slice(limit: 100)).items.map(\.block.code)
            }) {
                #expect(BlockCode(code) != nil, "\(code)")
            }
        }
    }

    @Test("run again it changes nothing, asked for more farms it adds them", arguments: FarmDatabase.allCases)
    func again(database: FarmDatabase) async throws {
        try await database.use { bench in
            let seeds = SeedBench(bench: bench)
            try await seeds.seed(farms: 1, blocks: 8, seasons: 1)
            let before = try await seeds.rows("SELECT id, state, updated_at FROM farm_manager_blocks")
            let said = try await seeds.seed(farms: 1, blocks: 8, seasons: 1)
            #expect(said.first == "there already, and left as they are: 1 of 1", "\(said)")
            #expect(try await seeds.rows("SELECT id, state, updated_at FROM farm_manager_blocks") == before)
            let more = try await seeds.seed(farms: 3, blocks: 8, seasons: 1)
            #expect(more.count == 2 && more[1].hasPrefix("seeded: farms 2, blocks 16, "), "\(more)")
            #expect(try await seeds.count("crops") == 11)
            try await seeds.seed(farms: 1, blocks: 8, seasons: 1, number: 2)
            #expect(try await seeds.count("farms") == 4)
        }
    }

    @Test("the same number, day and sizes make the same rows, another number makes others")
    func deterministic() async throws {
        let sql = "SELECT id, at, by_subject FROM farm_manager_transitions ORDER BY at, id"
        var answers: [[String]] = []
        for number in [1, 1, 2] as [UInt64] {
            try await FarmDatabase.sqlite.use { bench in
                let seeds = SeedBench(bench: bench)
                try await seeds.seed(number: number)
                answers.append(try await seeds.rows(sql))
            }
        }
        #expect(answers[0] == answers[1])
        #expect(Set(answers[0]).isDisjoint(with: answers[2]))
    }

    @Test("those who follow hear of one farm, not of its past; the audit hears of it in the farm's transaction")
    func told() async throws {
        try await FarmDatabase.sqlite.use { bench in
            let seeds = SeedBench(bench: bench)
            let recorded = Mutex<[String]>([])
            try await seeds.seed(farms: 2) { kind, id, _ in recorded.withLock { $0.append("\(kind) \(id)") } }
            #expect(try await bench.events() == ["farm.created", "farm.created"])
            let farms = try await bench.look { try await $0.farms(Slice(limit: 10)).items.map { "farms \($0.id)" } }
            #expect(recorded.withLock(\.self).sorted() == farms.sorted())
        }
    }

    @Test("a farm that can't be written whole leaves nothing behind, and comes with the next run")
    func interrupted() async throws {
        struct Interruption: Error {}
        try await FarmDatabase.sqlite.use { bench in
            let seeds = SeedBench(bench: bench)
            let done = Mutex(0)
            await #expect(throws: Interruption.self) {
                try await seeds.seed(farms: 3) { _, _, _ in
                    if done.withLock({ count in
                        count += 1
                        return count
                    }) == 2 {
                        throw Interruption()
                    }
                }
            }
            #expect(try await seeds.count("farms") == 1)
            #expect(try await seeds.count("blocks") == 12)
            let said = try await seeds.seed(farms: 3)
            #expect(said.first == "there already, and left as they are: 1 of 3", "\(said)")
            #expect(try await seeds.count("blocks") == 36)
        }
    }

    @Test("people's own farms, crops and codes stay theirs")
    func besideOthers() async throws {
        try await FarmDatabase.sqlite.use { bench in
            let seeds = SeedBench(bench: bench)
            let own = try await bench.makeFarm()
            let tomato = try await bench.makeTomato()
            try await seeds.seed()
            #expect(try await bench.look { try await $0.crop(tomato.id) } == tomato)
            #expect(try await seeds.count("crops") == 11)
            #expect(try await seeds.count("blocks", where: "code LIKE 'F002-%'") == 12)
            #expect(try await bench.look { try await $0.farm(own.id) } == own)
            _ = try await bench.makeFarm("WES1001")
            await #expect(throws: SeedRefusal.self) { try await seeds.seed(number: 2) }
            #expect(try await seeds.count("farms") == 3)
        }
    }

    @Test("more than one command makes is refused before anything is written")
    func tooMuch() async throws {
        try await FarmDatabase.sqlite.use { bench in
            let seeds = SeedBench(bench: bench)
            await #expect(throws: SeedRefusal.self) {
                try await seeds.seed(farms: 1000, blocks: 1000, seasons: 2)
            }
            let farms = try await seeds.count("farms")
            #expect(farms == 0)
        }
    }

    @Test("with hardly a block, without a past", arguments: [(1, 0), (1, 1), (3, 0)] as [(Int64, Int64)])
    func small(blocks: Int64, seasons: Int64) async throws {
        try await FarmDatabase.sqlite.use { bench in
            let seeds = SeedBench(bench: bench)
            try await seeds.seed(farms: 20, blocks: blocks, seasons: seasons)
            #expect(try await seeds.count("blocks") == 20 * blocks)
            let earlier = "EXISTS (SELECT 1 FROM farm_manager_farms f WHERE f.id = farm_id AND created_at > raised_at)"
            #expect(try await seeds.count("alerts", where: earlier) == 0)
        }
    }
}
