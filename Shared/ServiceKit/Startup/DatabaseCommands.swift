package import Logging

/// What a service that owns a database does with it from the command line, beside serving.
package struct DatabaseCommands: Sendable {
    /// `migrate`: brings the database that the settings name up to date; answers lines that tell what was done.
    package let migrate: @Sendable (SettingsReader, Logger) async throws -> [String]
    /// `migrations`: what this build knows, as JSON. Needs no settings.
    package let migrations: @Sendable () throws -> String
    /// `seed …`: invents data; nil for a service that has none to invent. Gets the words behind `seed`, and says how many
    /// of how many parts are done.
    package let seed: (@Sendable ([String], SettingsReader, Logger, @escaping Progress) async throws -> [String])?

    package typealias Progress = @Sendable (Int, Int) -> Void

    package init(
        migrate: @escaping @Sendable (SettingsReader, Logger) async throws -> [String],
        migrations: @escaping @Sendable () throws -> String,
        seed: (@Sendable ([String], SettingsReader, Logger, @escaping Progress) async throws -> [String])? = nil
    ) {
        self.migrate = migrate
        self.migrations = migrations
        self.seed = seed
    }
}

/// A command that was not done: its lines are for people, its code is for scripts.
package struct CommandFault: Error, Sendable, Equatable {
    package let exitCode: Int32
    package let lines: [String]

    package init(exitCode: Int32, _ lines: String...) {
        self.exitCode = exitCode
        self.lines = lines
    }
}
