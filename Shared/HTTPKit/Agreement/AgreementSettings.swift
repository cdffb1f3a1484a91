package import ServiceKit

extension KeyAgreementMonitor {
    /// | variable | type | default |
    /// |---|---|---|
    /// | `PORTAL_URLS`, or `PORTAL_URL` | addresses of every issuer to agree with, separated by commas | none |
    /// | `KEY_AGREEMENT_INTERVAL_SECONDS` | 1 to 3600 | 15 |
    /// | `KEY_AGREEMENT_GRACE_SECONDS` | 0 to 3600: how long a start waits for issuers that can't be reached | 30 |
    package struct Settings: Sendable {
        package var portalURLs: [String]
        package var intervalSeconds: Int
        package var graceSeconds: Int
        /// False for a service that is an issuer itself: with nobody else to agree with it is complete.
        package var needsIssuers: Bool

        /// - Parameter isIssuer: whether the service signs tokens itself.
        package init(reader: SettingsReader, isIssuer: Bool = false) {
            var urls = reader.urls("PORTAL_URLS")
            if reader.string("PORTAL_URLS") == nil {
                urls = reader.url("PORTAL_URL").map { [$0] } ?? []
            } else if let single = reader.url("PORTAL_URL"), !urls.contains(single) {
                reader.fault(
                    "PORTAL_URL", "is not one of PORTAL_URLS.", mend: "List it there too, or leave PORTAL_URL out.")
            }
            portalURLs = urls.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
            intervalSeconds = reader.int("KEY_AGREEMENT_INTERVAL_SECONDS", default: 15, in: 1...3600)
            graceSeconds = reader.int("KEY_AGREEMENT_GRACE_SECONDS", default: 30, in: 0...3600)
            needsIssuers = !isIssuer
        }

        package init(
            portalURLs: [String], intervalSeconds: Int = 15, graceSeconds: Int = 30, needsIssuers: Bool = true
        ) {
            self.portalURLs = portalURLs
            self.intervalSeconds = intervalSeconds
            self.graceSeconds = graceSeconds
            self.needsIssuers = needsIssuers
        }
    }
}
