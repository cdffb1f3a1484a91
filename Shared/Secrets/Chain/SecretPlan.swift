/// Where to look, in order: the chain of DESIGN §4 over names, before anything is read.
///
/// A pure function: services call it with their environment, `lockstep check` with what a manifest binds the names to.
package struct SecretPlan: Sendable {
    /// A place of the chain, also one where nothing stands.
    package struct Step: Sendable {
        /// As diagnostics list it.
        package let name: String
        package let candidate: SecretCandidate?
        /// Why a place that is set does not count.
        package let rejection: String?
    }

    package let environment: DeploymentEnvironment
    package let steps: [Step]
    /// `<NAME>_NEXT` and `<NAME>_PREVIOUS`, with `_FILE` or without, that are set, by the name they stand beside.
    package let companions: [Companion]
    package let warnings: [SecretWarning]
    /// Public keys come from a JWK Set of an issuer: nothing need be found here.
    package let namesKeySet: Bool

    package struct Companion: Sendable {
        package let state: KeyState
        /// The chain's name that it stands beside.
        package let beside: String
        package let candidate: SecretCandidate
    }

    /// Every place to read, in order.
    package var candidates: [SecretCandidate] { steps.compactMap(\.candidate) + companions.map(\.candidate) }

    /// - Throws: `aliases_malformed`, `store_malformed`, `file_unreadable` for a path that is not absolute.
    package init(variables: [String: SecretBinding], environment: DeploymentEnvironment) throws(SecretError) {
        var reader = SecretPlanReader(variables: variables)
        let counted = try reader.countedNames()
        var steps: [Step] = []
        var companions: [Companion] = []
        for name in [SecretNames.scoped(to: environment)] + SecretNames.shared {
            let counts = !SecretNames.shared.contains(name) || counted.contains(name)
            steps += try reader.steps(for: name, counts: counts)
            guard counts else { continue }
            for (suffix, state) in [("_NEXT", KeyState.next), ("_PREVIOUS", .previous)] {
                companions += try reader.steps(for: name + suffix, counts: true).compactMap(\.candidate)
                    .map { Companion(state: state, beside: name, candidate: $0) }
            }
        }
        steps += try reader.storeSteps(environment)
        namesKeySet = variables[SecretNames.keySet].map { !SecretPlanReader.isEmpty($0) } ?? false
        self.environment = environment
        self.steps = steps
        self.companions = companions
        self.warnings = reader.warnings
    }
}

/// Something an operator should know, that stops nothing.
package struct SecretWarning: Sendable, Hashable, Codable {
    /// Stable: `environment_assumed`, `empty_value`, `trailing_newline`, `outer_space`, `legacy_name`, `sources_differ`,
    /// `not_comparable`, `store_unconfirmed`, `stores_failed`, `companion_ignored`, `companion_duplicate`,
    /// `development_fallback`, `reload_rejected`, `staged_rejected`, `staged_ignored`.
    package let code: String
    package let message: String
    /// Beside a message whose words are fixed: what the log carries as metadata.
    package let reason: String?

    package init(code: String, message: String, reason: String? = nil) {
        self.code = code
        self.message = message
        self.reason = reason
    }
}
