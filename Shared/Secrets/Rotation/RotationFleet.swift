/// The fleet as a rotation sees it: who may sign, who must verify, and what each of them holds.
package struct RotationFleet: Sendable, Hashable {
    /// One key that a replica says it holds.
    package struct Key: Sendable, Hashable {
        /// Its kid and aliases.
        package var names: [String]
        package var state: String
        /// A probe signed by it was verified with the present ring.
        package var verified: Bool
        /// Issuers: seconds since the epoch, by their own clock.
        package var lastSignedAt: Int64?

        package init(names: [String], state: String, verified: Bool, lastSignedAt: Int64? = nil) {
            self.names = names
            self.state = state
            self.verified = verified
            self.lastSignedAt = lastSignedAt
        }
    }

    package struct Replica: Sendable, Hashable {
        package var service: String
        package var instance: String
        package var environment: String
        package var source: String
        /// What it holds comes from a variable: only a redeploy changes it.
        package var isPinned: Bool
        /// It neither reports nor said goodbye.
        package var isMissing: Bool
        package var isIssuer: Bool
        /// Issuers: seconds that a token of theirs lives at most.
        package var longestToken: Int64
        /// Seconds.
        package var leeway: Int64
        package var disagrees: Bool
        package var detail: String?
        /// Milliseconds that the keeper's clock is ahead.
        package var clockOffset: Int64?
        package var layouts: [String]
        package var keys: [Key]
        /// Seconds since the epoch, by the keeper's clock.
        package var receivedAt: Int64

        package init(
            service: String, instance: String, environment: String, source: String, isPinned: Bool = false,
            isMissing: Bool = false, isIssuer: Bool = false, longestToken: Int64 = 0, leeway: Int64 = 60,
            disagrees: Bool = false, detail: String? = nil, clockOffset: Int64? = nil,
            layouts: [String] = ["jwks", "names"], keys: [Key], receivedAt: Int64
        ) {
            self.service = service
            self.instance = instance
            self.environment = environment
            self.source = source
            self.isPinned = isPinned
            self.isMissing = isMissing
            self.isIssuer = isIssuer
            self.longestToken = longestToken
            self.leeway = leeway
            self.disagrees = disagrees
            self.detail = detail
            self.clockOffset = clockOffset
            self.layouts = layouts
            self.keys = keys
            self.receivedAt = receivedAt
        }

        /// Whichever of its keys goes by one of these names.
        func key(_ names: [KeyID]) -> Key? {
            keys.first { key in names.contains { key.names.contains($0.rawValue) } }
        }
    }

    package var replicas: [Replica]

    package init(replicas: [Replica]) { self.replicas = replicas }

    var issuers: [Replica] { replicas.filter(\.isIssuer) }

    /// Seconds that the worst clock is off, rounded up.
    var clockMargin: Int64 { replicas.compactMap { $0.clockOffset.map { (abs($0) + 999) / 1000 } }.max() ?? 0 }
}
