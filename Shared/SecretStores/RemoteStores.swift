import AsyncHTTPClient
package import Logging
package import Secrets
import Synchronization

/// Every store that `JWT_SECRET_STORE` may name. Each Main has one, and shuts it down when the service has ended.
package final class RemoteStores: Sendable {
    /// Made when the first store is opened that needs it: most services have none.
    private let http = Mutex<HTTPClient?>(nil)

    package init() {}

    /// Opens one store for each reference that is asked for.
    /// - Parameter variables: where credentials and endpoints are read from, under the vendors' own names.
    package func stores(variables: [String: String], logger: Logger) -> SecretStores {
        SecretStores { reference in
            switch reference {
            case .file(let path): FileStore(path: path)
            case .vault(let mount, let path, let field):
                VaultStore.open(
                    mount: mount, path: path, field: field, variables: variables, client: self.client(),
                    logger: logger)
            case .azure(let vault, let name):
                AzureStore.open(
                    vault: vault, name: name, variables: variables, client: self.client(), logger: logger)
            case .gcp, .aws: nil
            }
        }
    }

    package func shutdown() async {
        let client = http.withLock { http in
            defer { http = nil }
            return http
        }
        try? await client?.shutdown()
    }

    private func client() -> StoreClient {
        StoreClient(
            http: http.withLock { http in
                let client = http ?? StoreClient.makeHTTPClient()
                http = client
                return client
            })
    }
}
