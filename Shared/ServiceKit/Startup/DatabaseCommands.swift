package import Logging

/// What a service that owns a database does with it from the command line, beside serving.
package struct DatabaseCommands: Sendable {
    /// `migrate`: brings the database that the settings name up to date; answers lines that tell what was done.
    package let migrate: @Sendable (SettingsReader, Logger) async throws -> [String]
    /// `migrations`: what this build knows, as JSON. Needs no settings.
    package let migrations: @Sendable () throws -> String

    package init(
        migrate: @escaping @Sendable (SettingsReader, Logger) async throws -> [String],
        migrations: @escaping @Sendable () throws -> String
    ) {
        self.migrate = migrate
        self.migrations = migrations
    }
}
