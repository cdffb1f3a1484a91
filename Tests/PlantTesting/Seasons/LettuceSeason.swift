import Testing

/// Lettuce does not fruit: 3 days to germinate, 25 to grow, 5 to harvest, 1 to clean; 250 g of each plant. Seedlings are
/// set, so that the block grows from the first day on.
package enum LettuceSeason {
    package static func run(_ season: FarmSeason) async throws {
        let farm = try await season.make("/farms", #""name":"Farm LET1","code":"LET1""#)
        let block = try await season.make("/farms/\(farm)/blocks", #""type":"hydroponic","max_plants":200"#)
        let crop = try await season.make(
            "/crops",
            """
            "name":"Lettuce","code":"LET","germination_days":3,"growing_days":25,"fruiting_days":0,\
            "harvesting_days":5,"cleaning_days":1,"yield_per_plant_kg":0.25
            """)
        let growing = try await season.change(
            block, to: "growing", #","crop_id":"\#(crop)","plants":160"#, on: 0)
        #expect(growing.nextDay == season.day(25))
        var seen = try await season.dashboard(farm, on: 0)
        #expect(seen.activeYield.predictedKg == 40)
        #expect(seen.blocks.map(\.capacityPercent) == [80])
        #expect(seen.upcoming.map(\.state) == ["harvesting"])

        let refused = try await season.post(
            "/blocks/\(block)/status", #""state":"fruiting""#, on: 20, expecting: 409)
        #expect(refused.text.contains(#""allowed":"harvesting, alert""#), "\(refused.text)")

        // Two days early: 30 + 14 = 44 kg, of 40 are 110 %.
        try await season.change(block, to: "harvesting", on: 23)
        for (day, kilograms) in [(23, "30"), (26, "14")] as [(Int64, String)] {
            _ = try await season.make("/harvests", #""block_id":"\#(block)","quantity_kg":\#(kilograms)"#, on: day)
        }
        seen = try await season.dashboard(farm, on: 26)
        #expect(
            seen.activeYield == .init(predictedKg: 40, actualKg: 44, efficiencyPercent: 110, category: "exceeding"))
        #expect(seen.upcoming.map(\.day) == [season.day(28)])
        try await season.change(block, to: "cleaning", on: 28)
        try await season.change(block, to: "empty", on: 30)
        seen = try await season.dashboard(farm, on: 30)
        #expect(seen.finishedYield.category == "exceeding")
        #expect(seen.blocksByState["empty"] == 1)
    }
}
