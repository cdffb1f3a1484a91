/// A place outside the files that holds a value: the files say where, and not what. Two references that are equal give
/// the same value, whatever it is; that is all that a proof needs.
package struct SecretReference: Hashable, Sendable, CustomStringConvertible {
    package enum Store: String, Hashable, Sendable, CaseIterable {
        /// A variable of the host, shell or CI runner that fills in a manifest.
        case variable = "env"
        /// A file on the host or in a mounted volume: the path.
        case file
        /// Google Secret Manager: `PROJECT/NAME`, the project where the manifest says it.
        case google = "gcp"
        /// AWS Secrets Manager: the name or ARN, `#FIELD` behind it where one member is taken.
        case aws
        /// AWS Systems Manager Parameter Store: the name.
        case parameterStore = "ssm"
        /// Azure Key Vault: `VAULT/NAME`.
        case azure
        /// HashiCorp Vault: `MOUNT/PATH#FIELD`.
        case vault
        /// A Kubernetes Secret or ConfigMap that is not in the tree: `NAMESPACE/NAME#KEY`.
        case kubernetes = "k8s"
        /// GitHub Actions: `secrets.NAME`, `vars.NAME`, `inputs.NAME`.
        case github
        /// GitLab CI/CD variables.
        case gitlab
        /// A compose or swarm secret that is `external`.
        case compose
        /// A parameter or resource of a template that gets its value at deploy: CloudFormation `Ref`, Terraform `var.x`,
        /// `random_password.x.result`.
        case template
        /// A hosting platform's own store or generated value (Fly.io, Render, Vercel, App Engine).
        case platform
    }

    package let store: Store
    /// Canonical, so that two spellings of one place are equal.
    package let name: String
    /// Nil where the store has no versions or the manifest names none.
    package let version: String?
    /// What the name is unique in, where it is not everywhere the same: a GitHub environment, a stack's parameters.
    package let scope: String?

    package init(_ store: Store, _ name: String, version: String? = nil, scope: String? = nil) {
        self.store = store
        self.name = name
        self.version = version
        self.scope = scope
    }

    /// For messages: `gcp:jwt-secret-production@3`.
    package var description: String {
        "\(store.rawValue):\(scope.map { $0 + "/" } ?? "")\(name)\(version.map { "@" + $0 } ?? "")"
    }

    /// The same place, whatever the version.
    package func isSamePlace(as other: SecretReference) -> Bool {
        store == other.store && name == other.name && scope == other.scope
    }
}
