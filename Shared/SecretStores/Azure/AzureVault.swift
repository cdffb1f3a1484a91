import Secrets

/// The REST interface of Key Vault (version 7.4), as far as it is used here.
struct AzureVault: Sendable {
    static let version = "7.4"

    /// One version of a secret.
    struct Version: Sendable, Hashable {
        let value: SecretBytes
        let id: String
    }

    enum Look: Sendable, Hashable {
        case version(Version)
        case none(reason: String)
    }

    enum Write: Sendable, Hashable {
        case written(id: String)
        case refused(reason: String)
    }

    let settings: AzureSettings
    let client: StoreClient
    let session: AzureSession

    /// The newest version.
    func look(_ name: String) async throws(AzureFault) -> Look {
        let response = try await call("GET", "secrets/\(name)")
        switch response.status {
        case 200:
            let (json, id) = try Self.secret(response)
            if let attributes = json.member(json.root, "attributes"),
                let isEnabled = json.member(attributes, "enabled"), json.kind(isEnabled) == .false
            {
                return .none(reason: "its newest version is disabled")
            }
            guard let value = json.member(json.root, "value").flatMap(json.utf8) else {
                throw .unavailable(reason: "the vault's answer holds no value")
            }
            return .version(Version(value: SecretBytes(value), id: id))
        case 404: return .none(reason: "the vault has no secret of that name")
        case 403 where Self.innerCode(response) == "SecretDisabled":
            return .none(reason: "its newest version is disabled")
        default: throw Self.fault(response)
        }
    }

    /// A new version.
    func put(_ name: String, _ value: SecretBytes) async throws(AzureFault) -> Write {
        let text = value.withUnsafeBytes { JSONText.string($0) }
        let response = try await call("PUT", "secrets/\(name)", body: JSONText.object([("value", text)]))
        switch response.status {
        case 200: return .written(id: try Self.secret(response).id)
        case 400: return .refused(reason: "the vault does not take the secret (400): at most 25 KiB fit")
        case 409:
            return .refused(
                reason: "a secret \(name) is deleted there and may be brought back: recover it or purge it first")
        default: throw Self.fault(response)
        }
    }

    /// A version that nobody reads any more. Nothing is deleted: a deleted name could not be written to again.
    func disable(_ name: String, _ id: String) async throws(AzureFault) {
        let body = JSONText.object([("attributes", JSONText.object([("enabled", Array("false".utf8))]))])
        let response = try await call("PATCH", "secrets/\(name)/\(id)", body: body)
        guard response.status == 200 || response.status == 404 else { throw Self.fault(response) }
    }

    // MARK: Calls

    private func call(
        _ method: String, _ path: String, body: [UInt8] = []
    ) async throws(AzureFault) -> StoreResponse {
        let url = "\(settings.vault.origin)\(settings.vault.path)/\(path)?api-version=\(Self.version)"
        if await !session.isChecked { try await checkChallenge(url) }
        let token = try await session.token()
        let response = try await send(method, url, token, body)
        guard response.status == 401 else { return response }
        await session.forget(token)
        return try await send(method, url, try await session.token(), body)
    }

    /// Asks without a token first: whether the one that we would send is for this vault.
    private func checkChallenge(_ url: String) async throws(AzureFault) {
        let response = try await send("GET", url, nil, [])
        guard response.status == 401 else {
            guard response.status < 400 else { throw Self.fault(response) }
            throw .unavailable(reason: "the vault's address answers without asking who we are: it is no Key Vault")
        }
        guard AzureChallenge.isFor(settings.domain, response.header("WWW-Authenticate") ?? "") else {
            throw .denied(
                reason: """
                    the vault does not ask for a token of \(settings.resource), so none is sent there \
                    (AZURE_KEYVAULT_DNS_SUFFIX names another cloud's domain)
                    """)
        }
        await session.check()
    }

    private func send(
        _ method: String, _ url: String, _ token: SecretText?, _ body: [UInt8]
    ) async throws(AzureFault) -> StoreResponse {
        var headers = [(name: "Accept", value: "application/json")]
        if let token { headers.append((name: "Authorization", value: "Bearer \(token.exposed)")) }
        if !body.isEmpty { headers.append((name: "Content-Type", value: "application/json")) }
        do throws(StoreFault) {
            return try await client.send(StoreRequest(method: method, url: url, headers: headers, body: body))
        } catch {
            throw .unavailable(reason: "the vault did not answer: \(error.reason)")
        }
    }

    private static func fault(_ response: StoreResponse) -> AzureFault {
        switch response.status {
        case 401, 403: .denied(reason: "the vault does not let this identity do that (\(response.status))")
        case 429: .unavailable(reason: "the vault takes no more requests now (429)")
        default: .unavailable(reason: "the vault answered with status \(response.status)")
        }
    }

    private static func json(_ response: StoreResponse) -> StrictJSON? {
        guard let json = try? StrictJSON(response.body, limits: .init(bytes: 262_144)),
            json.kind(json.root) == .object
        else { return nil }
        return json
    }

    private static func secret(_ response: StoreResponse) throws(AzureFault) -> (json: StrictJSON, id: String) {
        guard let json = json(response), let url = json.member(json.root, "id").flatMap(json.string),
            let id = url.split(separator: "/").last.map(String.init), (1...64).contains(id.utf8.count),
            id.utf8.allSatisfy({ $0 < 0x80 }), id.allSatisfy({ $0.isLetter || $0.isNumber })
        else { throw .unavailable(reason: "the answer is not Key Vault's: no JSON with a secret's id") }
        return (json, id)
    }

    private static func innerCode(_ response: StoreResponse) -> String? {
        guard let json = json(response), let error = json.member(json.root, "error"),
            let inner = json.member(error, "innererror")
        else { return nil }
        return json.member(inner, "code").flatMap(json.string)
    }
}
