import PlantKit
import Storage
import Testing

@testable import FarmManager

/// Attacks of those who may do something at their own farms, on those of others: each is answered as if there were none.
@Suite("Whose farms one reaches", .timeLimit(.minutes(10)))
struct ReachTests {
    struct World: Sendable {
        let bench: FarmBench
        let own: Farm
        let other: Farm
        let otherBlock: Block
    }

    /// Ana manages one farm, works at none; the other is Bo's and of customer c-2.
    private func world(_ kind: FarmDatabase, _ body: (World) async throws -> Void) async throws {
        try await kind.use { bench in
            let own = try await bench.makeFarm("OWN1", manager: "u-ana", customer: "c-1")
            let other = try await bench.makeFarm("OTH1", manager: "u-bo", customer: "c-2")
            _ = try await bench.makeBlock(own)
            let block = try await bench.makeBlock(other, name: "Secret house")
            let crop = try await bench.makeLettuce()
            try await bench.work(on: "2026-02-01") {
                try await $0.changeState(of: block.id, StateRequest(to: .growing, cropID: crop.id, plants: 10))
            }
            try await bench.change(block, to: .harvesting, on: "2026-02-10")
            try await bench.work(on: "2026-02-11") {
                _ = try await $0.recordHarvest(HarvestDraft(blockID: block.id, grams: 700))
                _ = try await $0.raiseAlert(
                    AlertDraft(farmID: other.id, blockID: block.id, severity: .low, title: "Leak"))
            }
            try await body(World(bench: bench, own: own, other: other, otherBlock: block))
        }
    }

    static let reaches: [(FarmReach, Set<String>)] = [
        (.all, ["OWN1", "OTH1"]), (.person(subject: "u-ana"), ["OWN1"]), (.customer(id: "c-2"), ["OTH1"]),
        (.person(subject: "u-new"), []), (.person(subject: "c-2"), []), (.customer(id: "u-bo"), []),
    ]

    @Test("managers their own, customers theirs, strangers none", arguments: reaches)
    func farms(_ reach: FarmReach, _ codes: Set<String>) async throws {
        try await world(.sqlite) { world in
            let farms = try await world.bench.look(reach: reach) { try await $0.farms(Slice(limit: 10)) }
            #expect(Set(farms.items.map(\.code)) == codes)
            #expect(farms.total == Int64(codes.count))
            let glances = try await world.bench.look(reach: reach) { try await $0.glances(Slice(limit: 10)) }
            #expect(glances.items.map(\.farm) == farms.items)
            let blocks = try await world.bench.look(reach: reach) {
                try await $0.blocks(BlockQuery(), Slice(limit: 10))
            }
            #expect(blocks.total == Int64(codes.count))
        }
    }

