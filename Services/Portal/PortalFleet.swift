import Fleet
import Secrets
import ServerKit
import ServiceKit

// What a portal knows of the fleet, and does with its keys.

extension Portal {
    static func board(
        settings: PortalSettings, parts: ServerParts, stores: Stores, resources: Resources
    ) -> FleetBoard {
        let reports = KeyReports(
            client: resources.client, urls: settings.serviceURLs, internalToken: parts.internalToken)
        let (manager, service, instance) = (parts.manager, parts.service, parts.common.instance)
        let (fleet, rotation, clock) = (stores.fleet, stores.rotation, parts.clock)
        return FleetBoard(
            own: { .own(manager.diagnostics(), service: service, instance: instance) },
            diagnostics: { manager.diagnostics() },
            ask: { await reports.standings(own: $0) },
            read: { (try await fleet?.replicas(now: clock.now()) ?? [], try await rotation?.record()) },
            uptime: resources.uptime)
    }

    /// Nil where nothing can be rotated from here.
    static func rotationDesk(
        algorithm: KeyAlgorithm, parts: ServerParts, stores: Stores, resources: Resources
    ) -> RotationDesk? {
        guard let fleet = stores.fleet, let rotations = stores.rotation, let store = parts.manager.writableStore else {
            return nil
        }
        let (clock, entropy) = (parts.clock, resources.entropy)
        return RotationDesk(
            store: store,
            ledger: RotationLedger(
                store: rotations, clock: clock, entropy: entropy,
                replicas: { try await fleet.replicas(now: clock.now()) }),
            ring: { [manager = parts.manager] in manager.ring }, algorithm: algorithm,
            surroundings: .init(
                pause: { try await Task.sleep(for: $0) }, uptime: resources.uptime,
                identifier: { entropy.identifier() }))
    }
}
