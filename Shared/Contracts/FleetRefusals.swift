/// Tokens that a replica has refused of late for one reason: part of a fleet report. Times are seconds since the epoch by
/// the replica's own clock.
package struct FleetRefusals: Codable, Sendable, Hashable {
    /// The stable code, as clients get it.
    package var code: String
    /// The key that the tokens named, where the reason is a key; bounded, and fit for a screen.
    package var kid: String?
    /// Since `firstAt`.
    package var count: Int64
    package var firstAt: Int64
    package var lastAt: Int64

    package init(code: String, kid: String? = nil, count: Int64, firstAt: Int64, lastAt: Int64) {
        self.code = code
        self.kid = kid
        self.count = count
        self.firstAt = firstAt
        self.lastAt = lastAt
    }

    package enum CodingKeys: String, CodingKey {
        case code, kid, count
        case firstAt = "first_at"
        case lastAt = "last_at"
    }
}
