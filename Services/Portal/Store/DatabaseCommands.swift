package import ServiceKit
import Storage

extension Portal {
    /// `portal migrate` and `portal migrations`; both kinds of portal have the same tables.
    package static let databaseCommands: DatabaseCommands = {
        let command = MigrationCommand([
            MigrationList(namespace: PortalMigrations.namespace, migrations: PortalMigrations.all)
        ])
        return DatabaseCommands(
            migrate: { reader, logger in
                let access = DatabaseAccess(reader: reader)
                try reader.finish()
                return try await command.migrate(url: access.url, password: access.passwordText, logger: logger)
            },
            migrations: command.json)
    }()
}
