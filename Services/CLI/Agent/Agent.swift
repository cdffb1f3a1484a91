import Fleet
import HTTPKit
import Logging
import Secrets
import ServiceKit
import ServiceLifecycle
import Tokens

/// The services' own parts, for a service that has none of them.
struct Agent {
    let service: String
    let layouts: [String]
    /// The service does not look at its source again.
    let isPinned: Bool
    let address: AgentAddress?

    /// Until SIGTERM.
    /// - Throws: `SettingsError`, `SecretError`, `CommandFailure`.
    func run(
        variables: [String: String], stores: @Sendable ([String: String], Logger) -> SecretStores
    ) async throws {
        let reader = SettingsReader(variables: variables)
        let common = CommonSettings(reader: reader, defaultPort: 0)
        Startup.bootstrap(service: service, settings: common)
        let logger = Logger(label: "lockstep.agent")
        let tokens = TokenSettings(reader: reader, defaultIssuer: nil)
        let settings = KeyAgreementMonitor.Settings(reader: reader)
        let fleet = FleetSettings(reader: reader, portalURLs: settings.portalURLs)
        guard FleetText.isName(service), FleetText.isName(common.instance) else {
            throw CommandFailure(
                .usage, "--service and --instance are 1–128 of A–Z, a–z, 0–9, ., _, -, : and @")
        }
        try reader.finish()
        let manager = try await SecretManager.load(
            variables: variables, algorithm: tokens.algorithm, logger: logger, now: WallClock.system.now,
            stores: stores(variables, logger))
        let internalToken = InternalToken(reader: reader, environment: manager.environment)
        try reader.finish()
        guard let membership = FleetMembership(settings: fleet, internalToken: internalToken) else {
            throw CommandFailure(
                .usage, "nobody to agree with or to report to: give --portal URL, or set PORTAL_URLS")
        }
        let readiness = Readiness(checks: [])
        let agreement = KeyAgreementMonitor(
            settings: settings, service: service, manager: manager, internalToken: internalToken,
            readiness: readiness, clock: .system, logger: logger)
        let reporter = FleetReporter(
            keeper: membership.keeper,
            source: FleetReportSource(
                service: service, instance: common.instance, leeway: tokens.policy.leeway,
                startedAt: WallClock.system.now(), layouts: layouts, delivery: isPinned ? "pinned" : nil,
                manager: manager, agreement: agreement, readiness: readiness),
            settings: fleet, manager: manager, agreement: agreement, readiness: readiness, logger: logger)
        var services: [any Service] = []
        if !isPinned {
            services.append(
                SecretWatch(manager: manager, readiness: readiness, clock: .system, logger: logger))
        }
        services += [agreement, membership.connection, reporter] as [any Service]
        if let address {
            let answers = AgentAnswers(
                service: service, readiness: readiness, internalToken: internalToken, environment: manager.environment)
            services.append(AgentListener(address: address, answers: answers, logger: logger))
        }
        try await Startup.serve(
            services, drainSeconds: common.drainSeconds, readiness: readiness, logger: logger)
    }
}
