import Secrets

/// What requests are sent with.
struct GCPAccess: Sendable, Hashable {
    let token: SecretText
    /// The project that requests count for, where it is not the identity's own.
    let quotaProject: String?
}

/// Hands out access tokens: one request for one at a time, renewed ahead of its end.
actor GCPSession {
    private let credential: GCPCredential
    private let quotaProject: String?
    private let client: StoreClient
    /// Seconds since the epoch: an assertion says when it was made.
    private let now: @Sendable () -> Int64
    private var lifecycle = CredentialLifecycle<GCPAccess, GCPFault>()
    private var isBusy = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var noticed: Set<String> = []

    /// - Parameter quotaProject: comes before that of the credential's file.
    init(
        credential: GCPCredential, quotaProject: String?, client: StoreClient, now: @escaping @Sendable () -> Int64
    ) {
        self.credential = credential
        self.quotaProject = quotaProject
        self.client = client
        self.now = now
    }

    /// - Returns: nil where credentials are switched off.
    func access() async throws(GCPFault) -> GCPAccess? {
        switch credential {
        case .none: return nil
        case .token(let token): return GCPAccess(token: token, quotaProject: quotaProject)
        case .file, .instance: break
        }
        await enter()
        defer { leave() }
        switch lifecycle.step(now: now()) {
        case .use(let access): return access
        case .refuse(let fault): throw fault
        case .fetch: break
        }
        do throws(GCPFault) {
            let (access, lifetime) = try await fetch()
            lifecycle.fetched(access, lifetime: lifetime, now: now())
            return access
        } catch {
            guard let held = lifecycle.failed(error, now: now()) else { throw error }
            return held
        }
    }

    /// Google does not take this token any more.
    func forget(_ access: GCPAccess) { lifecycle.refused(access) }

    /// Whether this is the first time that this name comes up: for what is said once.
    func isFirst(_ name: String) -> Bool { noticed.insert(name).inserted }

    private func fetch() async throws(GCPFault) -> (GCPAccess, Int64) {
        let (request, ownProject) = try await credential.request(now: now())
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
        return (GCPAccess(token: SecretText(token), quotaProject: quotaProject ?? ownProject), lifetime)
    }

    private func enter() async {
        guard isBusy else {
            isBusy = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func leave() {
        guard waiting.isEmpty else { return waiting.removeFirst().resume() }
        isBusy = false
    }
}
