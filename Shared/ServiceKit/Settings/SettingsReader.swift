import Configuration

/// Reads settings by variable name through swift-configuration, collects every fault, throws them together in `finish()`.
///
/// Used at startup by one task; not Sendable. A getter whose value is bad records a fault and answers the default (or a
/// harmless value), so that the operator is told of everything in one go.
package final class SettingsReader {
    /// What the process was started with; `SecretManager.load` takes it.
    package let variables: [String: String]
    let config: ConfigReader
    private(set) var faults: [SettingsFault] = []

    package init(variables: [String: String]) {
        self.variables = variables
        self.config = ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: variables))
    }

    /// The variable as a key of one component: the provider's own encoding leaves such names as they are.
    func key(_ name: String) -> ConfigKey { ConfigKey([name]) }

    /// Empty counts as absent.
    package func string(_ name: String) -> String? {
        guard let value = config.string(forKey: key(name)), !value.isEmpty else { return nil }
        return value
    }

    /// Empty counts as absent.
    package func string(_ name: String, default value: String) -> String {
        string(name) ?? value
    }

    /// Absence is a fault; the answer is then an empty string.
    package func require(_ name: String, mend: String) -> String {
        if let value = string(name) { return value }
        fault(name, "is not set.", mend: mend)
        return ""
    }

    /// Records a fault. `problem` and `mend` are printed: no secret may stand in them.
    package func fault(_ name: String, _ problem: String, mend: String) {
        let fault = SettingsFault(variable: name, problem: problem, mend: mend)
        // Two parts of a service may read the same variable; it is wrong once.
        if !faults.contains(fault) { faults.append(fault) }
    }

    /// Throws every fault recorded so far.
    package func finish() throws(SettingsError) {
        if !faults.isEmpty { throw SettingsError(faults: faults) }
    }
}
