/// The names of the chain (DESIGN §4). Nothing else in the suite reads them.
package enum SecretNames {
    package static let primary = "JWT_SECRET"
    package static let alias = "JWT_SECRET_KEY"
    package static let legacy = "SECRET_KEY"
    package static let store = "JWT_SECRET_STORE"
    package static let aliases = "JWT_SECRET_ALIASES"
    package static let project = "GCP_PROJECT_ID"
    /// Whose public keys a verifier takes, beside the chain or in its place.
    package static let keySet = "JWT_JWKS_URL"

    /// Places 2 to 4: other names for the same thing, which therefore may not differ.
    package static let shared = [primary, alias, legacy]

    /// Place 1: `JWT_SECRET_STAGING` and the like.
    package static func scoped(to environment: DeploymentEnvironment) -> String {
        "\(primary)_\(environment.rawValue.uppercased())"
    }

    /// The names that `GCP_PROJECT_ID` alone stands for, in order.
    package static func googleNames(for environment: DeploymentEnvironment) -> [String] {
        ["jwt-secret-\(environment.rawValue)", "jwt-secret-key", "jwt-secret"]
    }
}
