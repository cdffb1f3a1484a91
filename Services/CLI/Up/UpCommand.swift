import ArgumentParser
import Foundation
import Manifests
import UnixSignals

struct UpCommand: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Run the compose file's services as plain processes, without containers.",
        discussion: """
            Runs each service that carries x-lockstep: {executable: portal|gateway|plant}, found beside lockstep or on \
            PATH (x-lockstep.path names another place), with the environment that compose would give it, PATH, HOME \
            and TMPDIR, and nothing else of the shell's. Service names become 127.0.0.1 and the published port, HOST \
            is 127.0.0.1, PORT the published port; volumes are folders under .lockstep/volumes beside the compose \
            file, and container paths in values become those. Health is asked of the executable's own healthcheck, at \
            the compose file's pace. A key of the compose file that may matter and is not understood is an error.

            Restart policies are followed, with compose's growing pauses; exit code 78 (a setting or secret is \
            wrong) is never restarted, as no restart mends it. On a terminal LOG_FORMAT=text is set where the compose \
            file sets none. Ctrl-C (SIGTERM, SIGHUP) stops all, dependents first; a second one kills.

            Exit 0 after a stop that was asked for, 1 when a service failed, 69 when a port is in use or an \
            executable is missing, 78 for faults of the compose file.

            Examples:
              lockstep up
              lockstep up -f docker-compose.local.yml --check
            """)

    @OptionGroup var project: ProjectOptions

    @Option(help: "Also run services of this profile; may be repeated. COMPOSE_PROFILES counts too.")
    var profile: [String] = []

    @Flag(help: "Print what would run, secrets as <set> and signing keys by kid, and start nothing.")
    var check = false

    func run(in context: CommandContext) async throws(CommandFailure) {
        let project = try Project.load(project, in: context)
        var plan = try StackPlan.load(project, profiles: profile, in: context)
        for warning in plan.warnings { context.say("warning: \(warning)") }
        for skipped in plan.skipped { context.say("\(skipped.name) is skipped: \(skipped.reason)") }
        guard !plan.services.isEmpty else {
            throw CommandFailure(
                .configuration, "\(project.file): no service to run; give one x-lockstep: {executable: …}")
        }
        let keys = await HeldKeys.of(plan, in: context)
        for line in HeldKeys.disagreement(keys) { context.say("warning: \(line)") }
        if check {
            for line in PlanReport.lines(plan, keys: keys.mapValues(\.words)) { context.console.out(line) }
            return
        }
        let taken = PortCheck.taken(plan)
        guard taken.isEmpty else { throw CommandFailure(.unavailable, lines: taken) }
        try Self.make(plan.folders)

        let isColoured = LogSink.isColoured(descriptor: STDOUT_FILENO, variables: context.variables)
        if isatty(STDOUT_FILENO) == 1 { plan.defaultEnvironment("LOG_FORMAT", "text") }
        let sink = LogSink(
            services: plan.services.map(\.name), descriptor: STDOUT_FILENO, isColoured: isColoured)
        // A reader of the log that goes away (`lockstep up | head`) must not take the stack down half-way.
        signal(SIGPIPE, SIG_IGN)
        let runner = StackRunner(plan: plan, sink: sink, guardExecutable: ExecutableSearch.ownPath)
        let status = await runner.run(stops: await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup))
        guard status == .ok else { throw CommandFailure(status, lines: []) }
    }

    private static func make(_ folders: [String]) throws(CommandFailure) {
        for folder in folders {
            do {
                // For its owner alone, as a database of accounts is in there. A folder that is there stays as it is.
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                throw CommandFailure(.unavailable, "the folder \(folder) can't be made; check who owns its parent")
            }
        }
    }
}

extension StackPlan {
    /// Reads the compose file and plans it.
    static func load(
        _ project: Project, profiles: [String], in context: CommandContext
    ) throws(CommandFailure) -> StackPlan {
        guard let text = try Project.readText(project.composePath) else {
            throw CommandFailure(.inputMissing, "\(project.composePath) is not there; name the compose file with -f")
        }
        let fromVariables = (project.variables["COMPOSE_PROFILES"] ?? "").split(separator: ",").map(String.init)
        do {
            let compose = try ComposeReader.read(
                text, file: project.file, directory: project.directory, variables: project.variables,
                readFile: { path in
                    FileManager.default.contents(atPath: path).flatMap { String(data: $0, encoding: .utf8) }
                })
            return try PlanBuilder.plan(
                compose, search: .live(path: context.variables["PATH"]),
                inherited: context.variables.filter { PlanBuilder.inheritedNames.contains($0.key) },
                profiles: Set(profiles + fromVariables))
        } catch let faults as ManifestFaults {
            throw CommandFailure(faults)
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(.internal, "the compose file can't be planned")
        }
    }
}
