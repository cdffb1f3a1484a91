import Testing

/// A farm with one block of tomatoes: 7 days to germinate, 30 to grow, 20 to fruit, 14 to harvest, 2 to clean; 4.5 kg of
/// each plant. The pump stands still for two days.
package struct TomatoSeason: Sendable {
    /// What those hear who follow the farm.
    package static let eventsToAlert = [
        "farm.created", "block.created", "block.state empty planned", "block.state planned planted",
        "block.state planted growing", "block.state growing alert", "alert.raised",
    ]
    package static let eventsFromAlert = [
        "alert.resolved", "block.state alert growing", "block.state growing fruiting",
        "block.state fruiting harvesting",
        "harvest.recorded", "harvest.recorded", "harvest.recorded", "block.state harvesting cleaning",
        "block.state cleaning empty",
    ]
    /// The day of its last step.
    package static let lastDay: Int64 = 80

    package let farm: String
    private let season: FarmSeason
    private let block: String
    private let alert: String

    /// From a farm's first day to the alert.
    package static func begin(_ season: FarmSeason) async throws -> TomatoSeason {
        let farm = try await season.make(
            "/farms", #""name":"Farm FCD2","code":"FCD2","total_area":2.5,"area_unit":"hectares""#)
        struct Farm: Decodable { let totalAreaM2: Int }
        #expect(try await season.read("/farms/\(farm)", as: Farm.self).totalAreaM2 == 25_000)
        let block = try await season.make("/farms/\(farm)/blocks", #""type":"greenhouse","max_plants":200"#)
        let crop = try await season.make(
            "/crops",
            """
            "name":"Tomato","code":"TOM","germination_days":7,"growing_days":30,"fruiting_days":20,\
            "harvesting_days":14,"cleaning_days":2,"yield_per_plant_kg":4.5
            """)

        let planned = try await season.change(
            block, to: "planned", #","crop_id":"\#(crop)","plants":120,"planned_day":"\#(season.day(5))""#, on: 0)
        #expect(planned.nextDay == season.day(5))
        var seen = try await season.dashboard(farm, on: 0)
        #expect(seen.blockCount == 1)
        #expect(seen.blocksByState["planned"] == 1)
        #expect(seen.plannedPlantings == 1)
        #expect(seen.activeYield == .init(predictedKg: 0, actualKg: 0))
        #expect(seen.upcoming.map(\.state) == ["planted"])
        #expect(seen.upcoming.map(\.day) == [season.day(5)])
        #expect(seen.upcoming.map(\.days) == [seen.days(to: 5)])
        #expect(seen.blocks.map(\.code) == ["F001-001"])
        #expect(seen.blocks.map(\.capacityPercent) == [0])

        // Two days late, 100 plants: 100 × 4.5 kg; 100 of 200 places.
        let planted = try await season.change(block, to: "planted", #","plants":100"#, on: 7)
        #expect(planted.nextDay == season.day(14))
        seen = try await season.dashboard(farm, on: 7)
        #expect(seen.plannedPlantings == 0)
        #expect(seen.activeYield == .init(predictedKg: 450, actualKg: 0, efficiencyPercent: 0, category: "poor"))
        #expect(seen.blocks.map(\.capacityPercent) == [50])

        // A day early; 30 days to grow.
        #expect(try await season.change(block, to: "growing", on: 13).nextDay == season.day(43))
        seen = try await season.dashboard(farm, on: 13)
        #expect(seen.blocksByState["growing"] == 1)
        #expect(seen.blocks.map(\.daysInState) == [seen.days(since: 13)])
        #expect(seen.blocks.map(\.daysToNextTransition) == [seen.days(to: 43)])

        let alert = try await season.make(
            "/alerts", #""farm_id":"\#(farm)","block_id":"\#(block)","severity":"critical","title":"Pump""#, on: 26)
        seen = try await season.dashboard(farm, on: 26)
        #expect(seen.activeAlerts == ["critical": 1, "high": 0, "medium": 0, "low": 0])
        #expect(seen.blocksByState["alert"] == 1)
        #expect(seen.blocks.map(\.daysInState) == [seen.days(since: 26)])
        return TomatoSeason(farm: farm, season: season, block: block, alert: alert)
    }

    /// From the alert to the empty block.
    package func finish() async throws {
        struct Resolved: Decodable { let status: String }
        let reply = try await season.post(
            "/alerts/\(alert)/resolve", #""resolution":"New pump""#, on: 28, expecting: 200)
        #expect(try FarmSeason.decode(reply.text, as: Resolved.self).status == "resolved")
        var seen = try await season.dashboard(farm, on: 28)
        #expect(seen.activeAlerts == ["critical": 0, "high": 0, "medium": 0, "low": 0])
        #expect(seen.blocks.map(\.state) == ["growing"])
        #expect(seen.blocks.map(\.daysInState) == [seen.days(since: 13)])
        #expect(seen.blocks.map(\.daysToNextTransition) == [seen.days(to: 43)])

        // On time; 20 days to fruit.
        #expect(try await season.change(block, to: "fruiting", on: 43).nextDay == season.day(63))
        #expect(try await season.dashboard(farm, on: 43).blocksByState["fruiting"] == 1)

        // Harvested from a day late on, in three parts: 125.5 + 200.25 + 96.25 = 422 kg, of 450 are 93.77 %.
        try await season.change(block, to: "harvesting", on: 64)
        for (day, kilograms, sum) in [(64, "125.5", 125.5), (69, "200.25", 325.75), (74, "96.25", 422)]
            as [(
                Int64, String, Double
            )]
        {
            _ = try await season.make(
                "/harvests", #""block_id":"\#(block)","quantity_kg":\#(kilograms),"grade":"a""#, on: day)
            #expect(try await season.dashboard(farm, on: day).harvestedKg == sum)
        }
        seen = try await season.dashboard(farm, on: 74)
        #expect(
            seen.activeYield == .init(predictedKg: 450, actualKg: 422, efficiencyPercent: 93.7, category: "excellent"))
        #expect(seen.recentActivity.prefix(4).map(\.kind) == ["harvest", "harvest", "harvest", "state"])
        #expect(seen.upcoming.map(\.state) == ["cleaning"])
        #expect(seen.upcoming.map(\.days) == [seen.days(to: 78)])

        try await season.change(block, to: "cleaning", on: 78)
        seen = try await season.dashboard(farm, on: 78)
        #expect(seen.blocksByState["cleaning"] == 1)
        #expect(seen.finishedCycles == 1)
        #expect(
            seen.finishedYield == .init(predictedKg: 450, actualKg: 422, efficiencyPercent: 93.7, category: "excellent")
        )
        #expect(seen.activeYield == .init(predictedKg: 0, actualKg: 0))

        #expect(try await season.change(block, to: "empty", on: Self.lastDay).plantingId == nil)
        seen = try await season.dashboard(farm, on: Self.lastDay)
        #expect(seen.blocksByState["empty"] == 1)
        #expect(seen.upcoming.isEmpty)
        #expect(seen.harvestedKg == 422)
        try await expectHistory()
    }

    private func expectHistory() async throws {
        struct Transitions: Decodable {
            struct One: Decodable { let offsetDays: Int? }
            let data: [One]
            let total: Int
        }
        let history = try await season.read("/blocks/\(block)/transitions", as: Transitions.self)
        #expect(history.total == 9)
        #expect(history.data.reversed().map(\.offsetDays) == [nil, 2, -1, nil, nil, 0, 1, 0, 0])
        let statistics = try await season.get(
            "/statistics?from=\(season.day(0))&to=\(season.day(Self.lastDay))&group_by=crop&farm_id=\(farm)")
        #expect(statistics.contains(#""on_time_percent":50"#), "\(statistics)")
        #expect(statistics.contains(#""changes_early":1,"changes_late":2,"changes_on_time":3"#), "\(statistics)")
    }
}
