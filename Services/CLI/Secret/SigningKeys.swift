import HTTPKit
import Logging
import Secrets
import ServiceKit

/// The key ring and the token settings that a service would have here.
struct SigningKeys {
    let manager: SecretManager
    let settings: TokenSettings

    static func load(_ options: ProjectOptions, in context: CommandContext) async throws(CommandFailure) -> SigningKeys {
        let project = try Project.load(options, in: context)
        do throws(SecretError) {
            return try await load(project, in: context)
        } catch {
            throw CommandFailure(.configuration, "\(error.message) (\(error.code))")
        }
    }

    static func load(_ project: Project, in context: CommandContext) async throws(SecretError) -> SigningKeys {
        try await load(project.variables, in: context)
    }

    /// - Parameter quietly: without the loader's own log lines.
    static func load(
        _ variables: [String: String], quietly: Bool = false, in context: CommandContext
    ) async throws(SecretError) -> SigningKeys {
        let reader = SettingsReader(variables: variables)
        let settings = TokenSettings(reader: reader, defaultIssuer: nil)
        do throws(SettingsError) {
            try reader.finish()
        } catch {
            let faults = error.faults.map { "\($0.variable) \($0.problem): \($0.mend)" }
            throw SecretError(code: "settings_invalid", message: faults.joined(separator: "; "))
        }
        var logger = context.logger()
        if quietly { logger.logLevel = .critical }
        let manager = try await SecretManager.load(
            variables: variables, algorithm: settings.algorithm, logger: logger, now: context.now)
        return SigningKeys(manager: manager, settings: settings)
    }
}
