import Fleet
import HTTPKit
package import Logging
import NIOCore
package import Secrets
package import ServiceKit
package import ServiceLifecycle
import Tokens

/// The gateway, wired by hand: settings in, services out.
package struct Gateway {
    /// In the order in which they start; the server stops first.
    package let services: [any Service]
    package let readiness: Readiness
    package let manager: SecretManager
    /// Nil without TLS.
    package let certificates: ServedCertificates?
    package let upstreamCertificates: UpstreamCertificates
    package let routes: ServedRoutes
    /// Of a dry run.
    package let candidate: ServedRoutes?

    package static let defaultPort = 8000
    /// Beside what every service's command line has.
    package static let usage = [
        "--dry-run FILE   serve, and tell what FILE would refuse or send elsewhere (GW_ROUTES_DRY_RUN_FILE)",
        "check FILE       tell what a routes file says and what is wrong with it (gateway check --help)",
    ]
    package static let help = """
          PLANT_BACKEND_URL                    the plant (required)
          PORTAL_URLS                          the issuers, separated by commas; the first is the platform portal
          FLEET_KEEPER_URL                     who keeps the fleet table (the first of PORTAL_URLS)
          FLEET_REPORT_INTERVAL_SECONDS        how often it hears of this replica (5)
          CUSTOMER_PORTAL_URL                  where /cp/ leads (the second of PORTAL_URLS)
          JWT_SECRET, JWT_ALGORITHM, ...       how tokens are verified; one value for all services
          LOCKSTEP_INTERNAL_TOKEN[_FILE]       what services show each other
          HOST (127.0.0.1), PORT (8000), LOG_LEVEL, LOG_FORMAT, DRAIN_SECONDS
          GW_ROUTES_FILE                       a YAML or JSON file of routes (gateway check --help); read anew on
                                               change and SIGHUP
          GW_ROUTES_DRY_RUN_FILE               a candidate for it (--dry-run FILE): what it would refuse or send elsewhere
                                               is logged and counted, and nothing changes
          GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT   true
          GW_ALWAYS_VALIDATE_WITH_PLANT        false; true keeps no verdict
          GW_ENRICHMENT_TTL_SECONDS            30
          GW_ENRICHMENT_NEGATIVE_TTL_SECONDS   5; 0 keeps no refusal
          GW_ENRICHMENT_STALE_SECONDS          0; served while one call asks anew
          GW_ENRICHMENT_STALE_IF_ERROR_SECONDS 0; served while the plant can't be asked
          GW_ENRICHMENT_BREAKER_FAILURES       5
          GW_ENRICHMENT_BREAKER_SECONDS        5
          GW_ENRICHMENT_CONCURRENT_CALLS       256
          GW_REVOCATIONS                       true: follow what portals and plant revoke
          GW_ENRICHMENT_LOST_TTL_SECONDS       5; while revocations do not arrive
          GW_ENRICHMENT_FAILURE                closed or open
          GW_ENRICHMENT_TIMEOUT_MS             3000
          GW_AUTH_RATE_LIMIT_PER_MINUTE        30; 0 for none
          GW_THREADS                           cores
          GW_MAX_CONNECTIONS                   16384
          GW_MAX_CONNECTIONS_PER_CLIENT        0: no bound; of one address (IPv6: of one network of 64 bits)
          GW_UPSTREAM_CONNECTIONS              256 of each event loop to each address of an upstream
          GW_UPSTREAM_WAITERS                  4096 requests of each event loop that wait for one; one more is 503
          GW_MAX_BODY_BYTES                    33554432
          GW_HEAD_TIMEOUT_MS, GW_KEEPALIVE_TIMEOUT_MS, GW_IDLE_TIMEOUT_MS, GW_CONNECT_TIMEOUT_MS,
          GW_FIRST_BYTE_TIMEOUT_MS, GW_TOTAL_TIMEOUT_MS, GW_TUNNEL_IDLE_TIMEOUT_MS
          GW_MIN_BODY_RATE                     64: bytes per second of a body, while the gateway waits for it; 0: none
          GW_BODY_GRACE_MS                     10000: before anything of it has come
          GW_ACCESS_LOG_SAMPLE                 1: every request; N: one in N that went well; 0: none of those
          OTEL_EXPORTER_OTLP_ENDPOINT          a collector of spans, by OTLP/HTTP; none: there are no spans. Also
                                               OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS,
                                               OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG
          TRUSTED_PROXIES                      addresses and CIDR blocks; `unix`: who comes by GW_LISTEN_UNIX
          GW_TLS_CERT_FILE, GW_TLS_KEY_FILE    TLS with HTTP/2 on PORT; reloaded when they change
          GW_TLS_CLIENT_CA_FILE                who signs the certificates that clients then need
          GW_DECIDE_FOR                        nginx, forward-auth or envoy: who asks /decide; none
          GW_UPSTREAM_TLS_CA_FILE              who signs what https upstreams show (the system's authorities)
          GW_UPSTREAM_TLS_CERT_FILE, GW_UPSTREAM_TLS_KEY_FILE
                                               shown to https upstreams that ask; reloaded when they change
          GW_PROXY_PROTOCOL                    false; true: each connection begins with a PROXY header
          GW_LISTEN_UNIX                       path of a Unix socket, beside HOST and PORT
          PLANT_BACKEND_USE_ID_TOKEN           Cloud Run IAM: an ID token in Authorization
          GCE_METADATA_HOST                    for the above
        """

    /// - Parameters:
    ///   - stores: what `JWT_SECRET_STORE` may name.
    ///   - onListening: with the port that is listened on.
    ///   - tick: how often deadlines are looked at, in milliseconds.
    /// - Throws: `SettingsError` with every fault, `SecretError`.
    package static func build(
        reader: SettingsReader, common: CommonSettings, clock: WallClock = .system, logger: Logger,
        stores: SecretStores = .fileOnly, tick: Int = 100, onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> Gateway {
        let tokens = TokenSettings(reader: reader, defaultIssuer: nil)
        let settings = GatewaySettings(reader: reader, cores: System.coreCount, readFile: RoutesFileReader.read)
        let keySetSettings = KeySetSettings(reader: reader)
        let certificates = ServedCertificates.load(settings.front, reader: reader, clock: clock, logger: logger)
        let upstreamCertificates = UpstreamCertificates.load(settings, reader: reader, logger: logger)
        // A secret that is missing is told only when nothing else is wrong; both would be, one after the other.
        try reader.finish()
        let manager = try await SecretManager.load(
            variables: reader.variables, algorithm: tokens.algorithm, logger: logger, now: clock.now, stores: stores)
        let internalToken = InternalToken(reader: reader, environment: manager.environment)
        try reader.finish()

        let readiness = Readiness(checks: settings.metadata == nil ? [] : ["plant_id_token"])
        let keySet = keySetSettings.map {
            RemoteKeySet(
                settings: $0, publish: { manager.publish($0, from: $1) }, readiness: readiness, clock: clock,
                logger: logger)
        }
        let agreement = KeyAgreementMonitor(
            settings: settings.agreement, service: "gateway", manager: manager, internalToken: internalToken,
            readiness: readiness, clock: clock, logger: logger)
        let revocations =
            settings.revocationSources.isEmpty
            ? nil
            : RevocationBoard(longestLife: tokens.policy.maximumLifetime, leeway: tokens.policy.leeway)
        let own = OwnAnswers(
            readiness: readiness, registry: .shared, internalToken: internalToken, environment: manager.environment,
            keyReport: {
                KeyReport(
                    service: "gateway", instance: common.instance, secrets: manager.diagnostics(),
                    issuers: agreement.states)
            })
        let routes = ServedRoutes(
            table: settings.routes, source: settings.routesSource, readiness: readiness, clock: clock, logger: logger,
            check: upstreamCertificates.faults(of:))
        let dryRun = settings.candidate.map { candidate in
            DryRunParts(
                candidate: ServedRoutes(
                    table: candidate.table, source: candidate.source, role: .candidate, readiness: readiness,
                    clock: clock, logger: logger),
                rateLimitPerMinute: settings.rateLimitPerMinute, logger: logger)
        }
        let feeds = revocations.map { board in
            RevocationFeeds(
                urls: settings.revocationSources, internalToken: internalToken, board: board, readiness: readiness,
                clock: clock, logger: logger)
        }
        let introspection = IntrospectionSources(
            instance: common.instance, routes: routes, dryRun: dryRun, feeds: { feeds?.standings ?? [] })
        let tracing = settings.tracing.map { TracingParts(settings: $0) }
        let parts = LoopParts(
            policy: tokens.policy, assertion: GatewayAssertion(internalToken: internalToken.secret), own: own,
            rateLimiter: SharedRateLimiter(perMinute: settings.rateLimitPerMinute),
            upstreams: UpstreamBoard(logger: logger), keySet: keySet, routes: routes, dryRun: dryRun,
            introspection: introspection, tracing: tracing, revocations: revocations, clock: clock, logger: logger,
            reportIDToken: { fault in
                readiness.set(
                    "plant_id_token", fault.map { .notReady(code: "id_token_unavailable", detail: $0) } ?? .ready)
                if let fault { logger.warning("no ID token for the plant", metadata: ["reason": "\(fault)"]) }
            })
        let server = GatewayServer(
            host: common.host, port: common.port, threads: settings.threads,
            settings: loopSettings(settings, environment: manager.environment, tick: tick), front: settings.front,
            certificates: certificates, upstreamCertificates: upstreamCertificates, parts: parts, manager: manager,
            drainSeconds: common.drainSeconds,
            logger: logger, onListening: onListening)
        var services: [any Service] = [
            SecretWatch(manager: manager, readiness: readiness, clock: clock, logger: logger), agreement,
        ]
        if let keySet { services.append(keySet) }
        if let certificates {
            services.append(
                FileWatch(what: "the TLS certificate", logger: logger) { certificates.look(isAsked: $0) })
        }
        if settings.routesSource != nil || upstreamCertificates.hasFiles {
            services.append(
                FileWatch(what: "the TLS files for upstreams", logger: logger) {
                    upstreamCertificates.look(isAsked: $0)
                })
        }
        if settings.routesSource != nil {
            services.append(FileWatch(what: "the routes file", logger: logger) { routes.look(isAsked: $0) })
        }
        if let feeds { services.append(feeds) }
        if let dryRun {
            services.append(
                FileWatch(what: "the dry-run routes file", logger: logger) { dryRun.candidate.look(isAsked: $0) })
        }
        if let membership = FleetMembership(settings: settings.fleet, internalToken: internalToken) {
            let reporter = FleetReporter(
                keeper: membership.keeper,
                source: FleetReportSource(
                    service: "gateway", instance: common.instance, leeway: tokens.policy.leeway,
                    startedAt: clock.now(), manager: manager, agreement: agreement, readiness: readiness,
                    refusals: parts.refusals),
                settings: settings.fleet, manager: manager, agreement: agreement, readiness: readiness, logger: logger)
            services += [membership.connection, reporter] as [any Service]
        }
        if let tracing {
            services.append(SpanExporter(parts: tracing, instance: common.instance, logger: logger))
        }
        services.append(server)
        return Gateway(
            services: services, readiness: readiness, manager: manager, certificates: certificates,
            upstreamCertificates: upstreamCertificates, routes: routes, candidate: dryRun?.candidate)
    }

    /// Until SIGTERM.
    package static func run(
        reader: SettingsReader, common: CommonSettings, logger: Logger, stores: SecretStores
    ) async throws {
        let gateway = try await build(reader: reader, common: common, logger: logger, stores: stores)
        try await Startup.serve(
            gateway.services, drainSeconds: common.drainSeconds, readiness: gateway.readiness, logger: logger)
    }

    private static func loopSettings(
        _ settings: GatewaySettings, environment: DeploymentEnvironment, tick: Int
    ) -> LoopSettings {
        LoopSettings(
            environment: environment, routes: settings.routes, origins: settings.origins, metadata: settings.metadata,
            enrichment: settings.allowsEnrichment ? settings.enrichment.ofLoop : nil,
            enrichmentFailure: settings.enrichmentFailure, trustedProxies: settings.trustedProxies,
            decisions: settings.decisions,
            timeouts: settings.timeouts, maximumBody: settings.maximumBody, bodyPace: settings.bodyPace,
            maximumConnections: max(1, settings.maximumConnections / settings.threads), pools: settings.pools,
            accessLogSample: settings.accessLogSample, tick: .milliseconds(Int64(tick)))
    }
}
