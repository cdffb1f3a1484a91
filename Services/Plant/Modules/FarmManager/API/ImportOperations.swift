import PlantKit

/// `POST /imports/farms` and its like: CSV, all of it or nothing.
struct ImportOperations: Sendable {
    /// At most, without the header.
    let rows: Int

    /// Bytes.
    private static let bodyLimit = 4 << 20

    struct Report: Codable, Sendable, Equatable {
        let dryRun: Bool
        let rows: Int
        let created: Int

        enum CodingKeys: String, CodingKey {
            case rows, created
            case dryRun = "dry_run"
        }
    }

    func add(to routes: ModuleRoutes) {
        add(ImportTables.farms, "farms", "code,name,total_area,area_unit\nFCD2,North farm,12.5,hectares\n", to: routes)
        {
            try await $0.farms($1, &$2)
        }
        add(
            ImportTables.crops, "crops",
            """
            code,name,germination_days,growing_days,fruiting_days,harvesting_days,cleaning_days,yield_per_plant_kg
            TOM,Tomato,7,30,20,14,2,4.5

            """, to: routes
        ) {
            try await $0.crops($1, &$2)
        }
        add(ImportTables.blocks, "blocks", "farm_code,name,type,max_plants\nFCD2,House 1,greenhouse,400\n", to: routes)
        {
            try await $0.blocks($1, &$2)
        }
    }

    private func add<Draft: Sendable>(
        _ table: ImportTable<Draft>, _ name: String, _ example: String, to routes: ModuleRoutes,
        _ bring: @escaping @Sendable (FarmImport, [ImportTable<Draft>.Row], inout ImportFaults) async throws -> Void
    ) {
        let limits = CSVReader.Limits(records: rows + 1, columns: 32, field: 8_192)
        routes.add(
            Operation(
                "import\(name.prefix(1).uppercased())\(name.dropFirst())", .post, routes.path("imports/\(name)"),
                summary: "Brings in \(name) from CSV, all rows or none.",
                details: """
                    The first line names the columns: \(table.columns.map(\.name).joined(separator: ", ")). What is wrong \
                    is told in fields as line.column, with how to mend it. At most \(rows) rows; with dry_run=true \
                    nothing is written.
                    """,
                tag: routes.tag, access: .permission(FarmPermissions.bringIn),
                parameters: [
                    .query("dry_run", .boolean.defaulting(to: false), "Whether the file is only looked at.")
                ],
                body: .csv(limit: Self.bodyLimit, example: example), answers: [.ok(.of(Report.self))],
                refusals: [.conflict])
        ) { request, transaction in
            let records: [CSVReader.Record]
            do throws(CSVReader.Fault) {
                records = try CSVReader.records(in: request.bytes, limits: limits)
            } catch {
                throw Self.refusal(["\(error.line).file": "\(error.problem)."], count: 1)
            }
            let isDry = request.query["dry_run"] == .bool(true)
            var (rows, faults) = table.rows(in: records)
            try await FarmRefusals.refusing {
                try await bring(
                    FarmImport(work: FarmWork(request, transaction), isDry: isDry || !faults.isEmpty), rows, &faults)
            }
            guard faults.isEmpty else { throw Self.refusal(faults.fields, count: faults.count) }
            return try .json(Report(dryRun: isDry, rows: rows.count, created: isDry ? 0 : rows.count))
        }
    }

    private static func refusal(_ fields: [String: String], count: Int) -> Refusal {
        let told = count > fields.count ? "; the first \(fields.count) are told" : ""
        return Refusal(
            .invalidInput, "Nothing was brought in: \(count) \(count == 1 ? "place is" : "places are") wrong\(told).",
            fields: fields)
    }
}
