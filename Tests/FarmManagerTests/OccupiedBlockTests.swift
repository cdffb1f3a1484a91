import PlantKit
import Storage
import Testing

@testable import FarmManager

@Suite("What stands on the blocks of a list", .timeLimit(.minutes(10)))
struct OccupiedBlockTests {
    /// 120 blocks, of which every third is empty; the others hold as many lettuces as their number says.
    private static func plant(_ bench: FarmBench, _ farm: Farm) async throws {
        let crop = try await bench.makeLettuce()
        try await bench.work(on: "2026-02-01") { work in
            for number in Int64(1)...120 {
                let block = try await work.addBlock(BlockDraft(type: .greenhouse, maxPlants: 400), to: farm.id)
                guard number % 3 != 0 else { continue }
                _ = try await work.changeState(
                    of: block.id, StateRequest(to: .growing, cropID: crop.id, plants: number))
            }
        }
    }

    private static let queries: [(BlockQuery, Slice, [Int64?])] = [
        (BlockQuery(), Slice(limit: 100), (1...100).map { $0 % 3 == 0 ? nil : $0 }),
        (BlockQuery(), Slice(limit: 100, offset: 100), (101...120).map { $0 % 3 == 0 ? nil : $0 }),
        (BlockQuery(), Slice(limit: 3, offset: 108), [109, 110, nil]),
        (BlockQuery(), Slice(limit: 3, offset: 120), []),
        (BlockQuery(state: .growing), Slice(limit: 3, offset: 77), [116, 118, 119]),
        (BlockQuery(state: .empty), Slice(limit: 2, offset: 38), [nil, nil]),
        (
            BlockQuery(type: .greenhouse, search: "f001-11"), Slice(limit: 10),
            [110, nil, 112, 113, nil, 115, 116, nil, 118, 119]
        ),
        (BlockQuery(type: .nethouse), Slice(limit: 10), []),
    ]

    @Test("comes with them in their order, far beyond the first hundred as well", arguments: FarmDatabase.allCases)
    func pages(_ kind: FarmDatabase) async throws {
        try await kind.use { bench in
            let farm = try await bench.makeFarm()
            try await Self.plant(bench, farm)
            for (query, slice, plants) in Self.queries {
                let found = try await bench.look { try await $0.blocks(query, slice).items }
                #expect(found.map { $0.occupancy?.plants } == plants, "\(query) \(slice)")
                #expect(found.map(\.block.code) == found.map(\.block.code).sorted(), "\(query) \(slice)")
                #expect(found.map { $0.occupancy?.cropName } == plants.map { $0.map { _ in "Lettuce" } })
                #expect(found.allSatisfy { ($0.block.plantingID == nil) == ($0.occupancy == nil) })
            }
        }
    }

    @Test("is the same on the dashboard, which tells of the first alone, or of none")
    func dashboard() async throws {
        try await FarmDatabase.sqlite.use { bench in
            let farm = try await bench.makeFarm()
            try await Self.plant(bench, farm)
            let list = try await bench.look {
                try await $0.blocks(BlockQuery(farmID: farm.id), Slice(limit: 100)).items
            }
            for count in [100, 7, 0] {
                let lines = try await bench.look {
                    try await $0.dashboard(of: farm.id, now: 0, limits: .init(blocks: count)).blocks
                }
                #expect(lines.map(\.occupied) == Array(list.prefix(count)))
            }
        }
    }

    @Test("is planned, then takes room, then is over, then is gone", arguments: FarmDatabase.allCases)
    func season(_ kind: FarmDatabase) async throws {
        try await kind.use { bench in
            let block = try await bench.makeBlock(try await bench.makeFarm(), plants: 300)
            let crop = try await bench.makeLettuce()
            let look = { @Sendable in
                try #require(try await bench.look { try await $0.blocks(BlockQuery(), Slice(limit: 1)).items }.first)
            }
            #expect(try await look().occupancy == nil)
            #expect(try await look().capacityUsed == 0)

            try await bench.work(on: "2026-02-01") {
                _ = try await $0.changeState(
                    of: block.id,
                    StateRequest(to: .planned, cropID: crop.id, plants: 200, plannedDay: CivilDate("2026-02-03")))
            }
            #expect(try await look().occupancy?.status == .planned)
            #expect(try await look().capacityUsed == 0)

            try await bench.work(on: "2026-02-03") {
                _ = try await $0.changeState(of: block.id, StateRequest(to: .growing, plants: 100))
            }
            // 100 of 300 are 33.33 %; 100 × 250 g.
            #expect(try await look().capacityUsed == 333)
            #expect(
                try await look().occupancy
                    == .init(
                        status: .active, cropID: crop.id, cropName: "Lettuce", plants: 100, predictedGrams: 25_000,
                        harvestedGrams: 0))

            try await bench.change(block, to: .harvesting, on: "2026-03-01")
            try await bench.work(on: "2026-03-02") {
                _ = try await $0.recordHarvest(HarvestDraft(blockID: block.id, grams: 700))
            }
            #expect(try await look().occupancy?.harvestedGrams == 700)
            try await bench.change(block, to: .cleaning, on: "2026-03-05")
            #expect(try await look().occupancy?.status == .finished)
            #expect(try await look().occupancy?.plants == 100)
            #expect(try await look().capacityUsed == 0)
            try await bench.change(block, to: .empty, on: "2026-03-06")
            #expect(try await look().occupancy == nil)
        }
    }

    @Test("is told of farms within reach alone", arguments: FarmDatabase.allCases)
    func reach(_ kind: FarmDatabase) async throws {
        try await kind.use { bench in
            let own = try await bench.makeFarm("OWN1", manager: "u-ana", customer: "c-1")
            let other = try await bench.makeFarm("OTH1", manager: "u-bo", customer: "c-2")
            let crop = try await bench.makeLettuce()
            for (farm, plants) in [(own, Int64(11)), (other, 22)] {
                let block = try await bench.makeBlock(farm)
                try await bench.work(on: "2026-02-01") {
                    _ = try await $0.changeState(
                        of: block.id, StateRequest(to: .growing, cropID: crop.id, plants: plants))
                }
            }
            let reaches: [(FarmReach, [Int64])] = [
                (.all, [11, 22]), (.person(subject: "u-ana"), [11]), (.customer(id: "c-2"), [22]),
                (.person(subject: "u-new"), []),
            ]
            for (reach, plants) in reaches {
                for query in [BlockQuery(), BlockQuery(state: .growing), BlockQuery(search: "f00")] {
                    let found = try await bench.look(reach: reach) { try await $0.blocks(query, Slice(limit: 9)) }
                    #expect(found.items.map { $0.occupancy?.plants } == plants)
                    #expect(found.total == Int64(plants.count))
                }
            }
        }
    }
}
