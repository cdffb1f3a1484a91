import Secrets

/// What requests are sent with.
struct GCPAccess: Sendable, Hashable {
    let token: SecretText
    /// The project that requests count for, where it is not the identity's own.
    let quotaProject: String?
}

/// Hands out access tokens.
struct GCPSession: Sendable {
    private enum Way: Sendable {
        case none
        case fixed(GCPAccess)
        case fetched(CredentialCache<GCPAccess, GCPFault>)
    }

    private let way: Way

    /// - Parameters:
    ///   - quotaProject: comes before that of the credential's file.
    ///   - now: seconds since the epoch: an assertion says when it was made.
    init(
        credential: GCPCredential, quotaProject: String?, client: StoreClient, now: @escaping @Sendable () -> Int64
    ) {
        switch credential {
        case .none: way = .none
        case .token(let token): way = .fixed(GCPAccess(token: token, quotaProject: quotaProject))
        case .file, .instance:
            way = .fetched(
                CredentialCache(now: now) { _ throws(GCPFault) in
                    let (request, ownProject) = try await credential.request(now: now())
                    let (token, lifetime) = try await Self.fetch(request, credential, client)
                    return .init(
                        value: GCPAccess(token: token, quotaProject: quotaProject ?? ownProject), lifetime: lifetime)
                })
        }
    }

    /// - Returns: nil where credentials are switched off.
    func access() async throws(GCPFault) -> GCPAccess? {
        switch way {
        case .none: nil
        case .fixed(let access): access
        case .fetched(let cache): try await cache.value()
        }
    }

    /// Google does not take this token any more.
    func forget(_ access: GCPAccess) async {
        if case .fetched(let cache) = way { await cache.refused(access) }
    }

    private static func fetch(
        _ request: StoreRequest, _ credential: GCPCredential, _ client: StoreClient
    ) async throws(GCPFault) -> (SecretText, Int64) {
        let response: StoreResponse
        do throws(StoreFault) {
            response = try await client.send(request)
        } catch {
            throw .unavailable(reason: "no access token from \(credential.name): \(error.reason)")
        }
        switch response.status {
        case 200: break
        case 400, 401, 403, 404:
            throw .denied(reason: "\(credential.name) gives no access token (\(response.status))")
        default: throw .unavailable(reason: "no access token from \(credential.name): status \(response.status)")
        }
        // Whatever else got that address (a router, a portal of a network) says no such thing.
        if case .instance = credential, response.header("Metadata-Flavor") != "Google" {
            throw .unavailable(reason: "what answers as the metadata server is not Google's")
        }
        guard let json = try? StrictJSON(response.body),
            let token = json.member(json.root, "access_token").flatMap(json.string), !token.isEmpty,
            VaultSettings.isHeaderValue(token),
            let lifetime = json.member(json.root, "expires_in").flatMap(json.floor)
        else { throw .unavailable(reason: "the answer of \(credential.name) holds no access token with its time") }
        return (SecretText(token), lifetime)
    }
}
