package import ArgumentParser
import ServiceKit

/// The root of the command line.
package struct Lockstep: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "lockstep",
        abstract: "Keeps every service on one signing key: runs the stack, makes secrets, explains tokens.",
        discussion: """
            Every command reads the .env beside the compose file and says so on stderr; what is set in the \
            environment wins over it, as in compose. Answers are on stdout, everything else on stderr. No command \
            shows a byte of a secret, except `secret generate`, which makes one.

            Exit codes:
            \(ExitStatus.table)

            Examples:
              lockstep secret generate --env-file .env
              lockstep up
              lockstep check
              lockstep token issue --sub u1 --email u1@example.org --role admin | lockstep token verify
              lockstep explain - < token.txt
              lockstep db backup --from sqlite:///var/lib/lockstep/plant.sqlite --to /backup/plant.sqlite
            """,
        version: "lockstep \(BuildInfo.version)",
        subcommands: [
            UpCommand.self, CheckCommand.self, InitCommand.self, RenderCommand.self, SecretCommand.self,
            RotateCommand.self, DoctorCommand.self, AgentCommand.self, TokenCommand.self, ExplainCommand.self,
            AuditCommand.self, DatabaseCommand.self, SeedCommand.self, ModuleCommand.self, GuardCommand.self,
        ])

    package init() {}

    /// Parses the arguments and runs the command they name.
    /// - Parameter arguments: without the program's own name.
    /// - Returns: the exit code.
    package static func run(_ arguments: [String], in context: CommandContext) async -> Int32 {
        do {
            var command = try parseAsRoot(arguments)
            if let command = command as? any LockstepCommand {
                try await command.run(in: context)
            } else {
                try command.run()
            }
            return ExitStatus.ok.rawValue
        } catch let failure as CommandFailure {
            for line in failure.lines { context.say(line) }
            return failure.status.rawValue
        } catch {
            // Help and version come this way too.
            let code = exitCode(for: error).rawValue
            let text = fullMessage(for: error)
            if code == 0 { context.console.out(text) } else { context.console.err(text) }
            return code
        }
    }
}
