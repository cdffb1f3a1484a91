package import PlantKit
package import ServiceKit
import Storage

extension Plant {
    /// `plant migrate`, `plant migrations` and `plant seed`.
    package static func databaseCommands(modules: [any PlantModule.Type]) -> DatabaseCommands {
        let lists = migrations(of: modules)
        let command = MigrationCommand(lists, protectedTables: ProtectedTables.names(of: lists))
        let seeding = SeedCommand(seeds: ModuleHost.seeds(of: modules), migrations: command, clock: .system)
        return DatabaseCommands(
            migrate: { reader, logger in
                let access = DatabaseAccess(reader: reader)
                try reader.finish()
                return try await command.migrate(url: access.url, password: access.passwordText, logger: logger)
            },
            migrations: command.json, seed: seeding.run)
    }

    /// The core's, and those of all modules of this build.
    static func migrations(of modules: [any PlantModule.Type]) -> [MigrationList] {
        [MigrationList(namespace: PlantMigrations.namespace, migrations: PlantMigrations.all)]
            + ModuleHost.migrations(of: modules)
    }
}
