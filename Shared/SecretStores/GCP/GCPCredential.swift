import Secrets

/// Who we are at Google: the first that is configured.
enum GCPCredential: Sendable {
    /// Requests go without credentials, as emulators take them.
    case none
    case token(SecretText)
    /// A service account's key, or a user's refresh token.
    case file(path: String, name: String)
    /// The service account of the machine, node, function or pod, from its metadata server.
    case instance(ServiceAddress)

    /// What tokens are for. Which secrets they open is said by IAM.
    static let scope = "https://www.googleapis.com/auth/cloud-platform"

    /// - Parameter variables: `CLOUDSDK_AUTH_DISABLE_CREDENTIALS` (`true`), `CLOUDSDK_AUTH_ACCESS_TOKEN`,
    ///   `GOOGLE_APPLICATION_CREDENTIALS`; the file of `gcloud auth application-default login` in `CLOUDSDK_CONFIG` or
    ///   below `HOME`, where it exists; else the metadata server, `GCE_METADATA_HOST` or `metadata.google.internal`.
    init(variables: [String: String]) throws(GCPFault) {
        func value(_ name: String) -> String? { VaultSettings.trimmed(variables[name]) }
        if let text = value("CLOUDSDK_AUTH_DISABLE_CREDENTIALS")?.lowercased(), ["true", "1", "yes"].contains(text) {
            self = .none
        } else if let token = value("CLOUDSDK_AUTH_ACCESS_TOKEN") {
            guard VaultSettings.isHeaderValue(token) else {
                throw .denied(reason: "CLOUDSDK_AUTH_ACCESS_TOKEN has characters that no token has")
            }
            self = .token(SecretText(token))
        } else if let path = value("GOOGLE_APPLICATION_CREDENTIALS") {
            self = .file(path: path, name: "the file of GOOGLE_APPLICATION_CREDENTIALS")
        } else if let folder = value("CLOUDSDK_CONFIG") ?? value("HOME").map({ $0 + "/.config/gcloud" }),
            GCPCredentialFile.exists(folder + "/application_default_credentials.json")
        {
            self = .file(
                path: folder + "/application_default_credentials.json",
                name: "gcloud's file of application-default credentials")
        } else {
            // Reached without TLS by design: it is the machine itself that answers.
            let host = value("GCE_METADATA_HOST") ?? "metadata.google.internal"
            guard let address = ServiceAddress("http://" + host), address.path.isEmpty else {
                throw .unavailable(reason: "GCE_METADATA_HOST is none of HOST and HOST:PORT")
            }
            self = .instance(address)
        }
    }

    /// The request for a token, and the project that the credential's file wants requests counted for.
    /// - Parameter now: seconds since the epoch.
    func request(now: Int64) async throws(GCPFault) -> (request: StoreRequest, quotaProject: String?) {
        switch self {
        case .none, .token: throw .denied(reason: "\(name) asks for no token")
        case .file(let path, let name):
            let file = try await GCPCredentialFile.read(path, name)
            return (try file.request(now: now), file.quotaProject)
        case .instance(let address):
            let request = StoreRequest(
                method: "GET", url: address.origin + "/computeMetadata/v1/instance/service-accounts/default/token",
                // Shows that this is no request that somebody was tricked into.
                headers: [(name: "Metadata-Flavor", value: "Google")])
            return (request, nil)
        }
    }

    /// How messages name it.
    var name: String {
        switch self {
        case .none: "CLOUDSDK_AUTH_DISABLE_CREDENTIALS"
        case .token: "CLOUDSDK_AUTH_ACCESS_TOKEN"
        case .file(_, let name): name
        case .instance: "the metadata server"
        }
    }
}
