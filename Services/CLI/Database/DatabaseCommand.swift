import ArgumentParser

struct DatabaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "db",
        abstract:
            "Migrate, look at, copy, back up and restore the databases of portal and plant; the login for DB updates.",
        discussion: """
            A database is named by its URL, as in DATABASE_URL: sqlite:///ABSOLUTE/PATH or \
            postgres://USER@HOST/DATABASE. Give a server's password by a file (--password-file and its like) or by \
            DATABASE_PASSWORD, not in the URL, where other processes see it. No command prints one.

            Exit codes: 0 done · 1 the answer is no: migrations are missing, the target holds rows, values don't fit, \
            a backup is damaged · 66 a file is missing · 69 a database or executable can't be reached, or not be \
            written to · 78 a URL is wrong
            """,
        subcommands: [
            DatabaseMigrateCommand.self, DatabaseStatusCommand.self, DatabaseCopyCommand.self,
            DatabaseBackupCommand.self, DatabaseRestoreCommand.self, DatabaseUpdatesRoleCommand.self,
        ])
}
