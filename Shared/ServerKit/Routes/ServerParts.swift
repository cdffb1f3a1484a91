package import HTTPKit
package import Hummingbird
package import Logging
package import Secrets
package import ServiceKit

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
    /// Whose `X-Forwarded-For` counts.
    package var trustedProxies: TrustedProxies
    let methods = MethodTable()

    package init(
        service: String, common: CommonSettings, environment: DeploymentEnvironment, manager: SecretManager,
        internalToken: InternalToken, readiness: Readiness, agreement: KeyAgreementMonitor, clock: WallClock,
        logger: Logger, trustedProxies: TrustedProxies = .none
    ) {
        self.service = service
        self.common = common
        self.environment = environment
        self.manager = manager
        self.internalToken = internalToken
        self.readiness = readiness
        self.agreement = agreement
        self.clock = clock
        self.logger = logger
        self.trustedProxies = trustedProxies
    }

    /// Keeps the ring up with its files and stores: one of the service's services, started before what needs a key.
    package var secretWatch: SecretWatch {
        SecretWatch(manager: manager, readiness: readiness, clock: clock, logger: logger)
    }

    /// A router with request id, access log, metrics, error answers, security headers, and the common routes:
    /// /health, /api/health, /ready, /metrics, /internal/v1/keys; everything below /internal needs the internal token.
    package func router() -> Router<AppContext> {
        let router = Router(context: AppContext.self, options: [.autoGenerateHeadEndpoints])
        router.add(middleware: RequestIdentity(trustedProxies: trustedProxies))
        router.add(middleware: AccessLog(service: service, logger: logger))
        router.add(middleware: ErrorAnswers(environment: environment, logger: logger, methods: methods))
        router.add(middleware: BoundedTarget())
        router.add(middleware: InternalGate(token: internalToken, byPath: true))
        addCommonRoutes(to: router)
        return router
    }

    /// The group below /internal/v1 that has already checked the internal token.
    package func internalGroup(of router: Router<AppContext>) -> RouterGroup<AppContext> {
        router.group("internal/v1").add(middleware: InternalGate(token: internalToken, byPath: false))
    }
}
