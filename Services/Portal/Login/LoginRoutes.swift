import HTTPKit
import Hummingbird
import Secrets
import ServerKit
import ServiceKit
import Tokens

/// `POST login` and `refresh`. No route here looks at a cookie: what a browser attaches by itself opens nothing.
struct LoginRoutes: Sendable {
    let login: LoginService
    let refresh: RefreshService
    let environment: DeploymentEnvironment
    let clock: WallClock

    struct LoginBody: Decodable {
        var email: String
        var password: Password
    }

    struct RefreshBody: Decodable {
        var refreshToken: String

        enum CodingKeys: String, CodingKey { case refreshToken = "refresh_token" }
    }

    func add(to group: RouterGroup<AppContext>) {
        group.post("login", use: handleLogin)
        group.post("refresh", use: handleRefresh)
    }

    private func handleLogin(_ request: Request, _ context: AppContext) async throws -> Response {
        let body = try await JSONBody.decode(LoginBody.self, from: request, context: context)
        try body.password.checkBound()
        let now = clock.now()
        do {
            let signedIn = try await login.login(
                email: body.email, password: body.password, kind: .api,
                caller: Caller(context: context, headers: request.headers), now: now)
            return try JSONBody.response(TokensDocument(signedIn, now: now), headers: Self.noStore)
        } catch LoginService.Failure.secondFactorNeeded(let ticket?) {
            return try ticket.response(to: request, context, environment: environment, now: now)
        } catch let failure as LoginService.Failure {
            throw Refusal(failure)
        }
    }

    private func handleRefresh(_ request: Request, _ context: AppContext) async throws -> Response {
        let body = try await JSONBody.decode(RefreshBody.self, from: request, context: context)
        let now = clock.now()
        do {
            let renewed = try await refresh.refresh(
                body.refreshToken, caller: Caller(context: context, headers: request.headers), now: now)
            return try JSONBody.response(
                TokensDocument(
                    accessToken: renewed.access.text, expiresIn: renewed.access.expiresAt - now,
                    refreshToken: renewed.refresh.text, sessionID: renewed.sessionID,
                    user: UserDocument(renewed.user)),
                headers: Self.noStore)
        } catch let failure as RefreshService.Failure {
            throw Refusal(failure)
        }
    }

    /// RFC 6749 §5.1: an answer with tokens is in nobody's cache.
    private static let noStore: HTTPFields = [.cacheControl: "no-store"]
}
