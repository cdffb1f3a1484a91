package import Contracts
package import HTTPKit
package import Secrets
import ServiceKit

/// Makes a replica's report from what it knows of itself.
package struct FleetReportSource: Sendable {
    /// What only an issuer has.
    package struct Issuer: Sendable {
        package var name: String
        /// Seconds.
        package var longestToken: Int64
        /// When each key last signed an access token, by kid; seconds since the epoch.
        package var lastSignedAt: @Sendable () -> [KeyID: Int64]

        package init(name: String, longestToken: Int64, lastSignedAt: @escaping @Sendable () -> [KeyID: Int64]) {
            self.name = name
            self.longestToken = longestToken
            self.lastSignedAt = lastSignedAt
        }
    }

    package let service: String
    package let instance: String
    package let leeway: Int64
    let startedAt: Int64
    private let issuer: Issuer?
    private let layouts: [String]
    private let ring: @Sendable () -> KeyRing
    private let standing: @Sendable () -> AgreementStanding
    private let isReady: @Sendable () -> Bool
    private let delivery: @Sendable () -> String
    private let ringAge: @Sendable () -> Int64
    private let refusals: @Sendable () -> [FleetRefusals]

    /// - Parameters:
    ///   - leeway: `JWT_LEEWAY_SECONDS`.
    ///   - layouts: what it reads as a ring: `jwks`, `names`.
    ///   - standing: of the agreement monitor.
    ///   - delivery: `watched` or `pinned`.
    ///   - ringAge: seconds since what is held was found in its source.
    ///   - refusals: of late, the latest first.
    package init(
        service: String, instance: String, leeway: Int64, startedAt: Int64, issuer: Issuer? = nil,
        layouts: [String] = ["jwks", "names"],
        ring: @escaping @Sendable () -> KeyRing, standing: @escaping @Sendable () -> AgreementStanding,
        isReady: @escaping @Sendable () -> Bool, delivery: @escaping @Sendable () -> String,
        ringAge: @escaping @Sendable () -> Int64, refusals: @escaping @Sendable () -> [FleetRefusals] = { [] }
    ) {
        self.service = FleetText.name(service)
        self.instance = FleetText.name(instance)
        self.leeway = leeway
        self.startedAt = startedAt
        self.issuer = issuer
        self.layouts = layouts
        self.ring = ring
        self.standing = standing
        self.isReady = isReady
        self.delivery = delivery
        self.ringAge = ringAge
        self.refusals = refusals
    }

    /// - Parameter clockOffset: milliseconds that the keeper's clock is ahead.
    package func report(clockOffset: Int64?) -> FleetReport {
        let ring = ring()
        var standing = standing()
        if standing.ringVersion != ring.version {
            // The ring is newer than what is known of it: no key of it has been proven.
            standing.verified = []
            standing.lagging = []
            if standing.agreement == "agreed" { standing.agreement = "pending" }
        }
        let signed = issuer?.lastSignedAt() ?? [:]
        return FleetReport(
            service: service, instance: instance, environment: ring.environment.rawValue,
            source: FleetText.clean(ring.source, limit: FleetReportRules.maximumSource),
            delivery: delivery(), ringVersion: ring.version, ringAge: ringAge(),
            keys: ring.keys.prefix(FleetReportRules.maximumKeys).map { key in
                FleetKey(
                    kid: Self.kid(key.publishedID),
                    aliases: key.publishedID == "weak"
                        ? [] : key.aliases.prefix(FleetReportRules.maximumAliases).map { Self.kid($0.rawValue) },
                    algorithm: key.algorithm.rawValue, state: key.state.rawValue,
                    verified: standing.verified.contains(key.id.rawValue), lastSignedAt: signed[key.id])
            },
            issuer: issuer.map { FleetText.clean($0.name, limit: 256) }, longestToken: issuer?.longestToken,
            leeway: leeway, agreement: standing.agreement,
            detail: standing.detail.map { FleetText.clean($0, limit: FleetReportRules.maximumDetail) },
            clockOffset: clockOffset, layouts: layouts, build: BuildInfo.version, startedAt: startedAt,
            ready: isReady(),
            lagging: standing.lagging.prefix(FleetReportRules.maximumLagging).map(Self.kid),
            refusals: refusals().prefix(FleetReportRules.maximumRefusals).map { refusal in
                var refusal = refusal
                refusal.kid = refusal.kid.map(Self.kid)
                return refusal
            })
    }

    private static func kid(_ text: String) -> String { FleetText.clean(text, limit: FleetReportRules.maximumKid) }
}
