package import HTTPKit
package import Logging
package import Secrets
package import ServiceKit

/// The way to a keeper over HTTP, for gateway, plant and portals.
package struct FleetMembership: Sendable {
    package let keeper: FleetKeeper
    /// A service that starts before whatever asks the keeper.
    package let connection: FleetHTTP

    /// Nil where no keeper is known: neither `PORTAL_URLS` nor `FLEET_KEEPER_URL` is set.
    package init?(settings: FleetSettings, internalToken: InternalToken) {
        guard let url = settings.keeperURL else { return nil }
        connection = FleetHTTP()
        keeper = FleetClient(client: connection, url: url, internalToken: internalToken).keeper
    }
}

extension FleetReporter {
    /// Reports each change of the ring and of the agreement at once.
    package convenience init(
        keeper: FleetKeeper, source: FleetReportSource, settings: FleetSettings, manager: SecretManager,
        agreement: KeyAgreementMonitor, readiness: Readiness, logger: Logger
    ) {
        self.init(
            keeper: keeper, source: source, intervalSeconds: settings.intervalSeconds,
            changes: { tell in
                manager.observe { _ in tell() }
                agreement.observe { _ in tell() }
            }, readiness: readiness, logger: logger)
    }
}

extension FleetReportSource {
    /// Of a service that has a `SecretManager` and a monitor.
    /// - Parameters:
    ///   - delivery: nil: as the manager's source says.
    ///   - refusals: what it refuses; nil: it verifies nobody's tokens.
    package init(
        service: String, instance: String, leeway: Int64, startedAt: Int64, issuer: Issuer? = nil,
        layouts: [String] = ["jwks", "names"], delivery: String? = nil, manager: SecretManager,
        agreement: KeyAgreementMonitor, readiness: Readiness, refusals: RefusalLog? = nil
    ) {
        self.init(
            service: service, instance: instance, leeway: leeway, startedAt: startedAt, issuer: issuer,
            layouts: layouts, ring: { manager.ring }, standing: { agreement.standing }, isReady: { readiness.isReady },
            delivery: { delivery ?? manager.delivery },
            ringAge: { manager.ringAge(now: FleetClock.milliseconds() / 1000) },
            refusals: { refusals?.recent(now: FleetClock.milliseconds() / 1000) ?? [] })
    }
}
