import Secrets

/// Vault's HTTP API (version 1), as far as it is used here.
struct VaultAPI: Sendable {
    struct Reply: Sendable {
        enum Status: Hashable { case ok, notFound, badRequest }
        let status: Status
        /// Nil for an empty body.
        let json: StrictJSON?
        /// Where the request was for a value, the whole of it.
        var data: StrictJSON.Node? { json.flatMap { $0.member($0.root, "data") } }
    }

    let address: ServiceAddress
    let namespace: String?
    /// The file of `VAULT_CACERT`: authorities in place of the system's.
    let authorityPath: String?
    let client: StoreClient

    /// - Parameter path: below `/v1/`, percent-encoded.
    /// - Throws: `denied` for 401 and 403, `unavailable` for what is neither an answer nor a refusal.
    func call(
        _ method: String, _ path: String, token: SecretText?, body: [UInt8] = []
    ) async throws(VaultFault) -> Reply {
        var headers: [(name: String, value: String)] = [
            // Vault refuses what a browser could be tricked into sending, where it is told to.
            (name: "X-Vault-Request", value: "true"), (name: "Accept", value: "application/json"),
        ]
        if let token { headers.append((name: "X-Vault-Token", value: token.exposed)) }
        if let namespace { headers.append((name: "X-Vault-Namespace", value: namespace)) }
        if !body.isEmpty { headers.append((name: "Content-Type", value: "application/json")) }
        var request = StoreRequest(
            method: method, url: "\(address.origin)\(address.path)/v1/\(path)", headers: headers, body: body)
        request.trustRoots = try trustRoots()
        let response: StoreResponse
        do throws(StoreFault) {
            response = try await client.send(request)
        } catch {
            throw .unavailable(
                reason: error.isUntrusted ? untrusted : "Vault did not answer: \(error.reason)")
        }
        return try Self.reply(response)
    }

    /// Read at each call: an authority that was replaced counts without a restart.
    private func trustRoots() throws(VaultFault) -> TrustRoots? {
        guard let authorityPath else { return nil }
        do throws(StoreFault) {
            return try TrustRoots(path: authorityPath)
        } catch {
            throw .unavailable(reason: "VAULT_CACERT: \(error.reason)")
        }
    }

    private var untrusted: String {
        if let authorityPath {
            return """
                Vault's certificate not trusted (no authority in \(authorityPath) signed it, or it is over): set \
                VAULT_CACERT to the PEM file of the authority that did
                """
        }
        return """
            Vault's certificate not trusted (no authority of this system signed it, or it is over): set VAULT_CACERT to \
            the PEM file of the authority that did
            """
    }

    private static func reply(_ response: StoreResponse) throws(VaultFault) -> Reply {
        switch response.status {
        case 200..<300: return Reply(status: .ok, json: try json(response.body))
        // A deleted version is answered with 404 and its metadata.
        case 404: return Reply(status: .notFound, json: try? json(response.body))
        case 400: return Reply(status: .badRequest, json: try? json(response.body))
        case 401, 403: throw .denied(reason: "Vault does not let this login do that (\(response.status))")
        case 429: throw .unavailable(reason: "Vault takes no more requests now (429)")
        case 301, 302, 303, 307, 308:
            throw .unavailable(
                reason: "a standby of Vault points elsewhere (\(response.status)): have VAULT_ADDR name the active one")
        case 472, 473: throw .unavailable(reason: "this is a standby of Vault that answers no reads")
        case 503: throw .unavailable(reason: "Vault is sealed or in maintenance (503)")
        default: throw .unavailable(reason: "Vault answered with status \(response.status)")
        }
    }

    static func json(_ body: [UInt8]) throws(VaultFault) -> StrictJSON? {
        guard !body.isEmpty else { return nil }
        let limits = StrictJSON.Limits(bytes: 262_144, depth: 16, members: 1_024, nodes: 16_384)
        guard let json = try? StrictJSON(body, limits: limits), json.kind(json.root) == .object else {
            throw .unavailable(reason: "the answer is not Vault's: no JSON object")
        }
        return json
    }

    // MARK: Tokens

    /// - Parameter mount: percent-encoded.
    func login(_ mount: String, _ body: [UInt8]) async throws(VaultFault) -> (token: SecretText, lease: VaultLease) {
        let reply = try await call("POST", "auth/\(mount)/login", token: nil, body: body)
        switch reply.status {
        case .ok: return try Self.auth(reply)
        // Vault answers 400 for an unknown role and for a wrong secret id.
        case .badRequest: throw .denied(reason: "Vault refused the login at auth/\(mount) (400)")
        case .notFound: throw .denied(reason: "Vault has no login at auth/\(mount) (404)")
        }
    }

    func renew(_ token: SecretText) async throws(VaultFault) -> VaultLease {
        let reply = try await call("POST", "auth/token/renew-self", token: token, body: Array("{}".utf8))
        guard reply.status == .ok else { throw .denied(reason: "Vault does not renew the login token") }
        return try Self.auth(reply).lease
    }

    /// A token without the right to look at itself is used until it is refused.
    func lease(of token: SecretText) async throws(VaultFault) -> VaultLease {
        let reply: Reply
        do throws(VaultFault) {
            reply = try await call("GET", "auth/token/lookup-self", token: token)
        } catch .denied {
            return .endless
        }
        guard reply.status == .ok, let json = reply.json, let data = reply.data else { return .endless }
        let seconds = json.member(data, "ttl").flatMap(json.integer) ?? 0
        let isRenewable = json.member(data, "renewable").map { json.kind($0) == .true } ?? false
        return VaultLease(seconds: max(0, seconds), isRenewable: isRenewable)
    }

    private static func auth(_ reply: Reply) throws(VaultFault) -> (token: SecretText, lease: VaultLease) {
        guard let json = reply.json, let auth = json.member(json.root, "auth"),
            let token = json.member(auth, "client_token").flatMap(json.string), !token.isEmpty,
            VaultSettings.isHeaderValue(token),
            let seconds = json.member(auth, "lease_duration").flatMap(json.integer), seconds >= 0
        else { throw .unavailable(reason: "Vault's answer to the login holds no token") }
        let isRenewable = json.member(auth, "renewable").map { json.kind($0) == .true } ?? false
        return (SecretText(token), VaultLease(seconds: seconds, isRenewable: isRenewable))
    }
}
