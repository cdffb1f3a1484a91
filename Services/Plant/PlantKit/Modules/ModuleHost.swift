package import Logging
package import ServiceKit
package import Storage

/// Discovers, validates and registers modules (DESIGN §9), in the order of what they stand on. One that does not come up
/// is told of, and keeps nobody else from serving.
package struct ModuleHost: Sendable {
    package struct Settings: Sendable {
        package var choice: ModuleChoice
        /// All of the process's; each module gets its own alone.
        package var variables: [String: String]
        /// For one answer.
        package var deadline: Duration
        /// For a module's start.
        package var startDeadline: Duration
        /// Ends when a deadline of that module has come; tests decide when.
        package var sleep: @Sendable (_ module: String, Duration) async throws -> Void

        package init(
            choice: ModuleChoice = .defaults, variables: [String: String] = [:], deadline: Duration = .seconds(10),
            startDeadline: Duration = .seconds(30),
            sleep: @escaping @Sendable (_ module: String, Duration) async throws -> Void = {
                try await Task.sleep(for: $1)
            }
        ) {
            self.sleep = sleep
            self.choice = choice
            self.variables = variables
            self.deadline = deadline
            self.startDeadline = startDeadline
        }
    }

    /// In the order in which they were listed.
    package let records: [ModuleRecord]
    let routes: [String: [Route]]
    /// What modules do with a customer as a whole.
    package let customers: CustomerHooks

    /// - Parameters:
    ///   - types: all that this build has.
    ///   - core: the plant's own version.
    package static func load(
        _ types: [any PlantModule.Type], core: SemanticVersion, settings: Settings, database: any Database,
        clock: WallClock, makeID: @escaping @Sendable () -> String, logger: Logger
    ) async throws -> ModuleHost {
        let records = types.map { type in
            var limits = ModuleDoor.Limits()
            limits.deadline = settings.deadline
            let name = type.manifest.moduleName
            let containment = Containment(threads: ModuleThreads()) { try await settings.sleep(name, $0) }
            return ModuleRecord(
                type, door: ModuleDoor(database: database, containment: containment, limits: limits, clock: clock))
        }
        let names = records.map(\.manifest.moduleName)
        logger.info("Discovered \(names.count) modules: [\(names.joined(separator: ", "))]")
        for name in settings.choice.unknown(among: records.map(\.manifest)) {
            logger.error("PLANT_MODULES names a module that this build does not have", metadata: ["module": "\(name)"])
        }
        ManifestSet.judge(records, choice: settings.choice, core: core)
        var routes: [String: [Route]] = [:]
        let order = ManifestSet.order(records)
        for record in order {
            let loading = ModuleLoading(
                record: record, core: core, records: records, settings: settings, database: database, clock: clock,
                makeID: makeID, logger: logger)
            routes[record.manifest.moduleName] = try await loading.run()
        }
        for record in records {
            guard case .refused(let reason) = record.state else { continue }
            logger.error(
                "A module was refused", metadata: ["module": "\(record.manifest.moduleName)", "reason": "\(reason)"])
        }
        return ModuleHost(
            records: records, routes: routes,
            customers: CustomerHooks(loaded: order, all: records, deadline: settings.deadline))
    }

    /// Those that serve, with what they answer.
    package var serving: [(record: ModuleRecord, routes: [Route])] {
        records.filter { $0.state == .serving }.map { ($0, routes[$0.manifest.moduleName] ?? []) }
    }
}
