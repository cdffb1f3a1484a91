package import PlantKit

/// The farm manager: farms, blocks and crops, what grows, what is harvested, what goes wrong (DESIGN §9).
package struct FarmManagerModule: PlantModule {
    package static let manifest = ModuleManifest(
        moduleName: FarmMigrations.namespace, displayName: "Farm Manager", version: "1.8.0",
        description: "Farms, blocks, crops, plantings, harvests and alerts, with a dashboard of each farm.",
        routePrefix: "/api/v1/farm", dependencies: ["core >= 0.1.0"], permissions: FarmPermissions.all,
        settings: [
            ModuleSetting(
                "DASHBOARD_BLOCKS", "How many blocks a dashboard shows.", .integer(default: 100, in: 1...500)),
            ModuleSetting(
                "IMPORT_ROWS", "How many rows one import may bring.", .integer(default: 2_000, in: 1...10_000)),
            ModuleSetting(
                "HEARTBEAT_SECONDS", "How often a quiet event stream says that it lives.",
                .integer(default: 15, in: 1...300)),
        ])

    package static var migrations: [Migration] { FarmMigrations.all }

    package static var seeds: [ModuleSeed] { [FarmSeed.seed] }

    private let context: ModuleContext
    private let feed: EventFeed
    private let dashboardBlocks: Int
    private let importRows: Int
    private let heartbeat: Duration

    package init(_ context: ModuleContext) async throws {
        self.context = context
        dashboardBlocks = try context.settings.integer("DASHBOARD_BLOCKS")
        importRows = try context.settings.integer("IMPORT_ROWS")
        heartbeat = .seconds(try context.settings.integer("HEARTBEAT_SECONDS"))
        feed = EventFeed(database: context.database)
        try await FarmEvents.log.establish(id: context.makeID(), in: context.database)
    }

    package func routes(_ routes: ModuleRoutes) {
        FarmOperations.add(to: routes)
        BlockOperations.add(to: routes)
        SeasonOperations.add(to: routes)
        AlertOperations.add(to: routes)
        OverviewOperations(limits: .init(blocks: dashboardBlocks)).add(to: routes)
        ExportOperations(database: context.database).add(to: routes)
        ImportOperations(rows: importRows).add(to: routes)
        EventOperation(feed: feed, database: context.database).add(to: routes)
    }

    package func work() -> [ModuleWork] {
        [
            ModuleWork("events") { [feed] in try await feed.follow() },
            ModuleWork("heartbeats") { [feed, heartbeat] in try await feed.beat(every: heartbeat) },
            ModuleWork("forgetting") { [context] in
                while true {
                    try await Task.sleep(for: .seconds(600))
                    try await FarmEvents.log.sweep(
                        now: context.now(), maximum: FarmEvents.maximum, in: context.database)
                }
            },
        ]
    }
}
