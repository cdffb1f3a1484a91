import HTTPTypes
import PlantTesting
import Testing

/// On SQLite, and on PostgreSQL where `LOCKSTEP_TEST_DATABASE=postgresql` asks for it.
@Suite("A farm's season over the API", .timeLimit(.minutes(10)))
struct FarmSeasonTests {
    /// The clock stands at 2027-01-15 08:00 UTC.
    @Test("from an empty block to an empty block, with an alert on the way, every figure by hand")
    func tomatoes() async throws {
        try await FarmClient.use { client in
            let farm = try await client.makeFarm(more: #","total_area":2.5,"area_unit":"hectares""#)
            let block = try await client.makeBlock(farm)
            let crop = try await client.makeTomato()
            #expect(try await client.get("/farms/\(farm)").integer("total_area_m2") == 25_000)

            // 01-15: planned for 01-20.
            let planned = try await client.change(
                block, to: "planned", more: #","crop_id":"\#(crop)","plants":120,"planned_day":"2027-01-20""#)
            #expect(planned["next_day"] == "2027-01-20")
            var seen = try await client.dashboard(farm)
            #expect(seen.blockCount == 1)
            #expect(seen.plannedPlantings == 1)
            #expect(seen.activeYield == .init(predictedKg: 0, actualKg: 0))
            #expect(seen.upcoming.map(\.days) == [5])

            // 01-22, two days late, 100 plants: 100 × 4.5 kg.
            client.pass(days: 7)
            #expect(try await client.change(block, to: "planted", more: #","plants":100"#)["next_day"] == "2027-01-29")
            seen = try await client.dashboard(farm)
            #expect(seen.plannedPlantings == 0)
            #expect(seen.activeYield.predictedKg == 450)
            #expect(seen.activeYield.category == "poor")
            #expect(seen.blocks.map(\.capacityPercent) == [50])

            // 01-28, a day early; 30 days to grow.
            client.pass(days: 6)
            #expect(try await client.change(block, to: "growing")["next_day"] == "2027-02-27")

            // 02-10: the pump stands still; 02-12: it runs again.
            client.pass(days: 13)
            let alert = try await client.make(
                "/alerts", #"{"farm_id":"\#(farm)","block_id":"\#(block)","severity":"critical","title":"Pump"}"#)
            seen = try await client.dashboard(farm)
            #expect(seen.activeAlerts == ["critical": 1, "high": 0, "medium": 0, "low": 0])
            #expect(seen.blocksByState["alert"] == 1)
            client.pass(days: 2)
            let resolved = try await client.send(.post, "/alerts/\(alert)/resolve", json: #"{"resolution":"New pump"}"#)
            #expect(resolved["status"] == "resolved")
            seen = try await client.dashboard(farm)
            #expect(seen.activeAlerts["critical"] == 0)
            #expect(seen.blocks.map(\.state) == ["growing"])
            #expect(seen.blocks.map(\.daysInState) == [15])
            #expect(seen.blocks.map(\.daysToNextTransition) == [15])

            // 02-27 on time; 20 days to fruit; harvested from 03-20, a day late.
            client.pass(days: 15)
            try await client.change(block, to: "fruiting")
            client.pass(days: 21)
            try await client.change(block, to: "harvesting")
            for (days, kilograms) in [(0, "125.5"), (5, "200.25"), (5, "96.25")] as [(Int64, String)] {
                client.pass(days: days)
                _ = try await client.make(
                    "/harvests", #"{"block_id":"\#(block)","quantity_kg":\#(kilograms),"grade":"a"}"#)
            }
            seen = try await client.dashboard(farm)
            #expect(
                seen.activeYield
                    == .init(predictedKg: 450, actualKg: 422, efficiencyPercent: 93.7, category: "excellent"))
            #expect(seen.harvestedKg == 422)
            #expect(seen.recentActivity.prefix(4).map(\.kind) == ["harvest", "harvest", "harvest", "state"])

            // 04-03, on time; 04-05 clean, on time.
            client.pass(days: 4)
            try await client.change(block, to: "cleaning")
            seen = try await client.dashboard(farm)
            #expect(seen.finishedCycles == 1)
            #expect(seen.finishedYield.predictedKg == 450)
            #expect(seen.activeYield.predictedKg == 0)
            client.pass(days: 2)
            #expect(try await client.change(block, to: "empty")["planting_id"] == nil)
            seen = try await client.dashboard(farm)
            #expect(seen.blocksByState["empty"] == 1)
            #expect(seen.upcoming.isEmpty)

            struct Transitions: Decodable {
                struct One: Decodable {
                    let to: String
                    let offsetDays: Int?
                }
                let data: [One]
                let total: Int
            }
            let history = try await client.get("/blocks/\(block)/transitions").camel(Transitions.self)
            #expect(history.total == 9)
            #expect(history.data.reversed().map(\.offsetDays) == [nil, 2, -1, nil, nil, 0, 1, 0, 0])
            let statistics = try await client.get("/statistics?from=2027-01-01&to=2027-12-31&group_by=crop")
            #expect(statistics.text.contains(#""on_time_percent":50"#), "\(statistics.text)")
            #expect(statistics.text.contains(#""changes_early":1,"changes_late":2,"changes_on_time":3"#))
        }
    }

    @Test("a change that the state does not allow is refused, and what is allowed is named")
    func refused() async throws {
        try await FarmClient.use { client in
            let block = try await client.makeBlock(try await client.makeFarm())
            let answer = try await client.send(.post, "/blocks/\(block)/status", json: #"{"state":"harvesting"}"#)
            #expect(answer.status == .conflict)
            #expect(answer.code == "conflict")
            #expect(answer.text.contains(#""allowed":"planned, planted, growing, alert""#), "\(answer.text)")
            #expect(answer["detail"]?.contains("can't become harvesting") == true)
            let status = try await client.get("/blocks/\(block)/status")
            #expect(status.text.contains(#""allowed":["planned","planted","growing","alert"]"#), "\(status.text)")
        }
    }

    @Test("planting by itself, later than it happened, and what does not fit")
    func plantings() async throws {
        try await FarmClient.use { client in
            let block = try await client.makeBlock(try await client.makeFarm())
            let crop = try await client.makeTomato()
            client.pass(days: 3)
            let body = #"{"block_id":"\#(block)","crop_id":"\#(crop)","plants":10,"at":"2027-01-16T09:00:00Z"}"#
            let planting = try await client.make("/plantings", body)
            #expect(try await client.get("/plantings/\(planting)")["planted_day"] == "2027-01-16")
            #expect(try await client.send(.post, "/plantings", json: body).status == .conflict)
            let early = try await client.send(
                .post, "/blocks/\(block)/status", json: #"{"state":"growing","at":"2027-01-15T09:00:00Z"}"#)
            #expect(early.fields == ["at"])
            let wrong = try await client.send(
                .post, "/harvests", json: #"{"block_id":"\#(block)","quantity_kg":1.0005,"kind":"x"}"#)
            #expect(wrong.fields == ["quantity_kg", "kind"])
            let tooSoon = try await client.send(.post, "/harvests", json: #"{"block_id":"\#(block)","quantity_kg":1}"#)
            #expect(tooSoon.status == .conflict)
        }
    }

    @Test("an idempotency key records one harvest, however often it is sent")
    func idempotency() async throws {
        try await FarmClient.use { client in
            let farm = try await client.makeFarm()
            let block = try await client.makeBlock(farm)
            let crop = try await client.makeTomato()
            try await client.change(block, to: "alert")
            try await client.change(block, to: "empty")
            try await client.change(block, to: "growing", more: #","crop_id":"\#(crop)","plants":10"#)
            try await client.change(block, to: "fruiting")
            try await client.change(block, to: "harvesting")
            var answers: [String] = []
            for _ in 1...3 {
                answers.append(
                    try await client.send(
                        .post, "/harvests", headers: [("Idempotency-Key", "one")],
                        json: #"{"block_id":"\#(block)","quantity_kg":7.125}"#
                    ).text)
            }
            #expect(Set(answers).count == 1)
            #expect(try await client.dashboard(farm).harvestedKg == 7.125)
            #expect(try await client.get("/harvests?farm_id=\(farm)").integer("total") == 1)
        }
    }
}
