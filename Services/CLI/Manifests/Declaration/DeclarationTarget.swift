package import Evidence

extension Declaration {
    /// What one target needs to know of an environment.
    package struct TargetFacts: Sendable {
        /// As `targets:` names it.
        package let target: String
        package let facts: [Variable]
        package let position: SourcePosition

        package subscript(name: String) -> Variable? { facts.first { $0.name == name } }
    }

    /// What is otherwise for one service on one target.
    package struct Override: Sendable {
        package let target: String
        /// In place of those of the same name, or beside them.
        package let variables: [Variable]
        package let secrets: [Secret]
        /// In place of all of them; nil where they stay.
        package let volumes: [Volume]?
        package let position: SourcePosition
    }

    /// The targets, and what each may be told of an environment.
    ///
    /// - `cloud-run`: `project` and `project_number`, `region`, and `network` with `subnetwork` for its way to other services
    /// - `kubernetes`: `namespace`, `ingress_namespace` (whence the outside comes in), `secret_store` (a `ClusterSecretStore`)
    /// - `ecs`: `account`, `region`, `file_system` (EFS, where a service has a volume)
    /// - `compose`: `secrets`, the folder of the host that holds one file for each version of a secret
    /// - `github`: `deploys_to`, one of the others
    static let targetFacts: [(target: String, facts: [String])] = [
        ("cloud-run", ["project", "project_number", "region", "network", "subnetwork"]),
        ("kubernetes", ["namespace", "ingress_namespace", "secret_store"]),
        ("ecs", ["account", "region", "file_system"]),
        ("compose", ["secrets"]),
        ("github", ["deploys_to"]),
    ]
}
