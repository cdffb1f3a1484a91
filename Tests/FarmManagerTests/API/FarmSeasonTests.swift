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
            let season = try await TomatoSeason.begin(client.season())
            try await season.finish()
        }
    }

    @Test("a crop that does not fruit goes from growing to harvesting, every figure by hand")
    func lettuce() async throws {
        try await FarmClient.use { client in try await LettuceSeason.run(client.season()) }
    }

    @Test("what stood on a block before it was entered here is entered as it happened, and in order")
    func before() async throws {
        try await FarmClient.use { client in
            let block = try await client.makeBlock(try await client.makeFarm())
            let crop = try await client.makeTomato()
            let planted = #","crop_id":"\#(crop)","plants":10,"at":"2026-12-01T08:00:00Z""#
            #expect(try await client.change(block, to: "planted", more: planted)["next_day"] == "2026-12-08")
            for at in ["2026-11-30T08:00:00Z", "2027-01-15T08:00:01Z", "1899-12-31T08:00:00Z"] {
                let answer = try await client.send(
                    .post, "/blocks/\(block)/status", json: #"{"state":"growing","at":"\#(at)"}"#)
                #expect(answer.fields == ["at"], "\(at)")
            }
            let alert = #","severity":"low","at":"2026-12-02T08:00:00Z""#
            try await client.change(block, to: "alert", more: alert)
            let back = try await client.change(block, to: "planted", more: #","at":"2026-12-03T08:00:00Z""#)
            #expect(back["state_since"] == "2026-12-01T08:00:00Z")
        }
    }

    @Test("an alert may be the first that is known of a block; none is raised before 1900, or tomorrow")
    func firstAlert() async throws {
        try await FarmClient.use { client in
            let farm = try await client.makeFarm()
            let block = try await client.makeBlock(farm)
            try await client.change(block, to: "alert", more: #","at":"2026-12-01T08:00:00Z""#)
            let back = try await client.change(block, to: "empty", more: #","at":"2026-12-02T08:00:00Z""#)
            #expect(back["state_since"] == "2026-12-01T08:00:00Z")
            for at in ["1899-12-31T08:00:00Z", "2027-01-16T08:00:00Z"] {
                for place in [#""farm_id":"\#(farm)""#, #""farm_id":"\#(farm)","block_id":"\#(block)""#] {
                    let answer = try await client.send(
                        .post, "/alerts", json: #"{\#(place),"severity":"low","title":"Mice","at":"\#(at)"}"#)
                    #expect(answer.fields == ["at"], "\(answer.text)")
                }
            }
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

    @Test("with If-Match a change is made of what was read, or not at all; without it of what is there")
    func condition() async throws {
        try await FarmClient.use { client in
            let block = try await client.makeBlock(try await client.makeFarm())
            let tag = ("If-Match", try #require(try await client.get("/blocks/\(block)").headers[.eTag]))
            let path = "/blocks/\(block)/status"
            let alert = try await client.send(.post, path, headers: [tag], json: #"{"state":"alert"}"#)
            #expect(alert.status == .ok)
            let second = try await client.send(.post, path, headers: [tag], json: #"{"state":"empty"}"#)
            #expect(second.status == .preconditionFailed)
            #expect(second.code == "precondition_failed")
            #expect(try await client.get(path)["state"] == "alert")
            try await client.change(block, to: "empty")
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
