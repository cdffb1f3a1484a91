import HTTPTypes
import PlantTesting
import Testing

@Suite("Farms as CSV", .timeLimit(.minutes(10)))
struct FarmCSVTests {
    @Test("what goes out comes in again, formulas as texts")
    func roundTrip() async throws {
        try await FarmClient.use { client in
            let farms = "code,name,location,total_area,area_unit\nEV1,=HYPERLINK(1),\"Hall 1, left\",12.5,acres\n"
            let answer = try await client.sendCSV("/imports/farms", farms)
            #expect(answer.integer("created") == 1, "\(answer.text)")
            let blocks = try await client.sendCSV(
                "/imports/blocks", "farm_code,name,type,max_plants\nEV1,House 1,greenhouse,10\nEV1,,nethouse,20\n")
            #expect(blocks.integer("created") == 2, "\(blocks.text)")
            let exported = try await client.get("/exports/farms.csv")
            #expect(exported.headers[.contentType] == "text/csv; charset=utf-8")
            #expect(
                exported.text == """
                    code,name,customer_id,manager,location,latitude,longitude,total_area,area_unit,description\r
                    EV1,'=HYPERLINK(1),,,"Hall 1, left",,,12.5,acres,\r

                    """)
            let out = try await client.get("/exports/blocks.csv")
            #expect(out.text.contains("EV1,F001-001,House 1,greenhouse,10,,,,,empty,"), "\(out.text)")
            let again = try await client.sendCSV(
                "/imports/farms", exported.text.split(separator: "EV1,").joined(separator: "EV2,"))
            #expect(again.integer("created") == 1, "\(again.text)")
            #expect(try await client.get("/farms?code=EV2").items("name") == ["=HYPERLINK(1)"])
            #expect(try await client.get("/exports/crops.csv").status == .ok)
            #expect(try await client.get("/exports/harvests.csv?from=2027-01-01").status == .ok)
        }
    }

    @Test("one wrong row keeps all out, and each fault is told by line and column")
    func faults() async throws {
        try await FarmClient.use { client in
            _ = try await client.makeFarm("OLD1")
            let csv = """
                code,name,total_area,area_unit
                NEW1,Good,1.5,hectares
                old,Bad code,,
                OLD1,Taken,,
                NEW1,Twice,,
                NEW2,"Bad
                number",twelve,hectares
                NEW3,Few
                """
            let answer = try await client.sendCSV("/imports/farms", csv)
            #expect(answer.status == .unprocessableContent)
            #expect(
                answer.fields == ["3.code", "4.code", "5.code", "6.total_area", "6.area_unit", "6.name", "8.row"]
                    || answer.fields == ["3.code", "4.code", "5.code", "6.total_area", "6.name", "8.row"],
                "\(answer.text)")
            #expect(try await client.get("/farms").integer("total") == 1)
        }
    }

    @Test("a dry run says what would be, and writes nothing")
    func dryRun() async throws {
        try await FarmClient.use { client in
            let answer = try await client.sendCSV("/imports/farms?dry_run=true", "code,name\nNEW1,Good\n")
            #expect(answer.integer("rows") == 1)
            #expect(answer.integer("created") == 0)
            #expect(try await client.get("/farms").integer("total") == 0)
            let bad = try await client.sendCSV("/imports/farms?dry_run=true", "code,title\nNEW1,Good\n")
            #expect(bad.fields == ["1.title", "1.name"])
        }
    }

    @Test("rows and bytes are bounded", arguments: [3, 4])
    func bounds(_ rows: Int) async throws {
        try await FarmClient.use(["MODULE_FARM_MANAGER_IMPORT_ROWS": "3"]) { client in
            let lines = (1...rows).map { "NEW\($0),Farm\n" }.joined()
            let answer = try await client.sendCSV("/imports/farms", "code,name\n" + lines)
            #expect(answer.status == (rows == 3 ? .ok : .unprocessableContent))
            let huge = try await client.sendCSV("/imports/farms", String(repeating: "x", count: (4 << 20) + 1))
            #expect(huge.status == .contentTooLarge)
        }
    }

    @Test("blocks come in at farms within reach alone")
    func reach() async throws {
        try await FarmClient.use { client in
            _ = try await client.makeFarm("OTH1", more: #","manager":"u-bo""#)
            let answer = try await client.as("industry_manager", "u-ana").sendCSV(
                "/imports/blocks", "farm_code,type,max_plants\nOTH1,special,1\n")
            #expect(answer.fields == ["2.farm_code"])
        }
    }
}
