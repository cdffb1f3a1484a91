package import Secrets

/// `ENABLE_DB_UPDATES`, and the one decision on it: the portal that gives the token and the plant that takes it make it
/// alike (docs/decisions/0005).
package struct DBUpdatesSwitch: Sendable, Equatable {
    /// Asked for, and in development or test: staging and production have no DB updates whatever is set.
    package let isOn: Bool
    /// For the log at the start: it was asked for where it does nothing.
    package let warning: String?

    /// Faults stay in the reader.
    package init(reader: SettingsReader, environment: DeploymentEnvironment) {
        let isWanted = reader.bool("ENABLE_DB_UPDATES", default: false)
        isOn = isWanted && environment.allowsDevelopmentFallback
        warning =
            isWanted && !isOn
            ? "ENABLE_DB_UPDATES does nothing in \(environment.rawValue): DB updates are off there" : nil
    }
}
