import ArgumentParser
import Foundation
import Manifests
import Subprocess
import SystemPackage

struct SeedCommand: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "seed", abstract: "Fill the plant's database with invented data, to look at and to measure.",
        discussion: """
            Runs `plant seed`, found beside lockstep or on PATH: what there is to seed belongs to the plant's modules. \
            Without a name it says what there is; `plant seed NAME --help` tells the options of one. Without \
            --database it is the plant of the local stack (`lockstep up`), which may run meanwhile.

            `farm`: farms with crops, blocks in every state, a past of seasons with harvests in parts, and alerts. \
            Options: --farms, --blocks of each farm, --seasons that are over, --until the day that counts as today, \
            --seed for other data, --force. The same options make the same data. Each farm is written whole or not \
            at all; run again, it adds the farms that are not there yet and leaves the others as they are.

            Nothing is seeded where ENVIRONMENT is staging, production or not set, unless --force says so: invented \
            farms among real ones are hard to take out again.

            Exit codes: 0 done, or there already · 64 an option is wrong · 69 plant or its database is not to be had · \
            78 ENVIRONMENT or DATABASE_URL forbids it

            Examples:
              lockstep seed farm
              lockstep seed farm --farms 5 --blocks 40 --seasons 6
              ENVIRONMENT=test lockstep seed farm --database sqlite:///tmp/plant.sqlite --until 2026-06-01
            """)

    @Argument(parsing: .allUnrecognized, help: "What to seed, and its options.")
    var words: [String] = []

    @OptionGroup var project: ProjectOptions

    @Option(help: "The database's URL, in place of the local stack's.")
    var database: String?

    @Option(help: "The file that holds the server's password.")
    var passwordFile: String?

    func run(in context: CommandContext) async throws(CommandFailure) {
        guard !words.isEmpty else {
            return try await Self.run(try Self.plant(in: context), [], context.variables)
        }
        if let database {
            let named = try NamedDatabase(url: database, option: "--database", passwordFile: passwordFile, in: context)
            var variables = context.variables
            variables["DATABASE_URL"] = named.url
            variables["DATABASE_PASSWORD"] = named.password
            variables["DATABASE_PASSWORD_FILE"] = nil
            return try await Self.run(try Self.plant(in: context), words, variables)
        }
        guard passwordFile == nil else { throw CommandFailure(.usage, "--password-file goes with --database") }
        let project = try Project.load(project, in: context)
        let plan = try StackPlan.load(project, profiles: [], in: context)
        guard let service = plan.services.first(where: { $0.executable.hasSuffix("/plant") }) else {
            throw CommandFailure(.configuration, "\(project.file) runs no plant; name its database by --database")
        }
        try await Self.run(service.executable, words, service.environment)
    }

    private static func plant(in context: CommandContext) throws(CommandFailure) -> String {
        guard let plant = ExecutableSearch.live(path: context.variables["PATH"]).find(named: "plant") else {
            throw CommandFailure(
                .unavailable, "the executable plant is neither beside lockstep nor on PATH; install it there")
        }
        return plant
    }

    /// It says itself what it does, and shows how far it has come.
    private static func run(
        _ executable: String, _ words: [String], _ variables: [String: String]
    ) async throws(CommandFailure) {
        var environment: [Environment.Key: String] = [:]
        for (name, value) in variables { environment[.init(stringLiteral: name)] = value }
        let status: TerminationStatus
        do {
            status = try await Subprocess.run(
                Subprocess.Configuration(
                    executable: .path(FilePath(executable)), arguments: Arguments(["seed"] + words),
                    environment: .custom(environment)),
                input: .none, output: .fileDescriptor(.standardOutput, closeAfterSpawningProcess: false),
                error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false)
            ).terminationStatus
        } catch {
            throw CommandFailure(.unavailable, "\(executable) can't be run: \(error)")
        }
        switch status {
        case .exited(0): return
        case .exited(let code):
            throw CommandFailure(
                ExitStatus(rawValue: code).flatMap { $0 == .negative ? nil : $0 } ?? .unavailable, lines: [])
        case .signaled: throw CommandFailure(.unavailable, "\(executable) seed was interrupted; what was whole is kept")
        }
    }
}
