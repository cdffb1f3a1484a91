import FoundationEssentials

extension SettingsReader {
    /// The process environment. Besides Shared/Secrets this is the only place that reads it, and the read happens once
    /// per start: everything else is handed its values.
    package static var live: SettingsReader {
        SettingsReader(variables: ProcessInfo.processInfo.environment)
    }
}
