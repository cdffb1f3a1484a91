import AsyncHTTPClient
import HTTPKit
import Hummingbird
package import Logging
import NIOCore
import NIOPosix
package import Secrets
import ServerKit
package import ServiceKit
import ServiceLifecycle
import Storage

extension Portal {
    /// Reads all settings, builds, serves until SIGTERM. Throws `SettingsError` and `SecretError` before anything is
    /// opened.
    /// - Parameter stores: what `JWT_SECRET_STORE` may name.
    package static func run(
        reader: SettingsReader, common: CommonSettings, logger: Logger, stores: SecretStores
    ) async throws {
        let environment = try EnvironmentDetection.detect(reader.variables).environment
        var settings = PortalSettings(reader: reader)
        settings.settle(environment: environment, reader: reader)
        let tokenSettings = TokenSettings(reader: reader, defaultIssuer: settings.kind.defaultIssuer)
        let agreementSettings = KeyAgreementMonitor.Settings(reader: reader, isIssuer: true)
        let internalToken = InternalToken(reader: reader, environment: environment)
        let trustedProxies = TrustedProxies(reader: reader)
        try reader.finish()
        if settings.kind == .customer && reader.string("PORTAL_ADMIN_EMAIL") != nil {
            logger.warning("PORTAL_ADMIN_EMAIL is for platform portals; a customer portal makes no administrator")
        }

        let clock = WallClock.system
        let manager = try await SecretManager.load(
            variables: reader.variables, algorithm: tokenSettings.algorithm, logger: logger, now: clock.now,
            stores: stores)
        try internalToken.check(against: manager.ring)
        let readiness = Readiness(checks: [DatabaseWatch.check, KeyAgreementMonitor.check])
        let service = settings.kind == .platform ? "platform-portal" : "customer-portal"
        let agreement = KeyAgreementMonitor(
            settings: agreementSettings, service: service, manager: manager, internalToken: internalToken,
            readiness: readiness, clock: clock, logger: logger)
        let parts = ServerParts(
            service: service, common: common, environment: environment, manager: manager,
            internalToken: internalToken, readiness: readiness, agreement: agreement, clock: clock, logger: logger,
            trustedProxies: trustedProxies)
        let database = try Databases.open(url: settings.databaseURL, logger: logger)
        let pool = NIOThreadPool(numberOfThreads: settings.passwordThreads)
        pool.start()
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(2)
        // A refused connection is an answer; the outbox tries again by itself, and the page says so.
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
        let portal: Portal
        do {
            portal = try Portal(
                settings: settings, tokenSettings: tokenSettings, parts: parts,
                resources: Resources(database: database, client: client, pool: pool, entropy: .system))
            try await portal.prepare()
        } catch {
            try? await client.shutdown()
            try? await pool.shutdownGracefully()
            try? await database.close()
            throw error
        }
        try await Startup.serve(
            portal.services, drainSeconds: common.drainSeconds, readiness: readiness, logger: logger)
    }
}
