package import ArgumentParser
import ServiceKit

/// The root of the command line.
package struct Lockstep: AsyncParsableCommand {
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
              lockstep token issue --sub u1 --email u1@example.org --role admin | lockstep token verify
              lockstep explain - < token.txt
            """,
        version: BuildInfo.version,
        subcommands: [UpCommand.self, SecretCommand.self, TokenCommand.self, GuardCommand.self])

    package init() {}

    /// Parses the arguments, runs the command and exits.
    package static func start() async { await main() }
}
