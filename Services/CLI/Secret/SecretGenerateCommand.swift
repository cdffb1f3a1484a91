import ArgumentParser
import Foundation
import Secrets

struct SecretGenerateCommand: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Make a new signing secret.",
        discussion: """
            Random bytes from the system, as base64url. Without --env-file the secret alone goes to stdout, to be \
            piped; with it JWT_SECRET is set in that file (atomically, mode 0600, all other lines kept) and only its \
            kid is printed. A value that is already there is replaced with --force alone: every token signed with it \
            stops being valid.

            Examples:
              lockstep secret generate --env-file .env
              lockstep secret generate | gh secret set JWT_SECRET
              lockstep secret generate --github
            """)

    @Option(help: "How many random bytes; at least 32.")
    var bytes = 48

    @Option(help: "Set JWT_SECRET in this file.")
    var envFile: String?

    @Flag(help: "Replace a value that is already there.")
    var force = false

    @Flag(help: "Print the steps that make it a secret of a GitHub repository; the secret itself is not made yet.")
    var github = false

    func validate() throws {
        guard (32...1024).contains(bytes) else {
            throw ValidationError("--bytes is from 32 (the minimum of RFC 7518 §3.2 for HS256) to 1024.")
        }
        if force, envFile == nil { throw ValidationError("--force goes with --env-file.") }
    }

    func run(in context: CommandContext) async throws(CommandFailure) {
        if github { return Self.printSteps(bytes: bytes, envFile: envFile, on: context.console) }
        let secret = Base64URL.encode(context.randomBytes(bytes))
        guard let envFile else { return context.console.out(secret) }
        let file = EnvFile(path: context.absolute(envFile))
        try file.set("JWT_SECRET", to: secret, replacing: force)
        context.console.out("kid \(KeyID.derived(from: SecretBytes(utf8: secret)))")
        context.say("JWT_SECRET set in \(file.path) (mode 0600)")
    }

    /// Nothing here passes through a file, an argument or a log on its way to GitHub.
    private static func printSteps(bytes: Int, envFile: String?, on console: Console) {
        console.out("# 1. Make it and hand it to the repository; it is shown nowhere (gh reads standard input).")
        console.out("lockstep secret generate --bytes \(bytes) | gh secret set JWT_SECRET --env production")
        console.out("# 2. In the workflow, pass that one secret to every service that issues or verifies:")
        console.out("#      env: {JWT_SECRET: \"${{ secrets.JWT_SECRET }}\"}")
        console.out("# 3. For this machine make another one; environments never share a secret.")
        console.out("lockstep secret generate --env-file \(envFile ?? ".env")")
        console.out("# 4. See what the services load, by kid.")
        console.out("lockstep secret diagnose")
    }
}
