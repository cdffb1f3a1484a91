import Tokens

/// A service account's secret for an access token.
///
/// Whether an account exists is in no answer. Its secret has 256 random bits, so what is limited is work, not guessing.
final class ClientCredentialsGrant: Sendable {
    enum Failure: Error, Equatable, Sendable {
        case invalidRequest(String)
        case unsupportedGrant
        /// Unknown, disabled, expired, wrong secret: one answer.
        case invalidClient
        case invalidScope
        /// Seconds until the next.
        case tooManyAttempts(retryAfter: Int)
    }

    struct Granted: Sendable {
        var issued: IssuedToken
        /// Nil: the token has none.
        var scope: String?
    }

    private let store: ServiceAccountStore
    private let tokens: AccessTokens
    private let entropy: Entropy
    private let addresses: RateLimiter
    private let accounts: RateLimiter

    init(store: ServiceAccountStore, tokens: AccessTokens, limits: LoginLimits, entropy: Entropy) {
        self.store = store
        self.tokens = tokens
        self.entropy = entropy
        addresses = RateLimiter(perMinute: limits.perAddress)
        accounts = RateLimiter(perMinute: limits.perAccount)
    }

    func grant(_ request: ClientCredentialsRequest, caller: Caller, now: Int64) async throws -> Granted {
        if let wait = addresses.take(caller.address.limitKey, now: now) { throw limited(wait) }
        // What can't be one of ours reaches neither the limits' memory nor the database.
        guard let secret = OpaqueToken(.serviceSecret, parsing: request.secret), request.clientID.utf8.count == 36,
            let account = try await store.account(id: request.clientID, secretHash: secret.hash, now: now)
        else {
            try await store.tell(
                AuditEvent(
                    .serviceTokenRefused, .failure,
                    subject: BoundedText.line(request.clientID, maximumBytes: 36), detail: "unknown client or secret",
                    caller: caller, entropy: entropy, now: now))
            PortalMetrics.serviceToken("refused")
            throw Failure.invalidClient
        }
        if let wait = accounts.take(account.id, now: now) { throw limited(wait) }
        if let scope = request.scope, scope.isEmpty || !Set(scope).isSubset(of: account.scopes) {
            PortalMetrics.serviceToken("refused")
            throw Failure.invalidScope
        }
        let scope = account.scopes.filter { request.scope?.contains($0) ?? true }
        let text = scope.isEmpty ? nil : scope.joined(separator: " ")
        let issued = try await tokens.mint(for: account, scope: text, now: now)
        try await store.tell(
            AuditEvent(
                .serviceTokenIssued, .success, actor: account.id, subject: account.name,
                detail: "token \(issued.tokenID)", caller: caller, entropy: entropy, now: now))
        PortalMetrics.serviceToken("issued")
        return Granted(issued: issued, scope: text)
    }

    private func limited(_ wait: Int) -> Failure {
        PortalMetrics.serviceToken("rate_limited")
        return .tooManyAttempts(retryAfter: wait)
    }
}
