import FoundationEssentials

extension SettingsReader {
    /// The process environment. Besides Shared/Secrets this is the only place that reads it, and the read happens once
    /// per start: everything else is handed its values.
    package static var live: SettingsReader { live(with: [:]) }

    /// - Parameter variables: of the command line; they count in place of the environment's.
    package static func live(with variables: [String: String]) -> SettingsReader {
        SettingsReader(variables: ProcessInfo.processInfo.environment.merging(variables) { $1 })
    }
}
