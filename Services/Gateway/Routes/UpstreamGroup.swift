/// Several servers behind one name of the file's `upstreams`, with what decides which of them is asked.
package struct UpstreamGroup: Sendable, Equatable {
    package struct Target: Sendable, Equatable {
        package let origin: Origin
        /// Of all weights' sum, 1 to 1000.
        package let weight: Int

        package init(origin: Origin, weight: Int = 1) {
            self.origin = origin
            self.weight = weight
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

        package init(path: String) { self.path = path }
    }

    /// A target that fails real requests is left out for a while.
    package struct OutlierEjection: Sendable, Equatable {
        /// 5xx answers, resets and timeouts in a row.
        package var failures = 5
        /// Milliseconds.
        package var ejectFor: Int64 = 30_000
        /// At most so many of a hundred targets at once.
        package var maximumPercent = 50

        package init() {}
    }

    package let name: String
    package let targets: [Target]
    package let health: HealthCheck?
    package let outlier: OutlierEjection?

    package init(name: String, targets: [Target], health: HealthCheck? = nil, outlier: OutlierEjection? = nil) {
        self.name = name
        self.targets = targets
        self.health = health
        self.outlier = outlier
    }

    /// One server and nothing to decide: as if its address stood in the route.
    var single: Origin? {
        health == nil && outlier == nil && targets.count == 1 ? targets.first?.origin : nil
    }
}
