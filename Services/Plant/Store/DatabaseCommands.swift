package import PlantKit
package import ServiceKit
import Storage

extension Plant {
    /// `plant migrate` and `plant migrations`.
    package static func databaseCommands(modules: [any PlantModule.Type]) -> DatabaseCommands {
        let core = MigrationList(namespace: PlantMigrations.namespace, migrations: PlantMigrations.all)
        let command = MigrationCommand([core] + ModuleHost.migrations(of: modules))
        return DatabaseCommands(
            migrate: { reader, logger in
                let access = DatabaseAccess(reader: reader)
                try reader.finish()
                return try await command.migrate(url: access.url, password: access.passwordText, logger: logger)
            },
            migrations: command.json)
    }
}
