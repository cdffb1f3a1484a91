import HTTPTypes
import PlantTesting
import Testing

@Suite("Lists of blocks over the API", .timeLimit(.minutes(10)))
struct BlockListTests {
    struct Seen: Decodable {
        struct Entry: Decodable {
            struct Planting: Decodable, Equatable {
                var status: String
                var cropId: String
                var crop: String
                var plants: Int
                var capacityPercent: Double
                var yield: Yields
            }

            struct Yields: Decodable, Equatable {
                var predictedKg: Double
                var actualKg: Double
                var efficiencyPercent: Double?
                var category: String?
            }

            var id: String
            var maxPlants: Int
            var plantingId: String?
            var planting: Planting?
        }

        var data: [Entry]
    }

    @Test("each block comes with what stands there, in the words of the dashboard; the block alone does not")
    func planting() async throws {
        try await FarmClient.use { client in
            let farm = try await client.makeFarm()
            let (full, empty) = (try await client.makeBlock(farm), try await client.makeBlock(farm))
            let crop = try await client.makeTomato()
            try await client.change(full, to: "growing", more: #","crop_id":"\#(crop)","plants":25"#)
            for path in ["/blocks", "/farms/\(farm)/blocks", "/farms/\(farm)/blocks?q=f001&type=greenhouse"] {
                let seen = try await client.get(path).camel(Seen.self).data
                #expect(seen.map(\.id) == [full, empty])
                #expect(seen.map(\.maxPlants) == [200, 200])
                // 25 of 200 places; 25 × 4.5 kg.
                #expect(
                    seen.first?.planting
                        == .init(
                            status: "active", cropId: crop, crop: "Tomato", plants: 25, capacityPercent: 12.5,
                            yield: .init(predictedKg: 112.5, actualKg: 0, efficiencyPercent: 0, category: "poor")))
                #expect(seen.first?.plantingId != nil)
                #expect(seen.last?.planting == nil)
                #expect(seen.last?.plantingId == nil)
            }
            #expect(!(try await client.get("/blocks/\(full)").members.contains("planting")))
        }
    }

    @Test("what stands there is told in a list, and can't be written")
    func readOnly() async throws {
        try await FarmClient.use { client in
            let block = try await client.makeBlock(try await client.makeFarm())
            let answer = try await client.send(
                .patch, "/blocks/\(block)", headers: [("If-Match", "*")], json: #"{"planting":{"plants":9}}"#)
            #expect(answer.fields == ["planting"])
        }
    }

    @Test("a dashboard tells of as many blocks as are asked for, the rest of it is the same")
    func dashboardBlocks() async throws {
        try await FarmClient.use(["MODULE_FARM_MANAGER_DASHBOARD_BLOCKS": "2"]) { client in
            let farm = try await client.makeFarm()
            for _ in 1...3 { _ = try await client.makeBlock(farm) }
            let path = "/dashboard/farms/\(farm)"
            for (query, codes) in [
                ("", ["F001-001", "F001-002"]), ("?blocks=2", ["F001-001", "F001-002"]), ("?blocks=1", ["F001-001"]),
                ("?blocks=0", []),
            ] {
                let seen = try await client.get(path + query).camel(FarmDashboardSeen.self)
                #expect(seen.blocks.map(\.code) == codes, "\(query)")
                #expect(seen.blockCount == 3)
                #expect(seen.blocksByState["empty"] == 3)
            }
            for query in ["?blocks=3", "?blocks=-1", "?blocks=x", "?blocks="] {
                #expect(try await client.get(path + query).fields == ["blocks"], "\(query)")
            }
        }
    }
}
