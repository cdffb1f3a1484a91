import ArgumentParser
import Foundation
import Storage

struct DatabaseBackupCommand: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write a consistent backup of a database to a file, while others write to it.",
        discussion: """
            The backup is one SQLite file, whatever the database is: of SQLite by its own backup inside of one read \
            transaction, of PostgreSQL table by table in one snapshot (--service makes the tables). It is compared \
            with that snapshot by counts and checksums, flushed to disk and only then gets its name; mode 0600. An \
            existing file is never overwritten.

            It holds what the database holds, password hashes and personal data too: keep it as safe.

            Examples:
              lockstep db backup --from sqlite:///var/lib/lockstep/plant.sqlite --to /backup/plant-2026-11-22.sqlite
              lockstep db backup --service portal --from postgres://lockstep@db/portal --to /backup/portal.sqlite
            """)

    @Option(help: "The database's URL.")
    var from: String

    @Option(help: "The file to make.")
    var to: String

    @Option(help: "The file that holds the server's password.")
    var fromPasswordFile: String?

    @Option(help: "Whose tables, for a server: portal or plant.")
    var service: DatabaseOwner?

    func run(in context: CommandContext) async throws(CommandFailure) {
        let source = try NamedDatabase(url: from, option: "--from", passwordFile: fromPasswordFile, in: context)
        let kind = try? Databases.kind(of: from)
        guard kind == .sqlite || service != nil else {
            throw CommandFailure(.usage, "a backup of a server needs --service portal or plant, which makes its tables")
        }
        let path = context.absolute(to)
        let voice = CopyVoice(context)
        guard kind != .sqlite, let service else {
            let digests = try await Self.backup(source, to: path, voice, context)
            voice.report(digests, "backed up to \(path)")
            return
        }
        guard !FileManager.default.fileExists(atPath: path) else {
            throw CommandFailure(.unavailable, "\(path) is there already; a backup overwrites nothing")
        }
        let transfer = DatabaseTransfer(
            source: source,
            target: try NamedDatabase(
                url: Databases.url(ofFile: path), option: "--to", passwordFile: nil, in: context),
            migrations: try ServiceMigrations(service, in: context), isRestore: false, context: context)
        voice.report(try await transfer.run(), "backed up to \(path)")
    }

    private static func backup(
        _ source: NamedDatabase, to path: String, _ voice: CopyVoice, _ context: CommandContext
    ) async throws(CommandFailure) -> [String: TableDigest] {
        try await DatabaseWork.run(source.name) {
            let database = try source.openForReading(in: context)
            return try await DatabaseWork.closing(database) {
                let file = try BackupFile(path: path, id: String(UUID().uuidString.prefix(8)))
                defer { voice.end() }
                do {
                    let digests = try await file.fill(from: database, progress: voice.tell)
                    try await file.finish(expecting: digests, logger: context.logger())
                    return digests
                } catch {
                    file.abandon()
                    throw error
                }
            }
        }
    }
}
