import Foundation
import Storage

/// A copy into a database that a service's migrations have made, as `copy` and `restore` need it.
struct DatabaseTransfer: Sendable {
    let source: NamedDatabase
    let target: NamedDatabase
    let migrations: ServiceMigrations
    /// A restore: ordered logs get new names (`DatabaseCopy.newLogID`).
    let isRestore: Bool
    let context: CommandContext

    func run() async throws(CommandFailure) -> [String: TableDigest] {
        guard source.url != target.url else { throw CommandFailure(.usage, "source and target are the same database") }
        let known = try await migrations.document()
        return try await DatabaseWork.run(source.name) {
            let from = try source.openForReading(in: context)
            return try await DatabaseWork.closing(from) {
                // Before the target is touched.
                try Self.check(try await from.appliedMigrations(), known)
                let path = try Databases.path(of: target.url)
                if let path, !FileManager.default.fileExists(atPath: path) {
                    return try await fill(newFile: path, from)
                }
                return try await fill(target, from)
            }
        }
    }

    /// A file that is not there yet gets its name when it is whole; so a failure leaves none.
    private func fill(newFile path: String, _ from: any Database) async throws -> [String: TableDigest] {
        try await DatabaseWork.run(target.name) {
            let file = try BackupFile(path: path, id: String(UUID().uuidString.prefix(8)))
            do {
                let unnamed = try NamedDatabase(url: file.temporaryURL, option: "--to", passwordFile: nil, in: context)
                let digests = try await fill(unnamed, from)
                try await file.finish(expecting: digests, logger: context.logger())
                return digests
            } catch {
                file.abandon()
                throw error
            }
        }
    }

    /// Tables that this makes at a server stay when it fails, and are empty.
    private func fill(_ target: NamedDatabase, _ from: any Database) async throws -> [String: TableDigest] {
        try await migrations.migrate(target)
        let fresh = try await migrations.freshRows()
        return try await DatabaseWork.run(target.name) {
            let to = try target.open(in: context)
            return try await DatabaseWork.closing(to) {
                let voice = CopyVoice(context)
                defer { voice.end() }
                var copy = DatabaseCopy(from: from, to: to)
                copy.fresh = fresh
                copy.progress = voice.tell
                if isRestore { copy.newLogID = { UUID().uuidString.lowercased() } }
                return try await copy.run().tables
            }
        }
    }

    static func check(_ applied: MigrationDocument, _ known: MigrationDocument) throws(TransferFault) {
        let lines = MigrationStanding(applied: applied, known: known).entries.compactMap { entry -> String? in
            let name = "\(entry.namespace)/\(entry.id)"
            return switch entry.state {
            case .applied: nil
            case .missing: "lacks migration \(name): run lockstep db migrate on it first"
            case .changed: "migration \(name) was another one when it was applied here"
            case .unknown: "has migration \(name), which this build of the service does not know: use a newer one"
            }
        }
        guard lines.isEmpty else { throw .schemas(lines) }
    }
}
