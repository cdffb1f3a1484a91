import PlantKit

/// `GET /exports/farms.csv` and its like: streamed page by page, so that a million harvests take no memory.
struct ExportOperations: Sendable {
    let database: any Database

    func add(to routes: ModuleRoutes) {
        for table in ExportTable.all { add(table, to: routes) }
    }

    private func add(_ table: ExportTable, to routes: ModuleRoutes) {
        let days: [APIParameter] =
            table.name == "harvests"
            ? [
                .query("from", .day, "Those of this day (UTC) and later."),
                .query("to", .day, "Those of this day and before."),
            ] : []
        let farm: [APIParameter] = table.name == "crops" ? [] : [.query("farm_id", .identifier, "Those of this farm.")]
        routes.stream(
            Operation(
                "export\(table.name.prefix(1).uppercased())\(table.name.dropFirst())", .get,
                routes.path("exports/\(table.name).csv"), summary: "Takes out \(table.name) as CSV (RFC 4180).",
                details: """
                    A text that a spreadsheet would take for a formula has a ' before it; an import takes it off again. \
                    What changes while the export runs may be in it as it was or as it is.
                    """,
                tag: routes.tag, access: .permission(FarmPermissions.export), parameters: farm + days,
                answers: [.csv("One row each, in the order of codes or of time.")])
        ) { request, _ in
            let query = try request.queryFields(HarvestQuery.init(reading:))
            let reach = FarmReach(request.caller)
            return APIStream(
                mediaType: "text/csv; charset=utf-8",
                headers: [.contentDisposition: "attachment; filename=\"\(table.name).csv\"", .cacheControl: "no-store"]
            ) { writer in
                try await writer.write(CSVWriter.record(table.columns.map { .plain($0) }))
                var place: ExportTable.Place? = .start
                while let from = place {
                    let (rows, next) = try await database.read {
                        try await table.page(FarmRecords($0, reach: reach), query, from)
                    }
                    try await writer.write(rows.map(CSVWriter.record).joined())
                    place = next
                }
            }
        }
    }
}
