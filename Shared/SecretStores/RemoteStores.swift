package import Logging
package import Secrets

/// Every store that `JWT_SECRET_STORE` may name. Each Main has one, and shuts it down when the service has ended.
package final class RemoteStores: Sendable {
    package init() {}

    /// Opens one store for each reference that is asked for.
    /// - Parameter variables: where credentials and endpoints are read from, under the vendors' own names.
    package func stores(variables: [String: String], logger: Logger) -> SecretStores {
        SecretStores { reference in
            switch reference {
            case .file(let path): FileStore(path: path)
            case .gcp, .aws, .azure, .vault: nil
            }
        }
    }

    package func shutdown() async {}
}
