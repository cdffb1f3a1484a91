import Secrets

/// Hands out tokens for a vault: one request for one at a time, renewed ahead of its end.
actor AzureSession {
    /// Seconds before its end from which a token is replaced.
    static let margin: Int64 = 300

    private struct Held {
        let token: SecretText
        let endsAt: Int64
        let dueAt: Int64
    }

    private let credential: AzureCredential
    private let resource: String
    private let client: StoreClient
    /// Seconds of a clock that only goes forward.
    private let now: @Sendable () -> Int64
    private var held: Held?
    private var isBusy = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    /// Whether the vault has said that it takes tokens for our resource.
    private(set) var isChecked = false
    private var noticed: Set<String> = []

    init(
        credential: AzureCredential, resource: String, client: StoreClient, now: @escaping @Sendable () -> Int64
    ) {
        self.credential = credential
        self.resource = resource
        self.client = client
        self.now = now
    }

    func check() { isChecked = true }

    /// Whether this is the first time that this name comes up: for what is said once.
    func isFirst(_ name: String) -> Bool { noticed.insert(name).inserted }

    func token() async throws(AzureFault) -> SecretText {
        await enter()
        defer { leave() }
        if let held, now() < held.dueAt { return held.token }
        do throws(AzureFault) {
            let fresh = try await fetch()
            held = fresh
            return fresh.token
        } catch {
            guard let held, now() < held.endsAt else { throw error }
            return held.token
        }
    }

    /// The vault does not take this token any more.
    func forget(_ token: SecretText) { if held?.token == token { held = nil } }

    private func fetch() async throws(AzureFault) -> Held {
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
            !token.isEmpty, VaultSettings.isHeaderValue(token), let seconds = Self.seconds(json)
        else { throw .unavailable(reason: "the answer to \(credential.name) holds no token with its time") }
        let span = max(0, seconds)
        return Held(
            token: SecretText(token), endsAt: now() + span, dueAt: now() + max(span - Self.margin, span / 2))
    }

    /// How long the token lasts. App Service gives only the time of its end, so there the longest that is safe to
    /// assume: Azure's tokens for identities last a day, and five minutes at the least when they are handed out.
    private static func seconds(_ json: StrictJSON) -> Int64? {
        if let node = json.member(json.root, "expires_in") {
            // A number from the authority, text from the metadata service.
            return json.integer(node) ?? json.string(node).flatMap(Int64.init)
        }
        return json.member(json.root, "expires_on") == nil ? nil : 2 * margin
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
