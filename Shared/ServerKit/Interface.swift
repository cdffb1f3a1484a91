package import HTTPKit
package import Hummingbird
package import Logging
package import NIOCore
package import Secrets
package import ServiceKit
package import Tokens

// INTERFACE SKELETON: the owner of ServerKit splits this into files and fills it in. Signatures are what other modules compile against.

/// What every request has: its id, its peer, its start.
package struct AppContext: RequestContext, RemoteAddressRequestContext {
    package typealias Source = ApplicationRequestContextSource
    package var coreContext: CoreRequestContextStorage
    package var requestID: String
    /// The client's address: the socket's, or from X-Forwarded-For when the peer is in TRUSTED_PROXIES.
    package let remoteAddress: SocketAddress?
    /// JSON bodies are bounded to 1 MiB.
    package var maxUploadSize: Int { 1024 * 1024 }
    package init(source: Source) { fatalError("skeleton") }
}

/// A context that can't be made without a verified identity (STYLE 4).
package struct UserContext: ChildRequestContext {
    package typealias ParentContext = AppContext
    package var coreContext: CoreRequestContextStorage
    package let requestID: String
    package let identity: Identity
    /// Throws `Refusal(.missingToken)` when no middleware has authenticated the request.
    package init(context: AppContext) throws { fatalError("skeleton") }
}

/// Holds the newest ring's verifier; replaced whole when the ring changes.
package final class LiveVerifier: Sendable {
    package init(manager: SecretManager, policy: VerificationPolicy, clock: WallClock) { fatalError("skeleton") }
    /// Verifies, counts `lockstep_token_verifications_total{code}` and times.
    package func verify(_ token: String) throws(Refusal) -> Identity { fatalError("skeleton") }
    package var ring: KeyRing { fatalError("skeleton") }
}

/// `Authorization: Bearer` → identity in the context, or the refusal.
package struct Authenticate: RouterMiddleware {
    package typealias Context = AppContext
    package init(verifier: LiveVerifier) { fatalError("skeleton") }
    package func handle(_ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response)
        async throws -> Response
    { fatalError("skeleton") }
}

extension UserContext {
    /// `forbidden` unless the identity has one of the roles.
    package func require(anyOf roles: [String]) throws(Refusal) { fatalError("skeleton") }
}

/// The parts that all Hummingbird services share.
package struct ServerParts: Sendable {
    package var service: String
    package var common: CommonSettings
    package var environment: DeploymentEnvironment
    package var manager: SecretManager
    package var internalToken: InternalToken
    package var readiness: Readiness
    package var agreement: KeyAgreementMonitor
    package var clock: WallClock
    package var logger: Logger
    package init(
        service: String, common: CommonSettings, environment: DeploymentEnvironment, manager: SecretManager,
        internalToken: InternalToken, readiness: Readiness, agreement: KeyAgreementMonitor, clock: WallClock,
        logger: Logger
    ) { fatalError("skeleton") }

    /// A router with request id, access log, metrics, error answers, security headers, and the common routes:
    /// /health, /api/health, /ready, /metrics, /internal/v1/keys; everything below /internal needs the internal token.
    package func router() -> Router<AppContext> { fatalError("skeleton") }
    /// The group below /internal/v1 that has already checked the internal token.
    package func internalGroup(of router: Router<AppContext>) -> RouterGroup<AppContext> { fatalError("skeleton") }
    /// Issuers: GET /internal/v1/keys/probe[?kid=].
    package func addProbe(to router: Router<AppContext>, issuer: String) { fatalError("skeleton") }
    /// The Hummingbird application on HOST:PORT with read deadlines and bounded heads.
    package func application(router: Router<AppContext>) -> some ApplicationProtocol {
        Application(router: router)
    }
}

/// A decoded JSON body with bounds; faults become `invalid_input` (422) with the field, or `malformed_request`, `unsupported_media_type`.
package enum JSONBody {
    package static func decode<T: Decodable>(_ type: T.Type, from request: Request, context: some RequestContext)
        async throws -> T
    { fatalError("skeleton") }
    /// application/json with the status; keys sorted.
    package static func response(_ value: some Encodable, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:])
        throws -> Response
    { fatalError("skeleton") }
}

/// `?page=1&perPage=100` (at most 500), else `invalid_input`.
package struct Paging: Sendable {
    package var page: Int
    package var perPage: Int
    package var offset: Int { (page - 1) * perPage }
    package init(request: Request) throws(Refusal) { fatalError("skeleton") }
}
