import HTTPKit
import Logging
import ServiceKit
import Storage

/// Brings one module up: settings, migrations, permissions, its own start, its routes.
struct ModuleLoading: Sendable {
    let record: ModuleRecord
    let core: SemanticVersion
    let records: [ModuleRecord]
    let settings: ModuleHost.Settings
    let database: any Database
    let clock: WallClock
    let makeID: @Sendable () -> String
    let logger: Logger

    private var manifest: ModuleManifest { record.manifest }

    /// - Returns: what it answers; nothing when it did not come up, which its record then says.
    /// - Throws: `CancellationError`, and what the database throws: without it nobody serves.
    func run() async throws -> [Route] {
        logger.info("Loading module: \(manifest.moduleName)")
        do throws(ManifestFault) {
            try ManifestSet.checkNeeds(of: record, core: core, among: records)
        } catch {
            record.become(.refused(error.description))
            return []
        }
        do {
            let routes = try await start()
            logger.info("Successfully loaded module: \(manifest.displayName) v\(manifest.version)")
            return routes
        } catch let error as CancellationError {
            throw error
        } catch StorageError.unavailable(let reason) {
            throw StorageError.unavailable(reason)
        } catch StorageError.unwritable(let reason) {
            throw StorageError.unwritable(reason)
        } catch {
            let reason = Self.reason(error)
            record.become(.failed(reason))
            logger.error(
                "A module did not come up; the others serve",
                metadata: ["module": "\(manifest.moduleName)", "reason": "\(reason)"])
            return []
        }
    }

    private func start() async throws -> [Route] {
        let own = try ModuleSettings(manifest: manifest, variables: settings.variables)
        try await database.migrate(record.type.migrations, namespace: manifest.moduleName)
        let permissions = manifest.permissions
        let name = manifest.moduleName
        try await database.write { try await RoleBook().declare(permissions, module: name, in: $0) }
        var logger = logger
        logger[metadataKey: "module"] = "\(manifest.moduleName)"
        let context = ModuleContext(
            settings: own, database: database, now: clock.now, makeID: makeID, logger: logger,
            metrics: ModuleMetrics(module: manifest.moduleName))
        let type = record.type
        let (prefix, tag) = (manifest.routePrefix, manifest.displayName)
        let (module, routes) = try await record.door.call(within: settings.startDeadline) {
            let module = try await Self.made(type, context)
            let routes = ModuleRoutes(prefix: prefix, tag: tag)
            module.routes(routes)
            return (module, routes.collected)
        }
        for route in routes where !route.operation.path.hasPrefix(prefix + "/") && route.operation.path != prefix {
            throw ManifestFault.badPrefix(route.operation.path)
        }
        record.become(.serving, module)
        return routes
    }

    private static func made(_ type: any PlantModule.Type, _ context: ModuleContext) async throws -> any PlantModule {
        try await type.init(context)
    }

    /// For `/api/v1/modules` and the log. A setting's fault tells the variable, never its value.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as SettingsError:
            error.faults.map { "\($0.variable) \($0.problem) \($0.mend)" }.joined(separator: " ")
        case let error as ManifestFault: error.description
        case let error as ModuleFault: error.description
        case let error as StorageError: "\(error)"
        default: String("\(error)".prefix(400))
        }
    }
}