    @Test("who works at a farm reaches it, until they are taken off")
    func staff() async throws {
        try await world(.sqlite) { world in
            let reach = FarmReach.person(subject: "u-cy")
            let farm = world.own.id
            try await world.bench.work(on: "2026-03-01") { _ = try await $0.setStaff("u-cy", role: "grower", of: farm) }
            #expect(try await world.bench.look(reach: reach) { try await $0.farm(farm) }.id == farm)
            try await world.bench.work(on: "2026-03-01") { try await $0.removeStaff("u-cy", of: farm) }
            await #expect(throws: FarmError.notFound(.farm)) {
                try await world.bench.look(reach: reach) { try await $0.farm(farm) }
            }
        }
    }

    @Test(
        "others' blocks do not crowd one's own out of a search, nor their records out of a list",
        arguments: FarmDatabase.allCases)
    func crowded(_ kind: FarmDatabase) async throws {
        try await kind.use { bench in
            let other = try await bench.makeFarm("OTH1", manager: "u-bo")
            let own = try await bench.makeFarm("OWN1", manager: "u-ana")
            try await bench.work(on: "2026-01-01") { work in
                for _ in 0...FarmRecords.searchLimit {
                    _ = try await work.addBlock(BlockDraft(name: "House", type: .nethouse, maxPlants: 1), to: other.id)
                }
            }
            let block = try await bench.makeBlock(own, name: "House")
            for farm in [own, other] {
                try await bench.work(on: "2026-01-02") { work in
                    for number in 1...3 {
                        _ = try await work.raiseAlert(
                            AlertDraft(farmID: farm.id, severity: .low, title: "\(farm.code) \(number)"))
                    }
                }
            }
            try await bench.look(reach: .person(subject: "u-ana")) { records in
                let found = try await records.blocks(BlockQuery(search: "house"), Slice(limit: 10))
                #expect(found.items.map(\.block.id) == [block.id])
                #expect(found.total == 1)
                let alerts = try await records.alerts(AlertQuery(), Slice(limit: 2, offset: 1))
                #expect(alerts.items.count == 2)
                #expect(alerts.items.allSatisfy { $0.farmID == own.id })
                #expect(alerts.total == 3)
            }
            #expect(
                try await bench.look { try await $0.blocks(BlockQuery(search: "house"), Slice(limit: 10)) }.total
                    == 2_000)
        }
    }

    @Test("lists, counts, searches and statistics tell nothing of other farms", arguments: FarmDatabase.allCases)
    func lists(_ kind: FarmDatabase) async throws {
        try await world(kind) { world in
            let (farm, block) = (world.other.id, world.otherBlock.id)
            try await world.bench.look(reach: .person(subject: "u-ana")) { records in
                let page = Slice(limit: 10)
                #expect(try await records.blocks(BlockQuery(farmID: farm), page).total == 0)
                #expect(try await records.blocks(BlockQuery(search: "secret"), page).total == 0)
                for query in [
                    HarvestQuery(), HarvestQuery(farmID: farm), HarvestQuery(blockID: block),
                    HarvestQuery(to: CivilDate("2027-01-01")),
                ] {
                    let harvests = try await records.harvests(query, page)
                    #expect(harvests.items.isEmpty)
                    #expect(harvests.total == 0)
                }
                #expect(try await records.plantings(PlantingQuery(blockID: block), page).total == 0)
                #expect(try await records.alerts(AlertQuery(farmID: farm), page).total == 0)
                let year = FarmStatistics.Query(
                    from: try #require(CivilDate("2026-01-01")), to: try #require(CivilDate("2026-12-31")),
                    grouping: .farm,
                    farmID: farm)
                #expect(try await records.statistics(year).groups.isEmpty)
            }
        }
    }

    @Test("what is done to another's farm fails as if it were not there", arguments: FarmDatabase.allCases)
    func attacks(_ kind: FarmDatabase) async throws {
        try await world(kind) { world in
            let (farm, block) = (world.other.id, world.otherBlock.id)
            let all = Slice(limit: 10)
            let planting = try #require(
                try await world.bench.look { try await $0.plantings(PlantingQuery(), all) }.items.first
            ).id
            let harvest = try #require(
                try await world.bench.look { try await $0.harvests(HarvestQuery(), all) }.items.first
            ).id
            let alert = try #require(try await world.bench.look { try await $0.alerts(AlertQuery(), all) }.items.first)
                .id
            let own = world.own.id
            let attacks: [(FarmError.Kind, @Sendable (FarmWork) async throws -> Void)] = [
                (.farm, { _ = try await $0.records.farm(farm) }),
                (.farm, { _ = try await $0.records.dashboard(of: farm, now: 0) }),
                (.farm, { _ = try await $0.setStaff("u-ana", role: "owner", of: farm) }),
                (.farm, { try await $0.removeStaff("u-bo", of: farm) }),
                (.farm, { _ = try await $0.addBlock(BlockDraft(type: .special, maxPlants: 1), to: farm) }),
                (.farm, { _ = try await $0.raiseAlert(AlertDraft(farmID: farm, severity: .low, title: "x")) }),
                (
                    .block,
                    { _ = try await $0.raiseAlert(AlertDraft(farmID: own, blockID: block, severity: .low, title: "x")) }
                ),
                (.block, { _ = try await $0.records.block(block) }),
                (.block, { _ = try await $0.records.status(of: block) }),
                (.block, { _ = try await $0.records.transitions(of: block, all) }),
                (.block, { _ = try await $0.changeState(of: block, StateRequest(to: .cleaning)) }),
                (.block, { _ = try await $0.recordHarvest(HarvestDraft(blockID: block, grams: 1)) }),
                (.planting, { _ = try await $0.records.planting(planting) }),
                (.harvest, { _ = try await $0.records.harvest(harvest) }),
                (.harvest, { try await $0.voidHarvest(harvest) }),
                (.alert, { _ = try await $0.resolveAlert(alert, resolution: nil) }),
            ]
            for (index, (kind, attack)) in attacks.enumerated() {
                await #expect(throws: FarmError.notFound(kind), "attack \(index)") {
                    try await world.bench.work(
                        on: "2026-03-01", by: "u-ana", reach: .person(subject: "u-ana"), attack)
                }
            }
        }
    }
}
