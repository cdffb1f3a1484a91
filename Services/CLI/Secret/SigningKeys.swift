import HTTPKit
import Logging
import Secrets
import ServiceKit

/// The key ring and the token settings that a service would have here.
struct SigningKeys {
    let manager: SecretManager
    let settings: TokenSettings
    /// `JWT_ISSUER`, where it is set.
    let namedIssuer: String?

    static func load(_ options: ProjectOptions, in context: CommandContext) async throws(CommandFailure) -> SigningKeys
    {
        let project = try Project.load(options, in: context)
        do throws(SecretError) {
            return try await load(project.variables, in: context)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// - Parameter quietly: without the loader's own log lines.
    static func load(
        _ variables: [String: String], quietly: Bool = false, in context: CommandContext
    ) async throws(SecretError) -> SigningKeys {
        let settings = try settings(variables)
        var logger = context.logger()
        if quietly { logger.logLevel = .critical }
        let manager = try await SecretManager.load(
            variables: variables, algorithm: settings.algorithm, logger: logger, now: context.now,
            stores: context.stores(for: variables))
        return SigningKeys(
            manager: manager, settings: settings,
            namedIssuer: variables["JWT_ISSUER"].flatMap { $0.isEmpty ? nil : $0 })
    }

    static func settings(_ project: Project) throws(CommandFailure) -> TokenSettings {
        do throws(SecretError) {
            return try settings(project.variables)
        } catch {
            throw CommandFailure(error)
        }
    }

    static func settings(_ variables: [String: String]) throws(SecretError) -> TokenSettings {
        let reader = SettingsReader(variables: variables)
        let settings = TokenSettings(reader: reader, defaultIssuer: nil)
        do throws(SettingsError) {
            try reader.finish()
        } catch {
            let faults = error.faults.map { "\($0.variable) \($0.problem) \($0.mend)" }
            throw SecretError(code: "settings_invalid", message: faults.joined(separator: "; "))
        }
        return settings
    }
}

extension CommandFailure {
    init(_ error: SecretError) {
        self.init(.configuration, "\(error.message) (\(error.code))")
    }
}
