import Contracts

/// Tokens that the fleet has refused of late for one reason.
struct RefusedTokens: Sendable, Equatable {
    struct Place: Sendable, Equatable {
        var service: String
        var instance: String
        var count: Int64
        /// The key that the tokens named, where the reason is a key.
        var kid: String?
    }

    /// The stable code.
    var code: String
    var places: [Place]
    /// Seconds since the epoch.
    var lastAt: Int64

    var count: Int64 { places.reduce(0) { $0 + $1.count } }

    /// By reason, the most frequent first.
    static func gathered(from replicas: [FleetTable.Replica]) -> [RefusedTokens] {
        var byCode: [String: RefusedTokens] = [:]
        for row in replicas {
            for refusals in row.report.refusals {
                byCode[refusals.code, default: RefusedTokens(code: refusals.code, places: [], lastAt: 0)].add(
                    refusals, row.report)
            }
        }
        return byCode.values.sorted { ($1.count, $0.code) < ($0.count, $1.code) }
    }

    private mutating func add(_ refusals: FleetRefusals, _ report: FleetReport) {
        places.append(
            Place(
                service: report.service, instance: report.instance, count: refusals.count, kid: refusals.kid))
        lastAt = max(lastAt, refusals.lastAt)
    }
}
