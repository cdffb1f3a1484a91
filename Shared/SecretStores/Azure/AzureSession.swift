import Secrets

/// Hands out tokens for a vault.
actor AzureSession {
    private let cache: CredentialCache<SecretText, AzureFault>
    /// Whether the vault has said that it takes tokens for our resource.
    private(set) var isChecked = false

    /// - Parameter now: seconds of a clock that only goes forward.
    init(
        credential: AzureCredential, resource: String, client: StoreClient, now: @escaping @Sendable () -> Int64
    ) {
        cache = CredentialCache(now: now) { _ throws(AzureFault) in
            let (token, lifetime) = try await Self.fetch(credential, resource, client)
            return .init(value: token, lifetime: lifetime)
        }
    }

    func check() { isChecked = true }

    func token() async throws(AzureFault) -> SecretText { try await cache.value() }

    /// The vault does not take this token any more.
    func forget(_ token: SecretText) async { await cache.refused(token) }

    private static func fetch(
        _ credential: AzureCredential, _ resource: String, _ client: StoreClient
    ) async throws(AzureFault) -> (SecretText, Int64) {
        let request = try await credential.request(for: resource)
        let response: StoreResponse
        do throws(StoreFault) {
            response = try await client.send(request)
        } catch {
            throw .unavailable(reason: "no token for Azure with \(credential.name): \(error.reason)")
        }
        switch response.status {
        case 200: break
        case 400, 401, 403:
            throw .denied(reason: "Azure gives \(credential.name) no token (\(response.status))")
        default:
            throw .unavailable(reason: "no token for Azure with \(credential.name): status \(response.status)")
        }
        guard let json = try? StrictJSON(response.body),
            let token = json.member(json.root, "access_token").flatMap(json.string),
            !token.isEmpty, VaultSettings.isHeaderValue(token), let seconds = seconds(json)
        else { throw .unavailable(reason: "the answer to \(credential.name) holds no token with its time") }
        return (SecretText(token), seconds)
    }

    /// How long the token lasts. App Service gives only the time of its end, so there the longest that is safe to
    /// assume: Azure's tokens for identities last a day, and five minutes at the least when they are handed out.
    private static func seconds(_ json: StrictJSON) -> Int64? {
        if let node = json.member(json.root, "expires_in") {
            // A number from the authority, text from the metadata service.
            return json.integer(node) ?? json.string(node).flatMap(Int64.init)
        }
        return json.member(json.root, "expires_on") == nil ? nil : 600
    }
}
