import Foundation
import Logging
import PlantKit
import Secrets
import ServiceKit
import Storage

/// `plant seed …`: a module's invented data into the database that the settings name.
struct SeedCommand: Sendable {
    let seeds: [(module: String, seed: ModuleSeed)]
    let migrations: MigrationCommand
    let clock: WallClock

    func run(
        _ words: [String], _ reader: SettingsReader, _ logger: Logger, _ progress: @escaping DatabaseCommands.Progress
    ) async throws -> [String] {
        do {
            switch try SeedWords(words, among: seeds.map(\.seed)) {
            case .list:
                return seeds.map { "\($0.seed.name)    \($0.seed.summary)" }
                    + ["plant seed NAME --help tells the options of one"]
            case .help(let name):
                return seeds.first { $0.seed.name == name }?.seed.help ?? []
            case .run(let wanted):
                guard let (module, seed) = seeds.first(where: { $0.seed.name == wanted.seed }) else { return [] }
                return try await run(seed, of: module, wanted, reader, logger, progress)
            }
        } catch let refusal as SeedRefusal {
            throw CommandFault(exitCode: ExitCode.usage, refusal.description)
        }
    }

    private func run(
        _ seed: ModuleSeed, of module: String, _ wanted: SeedWords.Run, _ reader: SettingsReader, _ logger: Logger,
        _ progress: @escaping DatabaseCommands.Progress
    ) async throws -> [String] {
        let access = DatabaseAccess(reader: reader)
        try reader.finish()
        let detection = try EnvironmentDetection.detect(reader.variables)
        guard detection.environment.allowsDevelopmentFallback || wanted.isForced else {
            throw CommandFault(
                exitCode: ExitCode.configuration,
                "\(detection.detectedFrom): in \(detection.environment.rawValue) invented data would stand among what "
                    + "people entered, and stay there",
                "set ENVIRONMENT=development or test, or say --force if that is what you want")
        }
        let now = clock.now()
        let today = Timestamp(seconds: now).date
        let until = wanted.until ?? today
        guard until <= today, until.daysSinceEpoch >= 0 else {
            throw SeedRefusal("--until \(until.text) must be from 1970-01-01 to today, \(today.text) (UTC)")
        }
        _ = try await migrations.migrate(url: access.url, password: access.passwordText, logger: logger)
        let database = try Databases.open(url: access.url, password: access.passwordText, logger: logger)
        let makeID: @Sendable () -> String = { UUID().uuidString.lowercased() }
        let outcome: Result<[String], any Error>
        do {
            try await AuditTrail.log.establish(id: makeID(), in: database)
            outcome = .success(
                try await seed.run(
                    SeedRequest(
                        database: database, number: wanted.number, until: until, sizes: seed.complete(wanted.sizes),
                        now: now, makeID: makeID, progress: progress,
                        record: { kind, id, transaction in
                            try await AuditTrail.log.append(
                                AuditRecord(
                                    at: now, actor: AuditTrail.own, action: "\(module).seed",
                                    resource: AuditRecord.Resource(kind: kind, id: id)), transaction)
                        })))
        } catch {
            outcome = .failure(error)
        }
        try? await database.close()
        return try outcome.get()
    }
}
