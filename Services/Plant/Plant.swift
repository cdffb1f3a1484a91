import Fleet
import Foundation
import HTTPKit
package import Hummingbird
package import Logging
package import PlantKit
package import Secrets
package import ServerKit
package import ServiceKit
import ServiceLifecycle
package import Storage
import Tokens

/// The domain backend: validates tokens against its customers, and keeps customers and skills.
package struct Plant: Sendable {
    let parts: ServerParts
    let settings: PlantSettings
    let database: any Database
    let audit: AuditWriter
    let verifier: LiveVerifier
    /// What the verifier refused of late, for the fleet report.
    let refusals: RefusalLog
    let keySet: RemoteKeySet?
    let modules: ModuleHost
    let dbUpdates: DBUpdatesRoutes?
    let makeID: @Sendable () -> String

    /// Reads the settings, checks everything that can be checked, serves until SIGTERM.
    /// - Parameters:
    ///   - modules: all that this build has.
    ///   - stores: what `JWT_SECRET_STORE` may name.
    package static func run(
        modules: [any PlantModule.Type], reader: SettingsReader, common: CommonSettings, logger: Logger,
        stores: SecretStores
    ) async throws {
        let environment = try EnvironmentDetection.detect(reader.variables).environment
        let settings = PlantSettings(reader: reader, environment: environment)
        try reader.finish()
        let clock = WallClock.system
        let manager = try await SecretManager.load(
            variables: reader.variables, algorithm: settings.tokens.algorithm, logger: logger, now: clock.now,
            stores: stores)
        try settings.internalToken.check(against: manager.ring)
        let database = try Databases.open(
            url: settings.databaseURL,
            password: settings.databasePassword.map { $0.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } },
            logger: logger)
        let plant = try await build(
            settings: settings, common: common, manager: manager, database: database, modules: modules, clock: clock,
            logger: logger)
        do {
            try await plant.serve()
        } catch {
            try? await database.close()
            throw error
        }
        try await database.close()
    }

    /// All wiring by hand; migrates the database.
    package static func build(
        settings: PlantSettings, common: CommonSettings, manager: SecretManager, database: any Database,
        modules: [any PlantModule.Type] = [], clock: WallClock, logger: Logger,
        makeID: @escaping @Sendable () -> String = { UUID().uuidString.lowercased() }
    ) async throws -> Plant {
        try await database.migrate(PlantMigrations.all, namespace: PlantMigrations.namespace)
        try await CustomerRevocations.log.establish(id: makeID(), in: database)
        try await AuditTrail.log.establish(id: makeID(), in: database)
        try await database.write {
            try await RoleBook().declare(CorePermissions.all, module: ModuleRequirement.core, in: $0)
        }
        let host = try await ModuleHost.load(
            modules, core: Self.version, settings: settings.modules, database: database, clock: clock, makeID: makeID,
            logger: logger)
        let readiness = Readiness(checks: ["keys", DatabaseWatch.check])
        let agreement = KeyAgreementMonitor(
            settings: settings.agreement, service: "plant", manager: manager, internalToken: settings.internalToken,
            readiness: readiness, clock: clock, logger: logger)
        let parts = ServerParts(
            service: "plant", common: common, environment: settings.environment, manager: manager,
            internalToken: settings.internalToken, readiness: readiness, agreement: agreement, clock: clock,
            logger: logger, trustedProxies: settings.trustedProxies)
        let refusals = RefusalLog()
        let keySet = settings.keySet.map {
            RemoteKeySet(
                settings: $0, publish: { manager.publish($0, from: $1) }, readiness: readiness, clock: clock,
                logger: logger)
        }
        if let warning = settings.dbUpdatesWarning { logger.warning("\(warning)") }
        let dbUpdates = try settings.dbUpdates.map { updates in
            try DBUpdatesRoutes(
                settings: settings, updates: updates, database: database,
                protected: ProtectedTables.names(of: migrations(of: modules)), now: clock.now, logger: logger)
        }
        return Plant(
            parts: parts, settings: settings, database: database,
            audit: AuditWriter(
                database: database,
                limits: AuditWriter.Limits(
                    retention: settings.auditRetention, maximumRecords: settings.auditMaximumRecords),
                now: clock.now, logger: logger),
            verifier: LiveVerifier(
                manager: manager, policy: settings.tokens.policy, clock: clock, keySet: keySet, refusals: refusals),
            refusals: refusals, keySet: keySet, modules: host, dbUpdates: dbUpdates, makeID: makeID)
    }

    /// What modules require as `core`.
    private static var version: SemanticVersion {
        // Invariant: the build's version is MAJOR.MINOR.PATCH.
        guard let version = SemanticVersion(BuildInfo.version) else { preconditionFailure("BuildInfo.version") }
        return version
    }

    /// Everything that the plant answers.
    package func router() -> Router<AppContext> {
        let router = parts.router()
        router.add(middleware: HeaderNameLog())
        router.add(middleware: StorageRefusals())
        let tokens = ClientTokens(
            assertion: GatewayAssertion(internalToken: settings.internalToken.secret),
            audience: settings.assertionAudience, trustsOriginal: settings.trustsOriginalAuthorization,
            now: parts.clock.now)
        ValidateRoute(
            tokens: tokens, verifier: verifier, validation: TokenValidation(database: database, now: parts.clock.now),
            audit: audit,
            environment: settings.environment, makeID: makeID
        ).add(to: router)
        RegistrationRoute(registration: Registration(database: database, now: parts.clock.now))
            .add(to: parts.internalGroup(of: router))
        CustomerRevocations.route(
            database: database, tokens: RevocationToken(internalToken: settings.internalToken.secret)
        ).add(to: parts.internalGroup(of: router))

        let api = router.group("/api/v1")
            .add(
                middleware: Authenticate(verifier: verifier) { request, context in
                    try tokens.find(in: request, logger: context.logger)?.token
                }
            )
            .group(context: UserContext.self)
        DiagnosticsRoute(
            instance: parts.common.instance, tokens: tokens, ring: { [manager = parts.manager] in manager.ring }
        ).add(to: api)
        let runner = OperationRunner(
            database: database, callers: CustomerCallers(now: parts.clock.now), clock: parts.clock,
            streams: settings.streams, makeID: makeID, record: AuditTrail.record)
        let core = coreRoutes()
        runner.add(core, to: api)
        for (module, routes) in modules.serving { runner.add(routes, of: module, to: api) }
        if let dbUpdates {
            runner.add(dbUpdates.routes, to: api.group().add(middleware: dbUpdates.makeGate(tokens)))
        }
        if settings.environment.allowsDevelopmentFallback { HeaderEcho().add(to: api) }
        DocumentRoutes(document: document(core)).add(to: router)
        return router
    }

    /// Of what `router` serves.
    var document: OpenAPIDocument { document(coreRoutes()) }

    private func document(_ core: [Route]) -> OpenAPIDocument {
        let document = PlantDocument.make(
            core: (core + (dbUpdates?.routes ?? [])).map(\.operation),
            modules: modules.serving.map { ($0.record.manifest, $0.routes.map(\.operation)) },
            isDevelopment: settings.environment.allowsDevelopmentFallback)
        for fault in document.faults {
            parts.logger.error("The OpenAPI document has a fault", metadata: ["fault": "\(fault)"])
        }
        return document
    }

    /// The application alone, for tests in process.
    package func application() -> some ApplicationProtocol {
        parts.application(router: router())
    }

    private var revocations: CustomerRevocations {
        CustomerRevocations(policy: settings.tokens.policy, makeID: makeID)
    }

    /// What the core itself answers, besides token validation and diagnostics.
    private func coreRoutes() -> [Route] {
        let customers = ModuleRoutes(prefix: "/api/v1", tag: "Customers")
        customers.add(
            ResourceOperations(Customer.self, plural: "customers") { [revocations] before, after, change in
                guard let before else { return }
                try await revocations.changed(
                    from: before, to: after, now: change.request.now, change.transaction)
            })
        CustomerOperations(revocations: revocations, hooks: modules.customers).add(to: customers)
        let skills = ModuleRoutes(prefix: "/api/v1", tag: "Skills")
        skills.add(ResourceOperations(Skill.self, plural: "skills"))
        let administration = ModuleRoutes(prefix: "/api/v1", tag: "Administration")
        RoleOperations().add(to: administration)
        AuditOperations().add(to: administration)
        ModuleListOperation(records: modules.records).add(to: administration)
        return customers.collected + skills.collected + administration.collected
    }

    /// The server last: it stops first, and the audit writes what the last answers left.
    private func serve() async throws {
        let watch = DatabaseWatch(
            database: database, readiness: parts.readiness, interval: .seconds(5), logger: parts.logger)
        var services: [any Service] = [parts.secretWatch, parts.agreement, watch, audit]
        services.append(RevocationSweep(database: database, clock: parts.clock, logger: parts.logger))
        services.append(
            AuditKeeping(
                database: database, retention: settings.auditLogRetention,
                maximumRecords: settings.auditLogMaximumRecords, clock: parts.clock, logger: parts.logger))
        services.append(IdempotencySweep(database: database, clock: parts.clock, logger: parts.logger))
        services.append(
            TrialSweep(database: database, revocations: revocations, clock: parts.clock, logger: parts.logger))
        services.append(ModuleSupervisor(host: modules, logger: parts.logger))
        if let keySet { services.append(keySet) }
        if let membership = FleetMembership(settings: settings.fleet, internalToken: settings.internalToken) {
            let reporter = FleetReporter(
                keeper: membership.keeper,
                source: FleetReportSource(
                    service: parts.service, instance: parts.common.instance, leeway: settings.tokens.policy.leeway,
                    startedAt: parts.clock.now(), manager: parts.manager, agreement: parts.agreement,
                    readiness: parts.readiness, refusals: refusals),
                settings: settings.fleet, manager: parts.manager, agreement: parts.agreement,
                readiness: parts.readiness, logger: parts.logger)
            services += [membership.connection, reporter] as [any Service]
        }
        services.append(application())
        try await Startup.serve(
            services,
            drainSeconds: parts.common.drainSeconds, readiness: parts.readiness, logger: parts.logger)
    }
}
