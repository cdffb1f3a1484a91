/// Who we are at Azure: the first that is configured, in the order of Microsoft's own clients.
enum AzureCredential: Sendable {
    /// An application with its secret.
    case clientSecret(authority: ServiceAddress, tenant: String, client: String, secret: SecretText)
    /// An application known by a token that the platform keeps fresh in a file (AKS, GitHub Actions).
    case workload(authority: ServiceAddress, tenant: String, client: String, tokenPath: String)
    /// The identity of an App Service, a function or a container app.
    case appService(endpoint: ServiceAddress, header: SecretText, client: String?)
    /// The identity of a virtual machine or a node, from the instance's metadata service.
    case instance(endpoint: ServiceAddress, client: String?)

    /// - Parameter variables: `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` with `AZURE_CLIENT_SECRET` or
    ///   `AZURE_FEDERATED_TOKEN_FILE`, `AZURE_AUTHORITY_HOST` (default `https://login.microsoftonline.com`);
    ///   `IDENTITY_ENDPOINT` with `IDENTITY_HEADER`; else the metadata service, at `AZURE_POD_IDENTITY_AUTHORITY_HOST` or
    ///   `http://169.254.169.254`. There `AZURE_CLIENT_ID` names one of several identities.
    init(variables: [String: String]) throws(AzureFault) {
        func value(_ name: String) -> String? { VaultSettings.trimmed(variables[name]) }
        let client = value("AZURE_CLIENT_ID")
        let secret = value("AZURE_CLIENT_SECRET")
        let tokenPath = value("AZURE_FEDERATED_TOKEN_FILE")
        if secret != nil || tokenPath != nil {
            guard let tenant = value("AZURE_TENANT_ID"), let client else {
                throw .unavailable(
                    reason: """
                        \(secret != nil ? "AZURE_CLIENT_SECRET" : "AZURE_FEDERATED_TOKEN_FILE") is set without \
                        AZURE_TENANT_ID and AZURE_CLIENT_ID
                        """)
            }
            guard
                let authority = ServiceAddress(value("AZURE_AUTHORITY_HOST") ?? "https://login.microsoftonline.com"),
                authority.isEncrypted || authority.isLoopback
            else { throw .unavailable(reason: "AZURE_AUTHORITY_HOST is no https address") }
            if let secret {
                self = .clientSecret(
                    authority: authority, tenant: tenant, client: client, secret: SecretText(secret))
            } else {
                self = .workload(authority: authority, tenant: tenant, client: client, tokenPath: tokenPath ?? "")
            }
        } else if let text = value("IDENTITY_ENDPOINT"), let header = value("IDENTITY_HEADER") {
            guard let endpoint = ServiceAddress(text), VaultSettings.isHeaderValue(header) else {
                throw .unavailable(reason: "IDENTITY_ENDPOINT or IDENTITY_HEADER is not what the platform sets")
            }
            self = .appService(endpoint: endpoint, header: SecretText(header), client: client)
        } else {
            let text = value("AZURE_POD_IDENTITY_AUTHORITY_HOST") ?? "http://169.254.169.254"
            guard let endpoint = ServiceAddress(text) else {
                throw .unavailable(reason: "AZURE_POD_IDENTITY_AUTHORITY_HOST is no http or https address")
            }
            self = .instance(endpoint: endpoint, client: client)
        }
    }

    /// The request for a token.
    /// - Parameter resource: as `https://vault.azure.net`.
    /// - Throws: `denied` where the platform's token file holds none.
    func request(for resource: String) async throws(AzureFault) -> StoreRequest {
        switch self {
        case .clientSecret(let authority, let tenant, let client, let secret):
            return Self.tokenRequest(
                authority, tenant, resource, [("client_id", client), ("client_secret", secret.exposed)])
        case .workload(let authority, let tenant, let client, let tokenPath):
            let read = await SecretText.file(tokenPath)
            guard let token = read.text else {
                throw .denied(reason: "there is no token in AZURE_FEDERATED_TOKEN_FILE: \(read.reason)")
            }
            return Self.tokenRequest(
                authority, tenant, resource,
                [
                    ("client_id", client),
                    ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                    ("client_assertion", token.exposed),
                ])
        case .appService(let endpoint, let header, let client):
            let query = Self.form(
                [("api-version", "2019-08-01"), ("resource", resource)] + (client.map { [("client_id", $0)] } ?? []))
            return StoreRequest(
                method: "GET", url: "\(endpoint.origin)\(endpoint.path)?\(query)",
                headers: [(name: "X-IDENTITY-HEADER", value: header.exposed)], body: [])
        case .instance(let endpoint, let client):
            let query = Self.form(
                [("api-version", "2018-02-01"), ("resource", resource)] + (client.map { [("client_id", $0)] } ?? []))
            return StoreRequest(
                method: "GET", url: "\(endpoint.origin)\(endpoint.path)/metadata/identity/oauth2/token?\(query)",
                // Shows that this is no request that somebody was tricked into.
                headers: [(name: "Metadata", value: "true")], body: [])
        }
    }

    private static func tokenRequest(
        _ authority: ServiceAddress, _ tenant: String, _ resource: String, _ members: [(String, String)]
    ) -> StoreRequest {
        let body = form(
            members + [("grant_type", "client_credentials"), ("scope", resource + "/.default")])
        return StoreRequest(
            method: "POST",
            url: "\(authority.origin)\(authority.path)/\(PercentEncoding.encode(tenant))/oauth2/v2.0/token",
            headers: [
                (name: "Content-Type", value: "application/x-www-form-urlencoded"),
                (name: "Accept", value: "application/json"),
            ], body: Array(body.utf8))
    }

    private static func form(_ members: [(String, String)]) -> String {
        members.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
    }

    /// How messages name it.
    var name: String {
        switch self {
        case .clientSecret: "the client secret"
        case .workload: "the workload identity"
        case .appService: "the platform's managed identity"
        case .instance: "the managed identity"
        }
    }
}
