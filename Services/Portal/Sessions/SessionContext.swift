import HTTPKit
import Hummingbird
import ServerKit
import ServiceKit
import Tokens

/// A request with a verified access token. Handlers that take it do not compile on an open route.
struct SessionContext: ChildRequestContext {
    typealias ParentContext = AppContext

    var coreContext: CoreRequestContextStorage
    let requestID: String
    let clientAddress: String
    let identity: Identity
    let sessionID: String

    init(context: AppContext) throws {
        let user = try UserContext(context: context)
        guard let sessionID = user.identity.sessionID else {
            throw Refusal(.sessionEnded, "The token belongs to no session of this portal.")
        }
        coreContext = context.coreContext
        requestID = context.requestID
        clientAddress = context.clientAddress
        identity = user.identity
        self.sessionID = sessionID
    }

    func caller(_ request: Request) -> Caller {
        Caller(
            address: ClientAddress(clientAddress), requestID: requestID,
            userAgent: request.headers[.userAgent] ?? "")
    }
}

/// Lets a request pass while its session is live and its user enabled.
///
/// Elsewhere an ended session's access token is refused once the revocation feed told of it, or lives to its `exp`. The
/// portal has the sessions at hand, so here it is refused at once.
struct RequireLiveSession: RouterMiddleware {
    typealias Context = AppContext

    let sessions: SessionService
    let clock: WallClock

    func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        let session = try SessionContext(context: context)
        guard try await sessions.live(id: session.sessionID, now: clock.now())?.user.id == session.identity.subject
        else { throw Refusal(.sessionEnded, "The session has ended. Log in again.") }
        return try await next(request, context)
    }
}

extension RouterGroup<AppContext> {
    /// What is added behind it needs an access token of a session that lives.
    ///
    /// A group of its own: middleware applies to what is added behind it.
    func withLiveSession(
        of sessions: SessionService, verifier: LiveVerifier, clock: WallClock
    ) -> RouterGroup<SessionContext> {
        group()
            .add(middleware: Authenticate(verifier: verifier))
            .add(middleware: RequireLiveSession(sessions: sessions, clock: clock))
            .group(context: SessionContext.self)
    }
}
