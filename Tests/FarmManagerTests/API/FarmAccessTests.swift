import HTTPTypes
import PlantTesting
import Testing

@Suite("Who may do what at the farms", .timeLimit(.minutes(10)))
struct FarmAccessTests {
    /// Ana's farm, and Bo's, which belongs to customer c-1; each with a block.
    private func use(
        _ body:
            @Sendable (FarmClient, (farm: String, block: String), (farm: String, block: String)) async throws -> Void
    ) async throws {
        try await FarmClient.use { client in
            _ = try await client.plant.register()
            let own = try await client.makeFarm("OWN1", more: #","manager":"u-ana""#)
            let other = try await client.makeFarm("OTH1", more: #","manager":"u-bo","customer_id":"c-1""#)
            let blocks = (try await client.makeBlock(own), try await client.makeBlock(other))
            try await body(client, (own, blocks.0), (other, blocks.1))
        }
    }

    @Test("managers work at their own farms; to them the others do not exist")
    func managers() async throws {
        try await use { client, own, other in
            let ana = client.as("industry_manager", "u-ana")
            #expect(try await ana.get("/farms").items("code") == ["OWN1"])
            #expect(try await ana.get("/blocks").items("id") == [own.block])
            let attacks: [(HTTPRequest.Method, String, String?)] = [
                (.get, "/farms/\(other.farm)", nil), (.get, "/dashboard/farms/\(other.farm)", nil),
                (.get, "/farms/\(other.farm)/blocks", nil), (.get, "/farms/\(other.farm)/staff", nil),
                (.put, "/farms/\(other.farm)/staff/u-ana", #"{"role":"owner"}"#),
                (.delete, "/farms/\(other.farm)/staff/u-bo", nil),
                (.post, "/farms/\(other.farm)/blocks", #"{"type":"special","max_plants":1}"#),
                (.put, "/farms/\(other.farm)", #"{"name":"Mine","code":"MIN1","manager":"u-ana"}"#),
                (.patch, "/farms/\(other.farm)", #"{"manager":"u-ana"}"#), (.delete, "/farms/\(other.farm)", nil),
                (.get, "/blocks/\(other.block)", nil), (.get, "/blocks/\(other.block)/status", nil),
                (.post, "/blocks/\(other.block)/status", #"{"state":"alert"}"#),
                (.get, "/blocks/\(other.block)/transitions", nil),
                (.patch, "/blocks/\(other.block)", #"{"name":"Mine"}"#), (.delete, "/blocks/\(other.block)", nil),
                (.post, "/harvests", #"{"block_id":"\#(other.block)","quantity_kg":1}"#),
                (.post, "/alerts", #"{"farm_id":"\#(other.farm)","severity":"low","title":"x"}"#),
                (
                    .post, "/alerts",
                    #"{"farm_id":"\#(own.farm)","block_id":"\#(other.block)","severity":"low","title":"x"}"#
                ),
            ]
            for (method, path, json) in attacks {
                let answer = try await ana.send(method, path, headers: [("If-Match", "*")], json: json)
                #expect(answer.status == .notFound, "\(method) \(path): \(answer.text)")
            }
            let mended = try await ana.send(
                .patch, "/blocks/\(own.block)", headers: [("If-Match", "*")], json: #"{"name":"House 1"}"#)
            #expect(mended["name"] == "House 1")
        }
    }

    @Test("customers see their own farms and change nothing")
    func customers() async throws {
        try await use { client, own, other in
            // The subject is that of the other farm's manager: two issuers may give one subject to two people.
            let customer = client.as("customer", "u-ana", customerID: "c-1")
            #expect(try await customer.get("/farms").items("code") == ["OTH1"])
            #expect(try await customer.get("/farms/\(own.farm)").status == .notFound)
            #expect(try await customer.get("/blocks/\(other.block)/status").status == .ok)
            let changes: [(HTTPRequest.Method, String, String?)] = [
                (.post, "/farms", #"{"name":"Mine","code":"MIN1"}"#),
                (.patch, "/farms/\(other.farm)", #"{"name":"Mine"}"#), (.delete, "/blocks/\(other.block)", nil),
                (.post, "/blocks/\(other.block)/status", #"{"state":"alert"}"#),
                (.post, "/crops", #"{"name":"Weed","code":"WE"}"#), (.get, "/exports/farms.csv", nil),
                (.put, "/farms/\(other.farm)/staff/u-ana", #"{"role":"owner"}"#),
            ]
            for (method, path, json) in changes {
                let answer = try await customer.send(method, path, headers: [("If-Match", "*")], json: json)
                #expect(answer.status == .forbidden, "\(method) \(path): \(answer.text)")
            }
            #expect(try await customer.sendCSV("/imports/farms", "code,name\nMIN1,Mine\n").status == .forbidden)
        }
    }

    @Test("viewers look at everything; who has no role here sees nothing, and without a token nobody does")
    func others() async throws {
        try await use { (client, own, _) async throws in
            let viewer = client.as("viewer", "u-vi")
            #expect(try await viewer.get("/farms").integer("total") == 2)
            #expect(try await viewer.send(.post, "/farms", json: #"{"name":"Mine","code":"MIN1"}"#).code == "forbidden")
            let stranger = client.as("auditor", "u-ana")
            for path in ["/farms", "/farms/\(own.farm)", "/blocks", "/harvests", "/statistics", "/events", "/crops"] {
                #expect(try await stranger.get(path).code == "forbidden", "\(path)")
            }
            #expect(try await client.plant.send(.get, "/api/v1/farm/farms").code == "missing_token")
        }
    }
}
