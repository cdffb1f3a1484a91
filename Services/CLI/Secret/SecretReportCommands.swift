import ArgumentParser
import HTTPKit
import Secrets

struct SecretDiagnoseCommand: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "diagnose", abstract: "Say which secret a service would load here, from where, and why.",
        discussion: """
            Runs the services' own loading code over .env and the environment. --format json prints an object with \
            environment, environmentDetectedFrom, sources (name, status, reason, kid, bytes, revision), winner, \
            ringVersion, keys (kid, aliases, algorithm, state, retireAt) and warnings. Exit 78 when nothing usable is \
            found.

            Examples:
              lockstep secret diagnose
              ENVIRONMENT=staging lockstep secret diagnose --format json
            """)

    @OptionGroup var project: ProjectOptions
    @OptionGroup var output: FormatOption

    func run(in context: CommandContext) async throws(CommandFailure) {
        let project = try Project.load(project, in: context)
        let settings = try SigningKeys.settings(project)
        let (diagnostics, error) = await SecretManager.diagnose(
            variables: project.variables, algorithm: settings.algorithm, stores: context.stores(for: project.variables))
        switch output.format {
        case .json: context.console.out(try JSONText.of(diagnostics))
        case .text: for line in Self.lines(diagnostics) { context.console.out(line) }
        }
        if let error { throw CommandFailure(error) }
    }

    static func lines(_ diagnostics: SecretDiagnostics) -> [String] {
        var lines = ["environment  \(diagnostics.environment) (\(diagnostics.environmentDetectedFrom))"]
        lines.append("loaded from  \(diagnostics.winner ?? "nothing")")
        lines.append("keys")
        for key in diagnostics.keys {
            let retirement = key.retireAt.map { ", until \($0)" } ?? ""
            let aliases = key.aliases.isEmpty ? "" : ", also \(key.aliases.joined(separator: ", "))"
            lines.append("  \(key.kid)  \(key.algorithm)  \(key.state)\(retirement)\(aliases)")
        }
        lines.append("sources, the first that is present wins")
        for source in diagnostics.sources {
            let details = [
                source.kid.map { "kid \($0)" }, source.bytes.map { "\($0) bytes" },
                source.revision.map { "revision \($0)" }, source.reason,
            ].compactMap(\.self).joined(separator: ", ")
            lines.append("  \(source.name)  \(source.status)\(details.isEmpty ? "" : "  \(details)")")
        }
        for warning in diagnostics.warnings { lines.append("warning: \(warning)") }
        return lines
    }
}

struct SecretValidateCommand: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Exit 0 when a service could start on the secret it finds here, else 1.",
        discussion: """
            For deployment checks: the services' own loading code over .env and the environment.

            Example:
              ENVIRONMENT=production lockstep secret validate && ./deploy
            """)

    @OptionGroup var project: ProjectOptions

    func run(in context: CommandContext) async throws(CommandFailure) {
        let project = try Project.load(project, in: context)
        do throws(SecretError) {
            let keys = try await SigningKeys.load(project.variables, in: context)
            try keys.manager.validateSynchronization()
            let ring = keys.manager.ring
            let kid = ring.current?.id.rawValue ?? "none"
            context.console.out("valid: \(ring.environment.rawValue), kid \(kid), \(ring.source)")
        } catch {
            throw CommandFailure(.negative, "not valid: \(error.message) (\(error.code))")
        }
    }
}
