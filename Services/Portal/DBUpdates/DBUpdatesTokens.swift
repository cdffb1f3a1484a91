import Contracts
import Tokens

/// Short access tokens for changing rows directly (docs/decisions/0005): for administrators who have just given their
/// password again. Such a token names the same session, so it ends with it; it is not refreshed, and opens no other.
struct DBUpdatesTokens: Sendable {
    /// Requests a minute of one user, right or wrong.
    static let perMinute = 10

    enum Failure: Error, Equatable, Sendable {
        /// The user's roles are not enough.
        case notAdministrator
        /// Asked with a token that has a scope itself.
        case scopedToken
        /// Seconds until the next.
        case tooManyRequests(retryAfter: Int)
    }

    private let login: LoginService
    private let tokens: AccessTokens
    private let store: LoginStore
    private let entropy: Entropy
    private let users = RateLimiter(perMinute: perMinute)

    /// - Parameter tokens: with the lifetime of these.
    init(login: LoginService, tokens: AccessTokens, store: LoginStore, entropy: Entropy) {
        self.login = login
        self.tokens = tokens
        self.store = store
        self.entropy = entropy
    }

    /// - Parameters:
    ///   - user: as the database has them now: roles that were taken away since the token was signed count no more.
    ///   - identity: of the token that asks.
    /// - Throws: `Failure`, `LoginService.Failure`.
    func issue(
        for user: User, session: Session, identity: Identity, password: Password?, answer: SecondFactorAnswer?,
        caller: Caller, now: Int64
    ) async throws -> IssuedToken {
        if let wait = users.take(user.id, now: now) { throw Failure.tooManyRequests(retryAfter: wait) }
        guard identity.scope == nil else {
            throw try await refused(.scopedToken, "asked with a scoped token", user, caller, now)
        }
        guard user.roles.contains(where: DBUpdates.roles.contains) else {
            throw try await refused(.notAdministrator, "no administrator", user, caller, now)
        }
        return try await login.confirm(
            user, session: session, password: password, answer: answer, refusal: .dbUpdatesRefused, caller: caller,
            now: now
        ) {
            let token = try await tokens.mint(for: user, sessionID: session.id, scope: DBUpdates.scope, now: now)
            let event = AuditEvent(
                .dbUpdatesIssued, .success, actor: user.id, subject: user.email,
                detail: "token \(token.tokenID) of session \(session.id)", caller: caller, entropy: entropy, now: now)
            return (token, event)
        }
    }

    private func refused(
        _ failure: Failure, _ detail: String, _ user: User, _ caller: Caller, _ now: Int64
    ) async throws -> Failure {
        try await store.fail([
            AuditEvent(
                .dbUpdatesRefused, .failure, actor: user.id, subject: user.email, detail: detail, caller: caller,
                entropy: entropy, now: now)
        ])
        return failure
    }
}
