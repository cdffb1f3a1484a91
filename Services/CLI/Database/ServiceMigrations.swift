import ArgumentParser
import Foundation
import Storage
import Subprocess
import SystemPackage

/// Whose tables they are. Migrations belong to the service: its own executable applies them.
enum DatabaseOwner: String, ExpressibleByArgument, CaseIterable, Sendable {
    case portal, plant
}

struct ServiceMigrations: Sendable {
    let owner: DatabaseOwner
    let executable: String
    let context: CommandContext

    init(_ owner: DatabaseOwner, in context: CommandContext) throws(CommandFailure) {
        let search = ExecutableSearch.live(path: context.variables["PATH"])
        guard let executable = search.find(named: owner.rawValue) else {
            throw CommandFailure(
                .unavailable,
                "the executable \(owner.rawValue) is neither beside lockstep nor on PATH; install it there")
        }
        (self.owner, self.executable, self.context) = (owner, executable, context)
    }

    /// Brings the database up to date.
    /// - Returns: what the executable said, a line each.
    @discardableResult
    func migrate(_ database: NamedDatabase) async throws(CommandFailure) -> [String] {
        var variables = context.variables
        variables["DATABASE_URL"] = database.url
        variables["DATABASE_PASSWORD"] = database.password
        variables["DATABASE_PASSWORD_FILE"] = nil
        return try await run("migrate", variables)
    }

    /// What this build of the service knows.
    func document() async throws(CommandFailure) -> MigrationDocument {
        let text = try await run("migrations", context.variables).joined(separator: "\n")
        do {
            return try JSONDecoder().decode(MigrationDocument.self, from: Data(text.utf8))
        } catch {
            throw CommandFailure(.unavailable, "\(executable) migrations: not understood; is it of this version?")
        }
    }

    /// What the tables hold that have just been made.
    func freshRows() async throws(CommandFailure) -> [String: TableDigest] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lockstep-db-\(UUID().uuidString)").path
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        } catch {
            throw CommandFailure(.unavailable, "\(folder) can't be made")
        }
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let template = try NamedDatabase(
            url: Databases.url(ofFile: "\(folder)/fresh.sqlite"), option: "--service", passwordFile: nil, in: context)
        try await migrate(template)
        return try await DatabaseWork.run(template.name) {
            let database = try template.openForReading(in: context)
            return try await DatabaseWork.closing(database) { try await DatabaseCopy.digests(of: database) }
        }
    }

    private func run(
        _ command: String, _ variables: [String: String]
    ) async throws(CommandFailure) -> [String] {
        var environment: [Environment.Key: String] = [:]
        for (name, value) in variables { environment[.init(stringLiteral: name)] = value }
        do {
            let result = try await Subprocess.run(
                Subprocess.Configuration(
                    executable: .path(FilePath(executable)), arguments: Arguments([command]),
                    environment: .custom(environment)),
                input: .none, output: .string(limit: 1 << 20, encoding: UTF8.self),
                error: .string(limit: 1 << 16, encoding: UTF8.self))
            let lines = result.standardOutput.split(separator: "\n").map(String.init)
            if result.terminationStatus.isSuccess { return lines }
            let said = result.standardError.split(separator: "\n").map(String.init)
            let status: ExitStatus = result.terminationStatus == .exited(78) ? .configuration : .unavailable
            throw CommandFailure(status, lines: said.isEmpty ? ["\(executable) \(command) failed"] : said)
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(.unavailable, "\(executable) can't be run: \(error)")
        }
    }
}

enum DatabaseWork {
    /// - Parameter subject: begins each line of a failure.
    static func run<T>(
        _ subject: String, _ body: () async throws -> T
    ) async throws(CommandFailure) -> T {
        do { return try await body() } catch { throw CommandFailure(storage: error, subject) }
    }

    static func closing<T>(_ database: any Database, _ body: () async throws -> T) async throws -> T {
        let outcome: Result<T, any Error>
        do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
        try? await database.close()
        return try outcome.get()
    }
}
