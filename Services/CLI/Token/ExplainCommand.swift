import ArgumentParser
import HTTPKit
import Secrets
import Tokens

/// `lockstep explain` and `lockstep token explain`.
struct ExplainCommand: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what is in a token, which held key signed it or why none did, and how to mend it.",
        discussion: """
            The keys and the rules are those that a service would have here (.env and environment). Exit 0 when a \
            service would accept the token, 1 when not. Hand the token over on standard input: an argument is seen by \
            everybody on this machine (ps). --format json prints verdict (valid, or the refusal's code), cause, mend, \
            signer, faults, header and claims (lists of name and json), held (kid, aliases, algorithm, state, \
            retireAt) and source.

            Examples:
              lockstep explain < token.txt
              pbpaste | ENVIRONMENT=staging lockstep token explain -
            """)

    @Argument(help: ArgumentHelp("The token; - or nothing reads standard input.", valueName: "token"))
    var token: String?

    @OptionGroup var project: ProjectOptions
    @OptionGroup var output: FormatOption

    func run(in context: CommandContext) async throws(CommandFailure) {
        let text = try TokenInput.raw(token, in: context)
        let project = try Project.load(project, in: context)
        let settings = try SigningKeys.settings(project)
        let explanation = TokenExplanation.of(
            text, ring: await ring(project, in: context), policy: settings.policy, now: context.now())
        switch output.format {
        case .json: context.console.out(try JSONText.of(ExplanationReport(explanation)))
        case .text: for line in ExplanationText.lines(explanation) { context.console.out(line) }
        }
        if explanation.identity == nil { throw .negative }
    }

    /// A token is worth explaining without keys too.
    private func ring(_ project: Project, in context: CommandContext) async -> KeyRing {
        do throws(SecretError) {
            return try await SigningKeys.load(project.variables, in: context).manager.ring
        } catch {
            context.say("no key can be loaded here: \(error.message) (\(error.code))")
            return KeyRing(keys: [], source: "nowhere (\(error.code))", environment: .production, version: 0)
        }
    }
}
