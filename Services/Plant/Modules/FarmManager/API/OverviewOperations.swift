import PlantKit

/// Farms at a glance, the dashboard of one, and statistics over farms.
struct OverviewOperations: Sendable {
    let limits: FarmRecords.DashboardLimits

    func add(to routes: ModuleRoutes) {
        let most = Int64(limits.blocks)
        routes.look(
            Operation(
                "getFarmDashboard", .get, routes.path("dashboard/farms/{id}"), summary: "A farm at a glance.",
                details: """
                    Blocks are the first \(limits.blocks) by code; all of them, with what stands there, are in the list of the \
                    farm's blocks: who shows that asks here for none. Days are days in UTC.
                    """,
                tag: routes.tag, access: .permission(FarmPermissions.view),
                parameters: [
                    .query(
                        "blocks", .integer(0...most).defaulting(to: .integer(most)),
                        "How many blocks to tell of at most.")
                ], answers: [.ok(.of(DashboardAnswer.self))])
        ) { [limits] records, request in
            var limits = limits
            limits.blocks = try request.queryFields {
                $0.optionalInteger("blocks", in: 0...most).map(Int.init) ?? limits.blocks
            }
            let dashboard = try await records.dashboard(
                of: request.id(of: "farm"), now: request.now, limits: limits)
            return try .json(DashboardAnswer(dashboard))
        }
        routes.look(
            Operation(
                "listFarmGlances", .get, routes.path("dashboard/farms"), summary: "Farms, each at a glance.",
                details: "By name. The dashboard of a farm tells more of one.", tag: routes.tag,
                access: .permission(FarmPermissions.view), parameters: APIParameter.paging,
                answers: [.page(of: .of(GlanceAnswer.self))])
        ) { records, request in
            let (page, slice) = try request.slice()
            let glances = try await records.glances(slice)
            return try Listing(items: glances.items.map(GlanceAnswer.init), total: glances.total).answer(page)
        }
        routes.look(
            Operation(
                "getFarmStatistics", .get, routes.path("statistics"),
                summary: "Yields, efficiency, cycles and punctuality of a time.", tag: routes.tag,
                access: .permission(FarmPermissions.view),
                parameters: [
                    .query("from", .day, "The first day (UTC); absent: a year before the last."),
                    .query("to", .day, "The last day; absent: today."),
                    .query(
                        "group_by", .choice(FarmStatistics.Grouping.self).defaulting(to: "month"),
                        "What the figures are grouped by."),
                    .query("farm_id", .identifier, "Those of this farm."),
                    .query("crop_id", .identifier, "Those of this crop."),
                ], answers: [.ok(.of(StatisticsAnswer.self))])
        ) { records, request in
            let query = try request.queryFields {
                FarmStatistics.Query(reading: &$0, today: CivilDate(of: request.now))
            }
            return try .json(StatisticsAnswer(try await records.statistics(query)))
        }
    }
}

extension FarmStatistics.Query {
    init(reading fields: inout FieldReader, today: CivilDate) {
        let to = fields.optionalFarmDay("to") ?? today
        self.init(
            from: fields.optionalFarmDay("from") ?? to + -365, to: to,
            grouping: fields.optionalWord("group_by", of: FarmStatistics.Grouping.self) ?? .month,
            farmID: fields.optionalID("farm_id"), cropID: fields.optionalID("crop_id"))
        if self.to < from { fields.fault("to", "is before from") }
        if self.to - from > Self.longest { fields.fault("from", "is more than \(Self.longest) days before to") }
    }
}
