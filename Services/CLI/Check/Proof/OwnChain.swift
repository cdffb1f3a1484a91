import Secrets

/// The names that Lockstep's own loader reads (DESIGN §4).
enum OwnChain {
    static let names: [String] = {
        let secrets = DeploymentEnvironment.allCases.map(SecretNames.scoped) + SecretNames.shared
        let all = secrets.flatMap { [$0, $0 + "_NEXT", $0 + "_PREVIOUS"] }
        return all + all.map { $0 + "_FILE" } + [SecretNames.store, SecretNames.project, SecretNames.aliases]
    }()
}
