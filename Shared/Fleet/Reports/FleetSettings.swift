package import ServiceKit

/// How a replica reports to the fleet keeper.
///
/// | variable | type | default |
/// |---|---|---|
/// | `FLEET_KEEPER_URL` | the platform portal that keeps the fleet table | the first of `PORTAL_URLS` |
/// | `FLEET_REPORT_INTERVAL_SECONDS` | 1 to 60 | 5 |
package struct FleetSettings: Sendable, Equatable {
    /// Nil: nobody keeps a table, or the service itself does.
    package var keeperURL: String?
    package var intervalSeconds: Int

    /// - Parameter portalURLs: as `KeyAgreementMonitor.Settings` reads them.
    package init(reader: SettingsReader, portalURLs: [String]) {
        keeperURL = reader.url("FLEET_KEEPER_URL") ?? portalURLs.first
        intervalSeconds = reader.int("FLEET_REPORT_INTERVAL_SECONDS", default: 5, in: 1...60)
    }

    package init(keeperURL: String?, intervalSeconds: Int = 5) {
        self.keeperURL = keeperURL
        self.intervalSeconds = intervalSeconds
    }
}
