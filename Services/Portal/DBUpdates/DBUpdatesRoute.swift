import Contracts
import HTTPKit
import HTTPTypes
import Hummingbird
import ServerKit
import ServiceKit
import Tokens

/// `POST /api/v1/auth/db-updates-token`, where it is switched on; elsewhere there is no such route.
struct DBUpdatesRoute: Sendable {
    let tokens: DBUpdatesTokens
    let sessions: SessionService
    let verifier: LiveVerifier
    let clock: WallClock

    /// A password, and where a second factor is enrolled `code` or `recovery_code`.
    typealias Body = SecondFactorBodies.Proof

    /// As `TokensDocument`, without what would renew it.
    struct Document: Codable, Sendable {
        var accessToken: String
        var tokenType = "Bearer"
        /// Seconds from now.
        var expiresIn: Int64
        var scope: String

        enum CodingKeys: String, CodingKey {
            case scope
            case accessToken = "access_token"
            case tokenType = "token_type"
            case expiresIn = "expires_in"
        }
    }

    func add(to group: RouterGroup<AppContext>) {
        group.withLiveSession(of: sessions, verifier: verifier, clock: clock)
            .post("db-updates-token", use: issue)
    }

    private func issue(_ request: Request, _ context: SessionContext) async throws -> Response {
        let body = try await JSONBody.decode(Body.self, from: request, context: context)
        try body.password?.checkBound()
        let now = clock.now()
        guard let live = try await sessions.live(id: context.sessionID, now: now) else {
            throw Refusal(.sessionEnded, "The session has ended. Log in again.")
        }
        do {
            let token = try await tokens.issue(
                for: live.user, session: live.session, identity: context.identity, password: body.password,
                answer: try body.answer.given(), caller: context.caller(request), now: now)
            return try JSONBody.response(
                Document(accessToken: token.text, expiresIn: token.expiresAt - now, scope: DBUpdates.scope),
                headers: [.cacheControl: "no-store"])
        } catch let failure as DBUpdatesTokens.Failure {
            throw Refusal(failure)
        } catch let failure as LoginService.Failure {
            throw Refusal(confirming: failure)
        }
    }
}

extension Refusal {
    init(_ failure: DBUpdatesTokens.Failure) {
        switch failure {
        case .notAdministrator:
            self.init(.forbidden, "DB updates are for administrators.")
        case .scopedToken:
            self.init(.forbidden, "A token with a scope opens no other. Ask with your session's own.")
        case .tooManyRequests(let retryAfter):
            self.init(
                .rateLimited, "Too many requests. Try again in \(retryAfter) seconds.", retryAfter: retryAfter)
        }
    }

    /// Somebody who is signed in gave the password again: who it is is no question.
    init(confirming failure: LoginService.Failure) {
        switch failure {
        case .invalidCredentials: self.init(.invalidCredentials, "The password is wrong.")
        case .tooManyAttempts, .busy, .unverified, .secondFactorNeeded, .secondFactorRejected, .signInAgain:
            self.init(failure)
        }
    }
}
