import AsyncHTTPClient
package import Logging
package import Secrets
import Synchronization

/// Every store that `JWT_SECRET_STORE` may name, and every service that signs for a ring's keys, over one HTTP client.
/// Each Main has one, and shuts it down when the service has ended.
package final class RemoteStores: Sendable {
    /// Made by the first store that needs it: a secret in a variable costs no client.
    private let http = Mutex<HTTPClient?>(nil)

    package init() {}

    /// Opens one store for each reference that is asked for. Asks nobody yet.
    /// - Parameter variables: where credentials and endpoints are read from, under the vendors' own names.
    package func stores(variables: [String: String], logger: Logger) -> SecretStores {
        // One for each key while the process lives: it holds the access token that the next signature needs too.
        let opened = OpenedSigners { [self] reference in
            switch reference {
            case .aws(let region, let key):
                AWSKMSSigner.open(region: region, key: key, variables: variables, client: client(), logger: logger)
            case .gcp(let project, let location, let ring, let key, let version):
                GCPKMSSigner.open(
                    project: project, location: location, ring: ring, key: key, version: version,
                    variables: variables, client: client(), logger: logger)
            }
        }
        let signers = KeySigners { opened.signer($0) }
        return SecretStores(signers: signers) { [self] reference in
            switch reference {
            case .file(let path): FileStore(path: path)
            case .aws(let region, let name):
                AWSSecretStore.open(
                    region: region, name: name, variables: variables, client: client(), logger: logger)
            case .vault(let mount, let path, let field):
                VaultStore.open(
                    mount: mount, path: path, field: field, variables: variables, client: client(), logger: logger)
            case .azure(let vault, let name):
                AzureStore.open(vault: vault, name: name, variables: variables, client: client(), logger: logger)
            case .gcp(let project, let name, let version):
                GCPSecretStore.open(
                    project: project, name: name, version: version, variables: variables, client: client(),
                    logger: logger)
            }
        }
    }

    /// Nothing that was opened may be asked any more.
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

/// Signers by their keys, each made when it is first asked for.
private final class OpenedSigners: Sendable {
    private let signers = Mutex<[KMSReference: any RemoteSigner]>([:])
    private let open: @Sendable (KMSReference) -> any RemoteSigner

    init(open: @escaping @Sendable (KMSReference) -> any RemoteSigner) { self.open = open }

    func signer(_ reference: KMSReference) -> any RemoteSigner {
        signers.withLock { signers in
            let signer = signers[reference] ?? open(reference)
            signers[reference] = signer
            return signer
        }
    }
}
