import ArgumentParser
import Foundation
import Storage

struct DatabaseCopyCommand: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract: "Copy a service's database to another one: SQLite to PostgreSQL, or any other way.",
        discussion: """
            The source is read in one snapshot and never written. The target gets its tables from the service's \
            migrations, must hold no rows, and takes all or nothing: one transaction, in which it is read again and \
            compared table by table, by count and checksum, before it is committed. Stop the service first: what it \
            writes after the snapshot is not copied.

            Values that don't fit their column's type (SQLite takes any) are named with table, key and column.

            Example:
              lockstep db copy --service plant --from sqlite:///var/lib/lockstep/plant.sqlite \\
                --to postgres://lockstep@db.internal/plant --to-password-file /run/secrets/db-password
            """)

    @Option(help: "Whose tables: portal or plant.")
    var service: DatabaseOwner

    @Option(help: "The source's URL.")
    var from: String

    @Option(help: "The target's URL.")
    var to: String

    @Option(help: "The file that holds the source's password.")
    var fromPasswordFile: String?

    @Option(help: "The file that holds the target's password.")
    var toPasswordFile: String?

    func run(in context: CommandContext) async throws(CommandFailure) {
        let source = try NamedDatabase(url: from, option: "--from", passwordFile: fromPasswordFile, in: context)
        let target = try NamedDatabase(url: to, option: "--to", passwordFile: toPasswordFile, in: context)
        let transfer = DatabaseTransfer(
            source: source, target: target, migrations: try ServiceMigrations(service, in: context), isRestore: false,
            context: context)
        CopyVoice(context).report(try await transfer.run(), "copied to \(target.name)")
    }
}

struct DatabaseRestoreCommand: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Verify a backup and copy it into an empty database.",
        discussion: """
            The file is checked first, page by page and table by table. The target, SQLite or PostgreSQL, is filled as \
            by `lockstep db copy`: all or nothing, compared before it counts. The target must hold no rows: restore \
            into a new file or database, then point DATABASE_URL at it.

            Example:
              lockstep db restore --service plant --from /backup/plant-2026-11-22.sqlite \\
                --to sqlite:///var/lib/lockstep/plant-restored.sqlite
            """)

    @Option(help: "Whose tables: portal or plant.")
    var service: DatabaseOwner

    @Option(help: "The backup.")
    var from: String

    @Option(help: "The target's URL.")
    var to: String

    @Option(help: "The file that holds the target's password.")
    var toPasswordFile: String?

    func run(in context: CommandContext) async throws(CommandFailure) {
        let path = context.absolute(from)
        guard FileManager.default.fileExists(atPath: path) else {
            throw CommandFailure(.inputMissing, "\(path) is not there; name the backup with --from")
        }
        let source = try NamedDatabase(
            url: Databases.url(ofFile: path), option: "--from", passwordFile: nil, in: context)
        let target = try NamedDatabase(url: to, option: "--to", passwordFile: toPasswordFile, in: context)
        try await DatabaseWork.run(path) { _ = try await BackupFile.verify(source.url, logger: context.logger()) }
        let transfer = DatabaseTransfer(
            source: source, target: target, migrations: try ServiceMigrations(service, in: context), isRestore: true,
            context: context)
        CopyVoice(context).report(try await transfer.run(), "restored to \(target.name)")
    }
}
