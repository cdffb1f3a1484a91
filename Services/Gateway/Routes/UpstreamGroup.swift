/// Several servers behind one name of the file's `upstreams`, with what decides which of them is asked.
package struct UpstreamGroup: Sendable, Equatable {
    package struct Target: Sendable, Equatable {
        package let origin: Origin
        /// Of all weights' sum, 1 to 1000.
        package let weight: Int
        /// For the `Host` field, of a Unix socket; nil: the origin's.
        package let authority: String?

        package init(origin: Origin, weight: Int = 1, authority: String? = nil) {
            self.origin = origin
            self.weight = weight
            self.authority = authority
        }
    }

    /// A question that is asked of each target all the time.
    package struct HealthCheck: Sendable, Equatable {
        package var path: String
        /// Milliseconds, as all here.
        package var interval: Int64 = 5000
        package var timeout: Int64 = 2000
        /// Answers in a row that turn it.
        package var healthyAfter = 2
        package var unhealthyAfter = 3
        /// Of answers that are good; empty: every 2xx.
        package var statuses: Set<Int> = []

        package init(path: String) { self.path = path }
    }

    /// A target that fails real requests is left out for a while.
    package struct OutlierEjection: Sendable, Equatable {
        /// 5xx answers, resets and timeouts in a row.
        package var failures = 5
        /// Milliseconds.
        package var ejectFor: Int64 = 30_000
        /// At most so many of a hundred targets at once; of two and more one at least.
        package var maximumPercent = 50

        package init() {}
    }

    package let name: String
    package let targets: [Target]
    package let health: HealthCheck?
    package let outlier: OutlierEjection?
    /// For those of the targets that are https; nil: as the gateway's settings say.
    package let tls: UpstreamTLS?

    package init(
        name: String, targets: [Target], health: HealthCheck? = nil, outlier: OutlierEjection? = nil,
        tls: UpstreamTLS? = nil
    ) {
        self.name = name
        self.targets = targets
        self.health = health
        self.outlier = outlier
        self.tls = tls
    }

    /// What a gateway assertion names as its audience: no address, since several servers are one service, and nothing that
    /// is another service's.
    package var audience: String { Self.audience(of: name) }

    static func audience(of name: String) -> String { "upstream:\(name)" }

    var usesTLS: Bool { targets.contains(where: \.origin.isTLS) }

    func endpoint(_ target: Target) -> UpstreamEndpoint {
        UpstreamEndpoint(origin: target.origin, authority: target.authority, tls: tls)
    }

    /// One server and nothing to decide: as if its address stood in the route.
    var single: Origin? {
        guard health == nil, outlier == nil, tls == nil, targets.count == 1, targets.first?.authority == nil else {
            return nil
        }
        return targets.first?.origin
    }
}
