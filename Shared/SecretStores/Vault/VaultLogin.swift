import Secrets

/// A way to come by a token.
enum VaultLogin: Sendable {
    enum Secret: Sendable {
        case value(SecretText)
        /// Read at each login. The name is the variable's, for messages.
        case file(path: String, name: String)
    }

    case token(Secret)
    /// Mounts are percent-encoded already.
    case appRole(mount: String, role: String, secret: Secret)
    case kubernetes(mount: String, role: String, tokenPath: String)

    /// Asks Vault for a token, or for how long the one at hand lasts.
    func perform(_ api: VaultAPI) async throws(VaultFault) -> (token: SecretText, lease: VaultLease) {
        switch self {
        case .token(let secret):
            let token = try await Self.text(secret)
            return (token, try await api.lease(of: token))
        case .appRole(let mount, let role, let secret):
            let id = try await Self.text(secret)
            return try await api.login(
                mount,
                JSONText.object([
                    ("role_id", JSONText.string(role)), ("secret_id", JSONText.string(id.exposed)),
                ]))
        case .kubernetes(let mount, let role, let tokenPath):
            let token = try await Self.text(.file(path: tokenPath, name: "VAULT_K8S_TOKEN"))
            return try await api.login(
                mount,
                JSONText.object([("role", JSONText.string(role)), ("jwt", JSONText.string(token.exposed))]))
        }
    }

    private static func text(_ secret: Secret) async throws(VaultFault) -> SecretText {
        switch secret {
        case .value(let text):
            guard VaultSettings.isHeaderValue(text.exposed) else {
                throw .denied(reason: "a variable that logs in to Vault holds characters that no credential has")
            }
            return text
        case .file(let path, let name):
            let read = await SecretText.file(path)
            guard let text = read.text else {
                throw .denied(reason: "there is nothing to log in to Vault with (\(name)_FILE): \(read.reason)")
            }
            return text
        }
    }
}
