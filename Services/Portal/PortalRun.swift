import AsyncHTTPClient
import Fleet
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
import Tokens

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
        let fleetSettings = FleetSettings(reader: reader, portalURLs: agreementSettings.portalURLs)
        let internalToken = InternalToken(reader: reader, environment: environment)
        let trustedProxies = TrustedProxies(reader: reader)
        let schedule = RotationSchedule(reader: reader, environment: environment)
        try reader.finish()
        if settings.kind == .customer && reader.string("PORTAL_ADMIN_EMAIL") != nil {
            logger.warning("PORTAL_ADMIN_EMAIL is for platform portals; a customer portal makes no administrator")
        }
        if let warning = settings.dbUpdatesWarning { logger.warning("\(warning)") }
        if !settings.mail.canSend {
            logger.warning(
                "MAIL_URL is not set: invitations and new passwords by mail are refused",
                metadata: [
                    "registration": settings.kind == .customer && settings.verifiesEmail
                        ? "refused too, as REGISTER_VERIFY_EMAIL is on" : "not concerned"
                ])
        }

        let clock = WallClock.system
        let manager = try await SecretManager.load(
            variables: reader.variables, algorithm: tokenSettings.algorithm, logger: logger, now: clock.now,
            stores: stores)
        try internalToken.check(against: manager.ring)
        guard manager.ring.current?.material.signs ?? false else {
            throw SecretError(
                code: "no_signing_key",
                message: """
                    \(manager.ring.source) holds no key that signs, and a portal issues tokens: give it the private ring. \
                    JWT_JWKS_URL and public keys are for services that verify.
                    """)
        }
        let readiness = Readiness(checks: [DatabaseWatch.check, KeyAgreementMonitor.check])
        let service = settings.kind == .platform ? "platform-portal" : "customer-portal"
        let issuer = tokenSettings.issuer ?? settings.kind.defaultIssuer
        let database = try Databases.open(
            url: settings.databaseURL,
            password: settings.databasePassword.map { $0.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } },
            logger: logger)
        let membership = FleetMembership(settings: fleetSettings, internalToken: internalToken)
        // A platform portal that is told of no other keeper keeps the table, and needs no way to itself.
        let keeper =
            membership?.keeper
            ?? (settings.kind == .platform
                ? FleetKeeper(store: FleetStore(database: database, settings: settings.fleetKeeping), clock: clock)
                : nil)
        let agreement = KeyAgreementMonitor(
            settings: agreementSettings, service: service, manager: manager, internalToken: internalToken,
            readiness: readiness, clock: clock, logger: logger,
            signer: ProbeSigner(issuer: issuer, instance: common.instance, signers: manager.signers, clock: clock) {
                manager.ring
            },
            fleet: keeper.map {
                FleetCheck(keeper: $0, service: service, instance: common.instance, issuer: issuer)
            })
        let parts = ServerParts(
            service: service, common: common, environment: environment, manager: manager,
            internalToken: internalToken, readiness: readiness, agreement: agreement, clock: clock, logger: logger,
            trustedProxies: trustedProxies)
        let pool = NIOThreadPool(numberOfThreads: settings.passwordThreads)
        pool.start()
        let client = HTTPClient(
            eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: clientConfiguration)
        var portal: Portal
        do {
            let mail = MailService.sending(
                settings.mail, showsLinks: environment == .development, logger: logger)
            portal = try Portal(
                settings: settings, tokenSettings: tokenSettings, parts: parts,
                resources: Resources(
                    database: database, client: client, pool: pool, entropy: .system, mail: mail))
            portal.fleet = keeper.map { keeper in
                Portal.FleetParts(
                    connection: membership?.connection,
                    reporter: FleetReporter(
                        keeper: keeper,
                        source: FleetReportSource(
                            service: service, instance: common.instance, leeway: tokenSettings.policy.leeway,
                            startedAt: clock.now(),
                            issuer: .init(
                                name: issuer, longestToken: tokenSettings.lifetime,
                                lastSignedAt: { [signed = portal.signed] in signed.all }),
                            manager: manager, agreement: agreement, readiness: readiness, refusals: portal.refusals),
                        settings: fleetSettings, manager: manager, agreement: agreement, readiness: readiness,
                        logger: logger))
            }
            portal.scheduled = schedule.flatMap { portal.scheduledRotation($0, algorithm: tokenSettings.algorithm) }
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

    /// To one host, for requests that end.
    private static let connectionsBesideStreams = 64

    /// Of the client that asks plant, services and providers: no redirect, to wherever it leads.
    static var clientConfiguration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(2)
        // Each live page keeps one connection to the gateway for its stream; eight, as is the default, would be taken by the
        // first eight people, and whoever came next would wait for one in vain.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit =
            LiveStreams().rules.maximum + connectionsBesideStreams
        // A refused connection is an answer; the outbox tries again by itself, and the page says so.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }
}
