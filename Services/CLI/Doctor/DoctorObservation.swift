import Contracts
import HTTPKit

/// What `lockstep doctor` saw, before it is judged.
struct DoctorObservation: Sendable {
    /// One service as it answered.
    struct Service: Sendable {
        enum Keys: Sendable {
            case report(KeyReport)
            /// 401 or 403: another internal token.
            case refused
            case unreachable(String)
        }
        struct Check: Sendable, Decodable {
            var name: String
            var status: String
            var code: String?
            var detail: String?
        }

        /// `portal`, `gateway`, `plant`
        var role: String
        var url: String
        var keys: Keys
        /// Nil where /ready did not answer.
        var isReady: Bool?
        var checks: [Check] = []
        /// Seconds that its clock is ahead of ours, by its `Date` header; nil: it sent none.
        var clockOffset: Int64?
        /// Of the whole exchange.
        var milliseconds: Int64

        var report: KeyReport? { if case .report(let report) = keys { report } else { nil } }
    }

    /// One hop of the diagnostic token.
    struct Hop: Sendable {
        /// `issue`, `through the gateway`, `straight to the plant`
        var name: String
        var url: String
        /// Nil: no answer.
        var status: Int?
        /// Of the problem it answered with.
        var code: String?
        var detail: String?
        var milliseconds: Int64
        var isGood: Bool { status == 200 }
    }

    var services: [Service]
    /// Nil where no keeper answered with a table.
    var fleet: FleetTable?
    var hops: [Hop]
    /// Seconds; what clocks may differ by.
    var leeway: Int64
}
