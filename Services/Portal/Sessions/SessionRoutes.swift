import Contracts
import HTTPKit
import HTTPTypes
import Hummingbird
import Secrets
import ServerKit
import ServiceKit
import Tokens

/// `logout`, and what a signed-in person asks of their account: `me`, `sessions`, `logout-all`.
struct SessionRoutes: Sendable {
    let sessions: SessionService
    let verifier: LiveVerifier
    let clock: WallClock

    func add(to group: RouterGroup<AppContext>) {
        group.post("logout", use: logout)
        let signedIn = group.withLiveSession(of: sessions, verifier: verifier, clock: clock)
        signedIn.get("me", use: me)
        signedIn.get("sessions", use: list)
        signedIn.delete("sessions/{id}", use: end)
        signedIn.post("sessions/end-others", use: endOthers)
        signedIn.post("logout-all", use: logoutEverywhere)
    }

    /// Ends the session of the Bearer token, or of the refresh token in the body: a client whose access token has
    /// expired can log out too.
    private func logout(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = Caller(context: context, headers: request.headers)
        let now = clock.now()
        if let token = try BearerCredentials.token(in: request.headers[values: .authorization]) {
            let identity = try await verifier.verify(token)
            if let sessionID = identity.sessionID {
                try await sessions.logout(sessionID: sessionID, caller: caller, now: now)
            }
        } else {
            let body = try await JSONBody.decode(LoginRoutes.RefreshBody.self, from: request, context: context)
            try await sessions.logout(refreshToken: body.refreshToken, caller: caller, now: now)
        }
        return Response(status: .noContent)
    }

    private func me(_ request: Request, _ context: SessionContext) async throws -> Response {
        guard let live = try await sessions.live(id: context.sessionID, now: clock.now()) else {
            throw Refusal(.sessionEnded, "The session has ended. Log in again.")
        }
        let identity = context.identity
        return try JSONBody.response(
            MeDocument(
                user: UserDocument(live.user), session: SessionDocument(live.session, current: true),
                token: MeDocument.Token(
                    issuer: identity.issuer, kid: identity.keyID.rawValue, issuedAt: identity.issuedAt,
                    expiresAt: identity.expiresAt)))
    }

    private func list(_ request: Request, _ context: SessionContext) async throws -> Response {
        let paging = try Paging(request: request)
        let (found, total) = try await sessions.list(
            userID: context.identity.subject, limit: paging.perPage, offset: paging.offset, now: clock.now())
        return try JSONBody.response(
            Page(
                data: found.map { SessionDocument($0, current: $0.id == context.sessionID) }, total: total,
                page: paging.page, perPage: paging.perPage))
    }

    private func end(_ request: Request, _ context: SessionContext) async throws -> Response {
        let id = try context.parameters.require("id")
        guard
            try await sessions.end(
                sessionID: id, ownedBy: context.identity.subject, caller: context.caller(request), now: clock.now())
        else {
            // Somebody else's session is as unknown as one that never was.
            throw Refusal(.notFound, "You have no live session of that name.")
        }
        return Response(status: .noContent)
    }

    private func endOthers(_ request: Request, _ context: SessionContext) async throws -> Response {
        _ = try await sessions.endOthers(
            than: context.sessionID, userID: context.identity.subject, caller: context.caller(request),
            now: clock.now())
        return Response(status: .noContent)
    }

    private func logoutEverywhere(_ request: Request, _ context: SessionContext) async throws -> Response {
        _ = try await sessions.logoutEverywhere(
            userID: context.identity.subject, caller: context.caller(request), now: clock.now())
        return Response(status: .noContent)
    }
}
