import PlantKit
import Storage
import Testing

@testable import FarmManager

@Suite("A season in the records", .timeLimit(.minutes(10)))
struct SeasonRecordTests {
    @Test("a tomato season with an alert on the way, every figure by hand", arguments: FarmDatabase.allCases)
    func tomatoes(_ kind: FarmDatabase) async throws {
        try await kind.use { bench in
            let farm = try await bench.makeFarm()
            let block = try await bench.makeBlock(farm)
            let crop = try await bench.makeTomato()
            #expect(block.code == "F001-001")
            #expect(block.state == .empty)

            var now = try await bench.work(on: "2026-01-05") {
                try await $0.changeState(
                    of: block.id,
                    StateRequest(to: .planned, cropID: crop.id, plants: 120, plannedDay: CivilDate("2026-01-10")))
            }
            #expect(now.expectation == Expectation(state: .planted, day: try #require(CivilDate("2026-01-10"))))
            var dashboard = try await bench.look {
                try await $0.dashboard(of: farm.id, now: FarmBench.morning("2026-01-06"))
            }
            #expect(dashboard.planned == 1)
            #expect(dashboard.active == .init())
            #expect(dashboard.blocks[0].daysToNext == 4)
            #expect(dashboard.blocks[0].occupied.capacityUsed == 0)

            // Two days late, and with 100 plants of the 120 that were planned: 100 × 4.5 kg = 450 kg.
            now = try await bench.work(on: "2026-01-12") {
                try await $0.changeState(of: block.id, StateRequest(to: .planted, plants: 100))
            }
            #expect(now.expectation == Expectation(state: .growing, day: try #require(CivilDate("2026-01-19"))))
            try await bench.change(block, to: .growing, on: "2026-01-18")
            dashboard = try await bench.look {
                try await $0.dashboard(of: farm.id, now: FarmBench.morning("2026-01-28"))
            }
            #expect(dashboard.active.predictedGrams == 450_000)
            #expect(dashboard.blocksByState[.growing] == 1)
            let glance = try #require(try await bench.look { try await $0.glances(Slice(limit: 9)) }.items.first)
            #expect(glance.farm == dashboard.farm)
            #expect(glance.active == dashboard.active)
            #expect(glance.blocksByState == dashboard.blocksByState)
            #expect(glance.alerts == dashboard.alerts)
            #expect(dashboard.blocks[0].daysInState == 10)
            #expect(dashboard.blocks[0].daysToNext == 20)
            #expect(dashboard.blocks[0].occupied.capacityUsed == 500)
            #expect(dashboard.upcoming.map(\.blockCode) == ["F001-001"])

            let alert = try await bench.work(on: "2026-02-01", by: "u-bo") {
                try await $0.raiseAlert(
                    AlertDraft(farmID: farm.id, blockID: block.id, severity: .critical, title: "Pump stands still"))
            }
            dashboard = try await bench.look {
                try await $0.dashboard(of: farm.id, now: FarmBench.morning("2026-02-02"))
            }
            #expect(dashboard.blocksByState[.alert] == 1)
            #expect(dashboard.alerts == [.critical: 1, .high: 0, .medium: 0, .low: 0])
            try await bench.work(on: "2026-02-03") { try await $0.resolveAlert(alert.id, resolution: "New pump") }
            now = try await bench.look { try await $0.block(block.id) }
            #expect(now.state == .growing)
            #expect(now.stateSince.seconds == FarmBench.morning("2026-01-18"))
            #expect(now.expectation?.day == CivilDate("2026-02-17"))

            try await bench.change(block, to: .fruiting, on: "2026-02-17")
            try await bench.change(block, to: .harvesting, on: "2026-03-10")
            for (day, grams) in [("2026-03-10", Int64(125_500)), ("2026-03-15", 200_250), ("2026-03-20", 96_250)] {
                try await bench.work(on: day) {
                    try await $0.recordHarvest(HarvestDraft(blockID: block.id, grams: grams))
                }
            }
            let mistaken = try await bench.work(on: "2026-03-20") {
                try await $0.recordHarvest(HarvestDraft(blockID: block.id, grams: 9_999_999))
            }
            try await bench.work(on: "2026-03-20") { try await $0.voidHarvest(mistaken.id) }
            dashboard = try await bench.look {
                try await $0.dashboard(of: farm.id, now: FarmBench.morning("2026-03-20"))
            }
            #expect(dashboard.active.actualGrams == 422_000)
            #expect(dashboard.active.efficiency?.tenthsOfPercent == 937)
            #expect(dashboard.active.efficiency?.category == .excellent)
            #expect(dashboard.harvestedGrams == 422_000)

            try await bench.change(block, to: .cleaning, on: "2026-03-24")
            dashboard = try await bench.look {
                try await $0.dashboard(of: farm.id, now: FarmBench.morning("2026-03-25"))
            }
            #expect(dashboard.active == .init())
            #expect(dashboard.finished == .init(predictedGrams: 450_000, actualGrams: 422_000))
            now = try await bench.change(block, to: .empty, on: "2026-03-25")
            #expect(now.plantingID == nil)
            #expect(now.expectation == nil)
            #expect(now.harvests == 3)

            let transitions = try await bench.look { try await $0.transitions(of: block.id, Slice(limit: 50)) }
            #expect(
                transitions.items.reversed().map {
                    "\($0.from.rawValue) \($0.to.rawValue) \($0.offset.map { "\($0)" } ?? "–")"
                }
                    == [
                        "empty planned –", "planned planted 2", "planted growing -1", "growing alert –",
                        "alert growing –",
                        "growing fruiting 0", "fruiting harvesting 1", "harvesting cleaning 0", "cleaning empty -1",
                    ])

            let year = FarmStatistics.Query(
                from: try #require(CivilDate("2026-01-01")), to: try #require(CivilDate("2026-12-31")), grouping: .month
            )
            let statistics = try await bench.look { try await $0.statistics(year) }
            #expect(statistics.groups.map(\.key) == ["2026-01", "2026-02", "2026-03"])
            #expect(statistics.total.cycles == 1)
            #expect(statistics.total.harvests == 3)
            #expect([statistics.total.early, statistics.total.onTime, statistics.total.late] == [2, 2, 2])
            #expect(statistics.total.onTimeShare == 333)
            #expect(statistics.total.efficiency?.category == .excellent)
            #expect(statistics.groups.last?.figures.harvestedGrams == 422_000)

            let events = try await bench.events()
            #expect(
                events == [
                    "farm.created", "block.created", "block.state empty planned", "block.state planned planted",
                    "block.state planted growing", "block.state growing alert", "alert.raised", "alert.resolved",
                    "block.state alert growing", "block.state growing fruiting", "block.state fruiting harvesting",
                    "harvest.recorded", "harvest.recorded", "harvest.recorded", "harvest.recorded", "harvest.voided",
                    "block.state harvesting cleaning", "block.state cleaning empty",
                ])
        }
    }

    @Test("lettuce does not fruit: growing ends in harvesting", arguments: FarmDatabase.allCases)
    func lettuce(_ kind: FarmDatabase) async throws {
        try await kind.use { bench in
            let block = try await bench.makeBlock(try await bench.makeFarm())
            let crop = try await bench.makeLettuce()
            let growing = try await bench.work(on: "2026-05-01") {
                try await $0.changeState(of: block.id, StateRequest(to: .growing, cropID: crop.id, plants: 200))
            }
            #expect(growing.expectation == Expectation(state: .harvesting, day: try #require(CivilDate("2026-05-26"))))
            let refused = await #expect(throws: FarmError.self) {
                try await bench.change(block, to: .fruiting, on: "2026-05-20")
            }
            guard case .transition(let why) = refused else {
                Issue.record("\(String(describing: refused))")
                return
            }
            #expect(why.allowed == [.harvesting, .alert])
            try await bench.change(block, to: .harvesting, on: "2026-05-25")
        }
    }

    @Test("a plan that is given up leaves the block empty and counts for nothing", arguments: FarmDatabase.allCases)
    func cancelled(_ kind: FarmDatabase) async throws {
        try await kind.use { bench in
            let farm = try await bench.makeFarm()
            let block = try await bench.makeBlock(farm)
            let crop = try await bench.makeTomato()
            let planned = try await bench.work(on: "2026-01-05") {
                try await $0.changeState(of: block.id, StateRequest(to: .planned, cropID: crop.id, plants: 10))
            }
            let planting = try #require(planned.plantingID)
            #expect(try await bench.change(block, to: .empty, on: "2026-01-06").plantingID == nil)
            #expect(try await bench.look { try await $0.planting(planting) }.status == .cancelled)
            let dashboard = try await bench.look {
                try await $0.dashboard(of: farm.id, now: FarmBench.morning("2026-01-06"))
            }
            #expect(dashboard.planned == 0)
            #expect(dashboard.finishedCycles == 0)
        }
    }

    @Test("two alerts of one block: it returns with the last one, or when somebody says so")
    func alerts() async throws {
        try await FarmDatabase.sqlite.use { bench in
            let farm = try await bench.makeFarm()
            let block = try await bench.makeBlock(farm)
            let raise = { @Sendable (title: String) in
                try await bench.work(on: "2026-02-01") {
                    try await $0.raiseAlert(
                        AlertDraft(farmID: farm.id, blockID: block.id, severity: .low, title: title))
                }
            }
            let (first, second) = (try await raise("One"), try await raise("Two"))
            try await bench.work(on: "2026-02-02") { try await $0.resolveAlert(first.id, resolution: nil) }
            #expect(try await bench.look { try await $0.block(block.id) }.state == .alert)
            await #expect(throws: FarmError.conflict("The alert is resolved already.")) {
                try await bench.work(on: "2026-02-02") { try await $0.resolveAlert(first.id, resolution: nil) }
            }
            #expect(try await bench.change(block, to: .empty, on: "2026-02-03").state == .empty)
            #expect(try await bench.look { try await $0.alert(second.id) }.status == .resolved)
            _ = try await bench.work(on: "2026-02-04") {
                try await $0.raiseAlert(AlertDraft(farmID: farm.id, severity: .high, title: "Flood"))
            }
            #expect(try await bench.look { try await $0.block(block.id) }.state == .empty)
        }
    }

    static let refusedRequests: [(StateRequest, Set<String>)] = [
        (StateRequest(to: .planted), ["crop_id", "plants"]), (StateRequest(to: .planned, plants: 5), ["crop_id"]),
        (StateRequest(to: .planted, cropID: "none", plants: 5), ["crop_id"]),
        (
            StateRequest(to: .alert, cropID: "x", plants: 5, plannedDay: CivilDate("2026-02-02")),
            ["crop_id", "plants", "planned_day"]
        ),
        (StateRequest(to: .planned, cropID: "x", plants: 0), ["plants"]),
        (StateRequest(to: .planned, cropID: "x", plants: 5, severity: .low), ["severity"]),
    ]

    @Test("a request that lacks something, or says too much, is refused with the fields", arguments: refusedRequests)
    func refuses(_ request: StateRequest, _ fields: Set<String>) async throws {
        try await FarmDatabase.sqlite.use { bench in
            let block = try await bench.makeBlock(try await bench.makeFarm())
            let refused = await #expect(throws: FarmError.self) {
                try await bench.work(on: "2026-02-01") { try await $0.changeState(of: block.id, request) }
            }
            guard case .invalid(let faults) = refused else {
                Issue.record("\(String(describing: refused))")
                return
            }
            #expect(Set(faults.keys) == fields)
            #expect(try await bench.look { try await $0.block(block.id) }.state == .empty)
        }
    }

    @Test("more plants than the block holds, a harvest out of season, a change before the last one")
    func bounds() async throws {
        try await FarmDatabase.sqlite.use { bench in
            let block = try await bench.makeBlock(try await bench.makeFarm(), plants: 50)
            let crop = try await bench.makeTomato()
            await #expect(throws: FarmError.invalid(["plants": "is more than the 50 that the block holds"])) {
                try await bench.work(on: "2026-02-01") {
                    try await $0.changeState(of: block.id, StateRequest(to: .planted, cropID: crop.id, plants: 51))
                }
            }
            await #expect(throws: FarmError.self) {
                try await bench.work(on: "2026-02-01") {
                    try await $0.recordHarvest(HarvestDraft(blockID: block.id, grams: 1))
                }
            }
            try await bench.work(on: "2026-02-01") {
                try await $0.changeState(of: block.id, StateRequest(to: .planted, cropID: crop.id, plants: 50))
            }
            await #expect(throws: FarmError.self) { try await bench.change(block, to: .growing, on: "2026-01-31") }
        }
    }
}
