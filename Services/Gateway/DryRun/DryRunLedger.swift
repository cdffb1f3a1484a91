import CoreMetrics
import Logging
import Synchronization

/// The differences that all loops found since the candidate was read. Loops come here on their ticks, and with the first
/// request of a kind; no other request meets its lock.
final class DryRunLedger: Sendable {
    static let requestsName = "lockstep_gateway_dry_run_requests_total"
    static let differencesName = "lockstep_gateway_dry_run_differences_total"

    private struct State {
        /// Of the candidate that is counted for.
        var version: UInt64 = 0
        var judged: Int64 = 0
        var counts: [DryRunDifference: Int64] = [:]
        /// Something was counted since the last summary.
        var isNews = false
        /// Seconds since the epoch; nil before the first difference.
        var summedUpAt: Int64?

        mutating func turn(to version: UInt64) {
            guard version > self.version else { return }
            self = Self()
            self.version = version
        }
    }

    /// Kinds that are told apart; the others are counted by change alone.
    static let maximumKinds = 200
    /// Seconds.
    private static let summaryInterval: Int64 = 60

    private let logger: Logger
    private let state = Mutex(State())

    init(logger: Logger) { self.logger = logger }

    /// - Returns: under which name it counts, and whether it is the first of its kind.
    func name(_ difference: DryRunDifference, version: UInt64) -> (DryRunDifference, isFirst: Bool) {
        state.withLock { state in
            state.turn(to: version)
            if state.counts[difference] != nil { return (difference, false) }
            let isKept = state.counts.count < Self.maximumKinds
            let name = isKept ? difference : .other(difference.change)
            let isFirst = state.counts[name] == nil
            if isFirst { state.counts[name] = 0 }
            return (name, isFirst)
        }
    }

    /// - Parameter now: seconds since the epoch.
    func add(judged: Int64, _ counts: [DryRunDifference: Int64], version: UInt64, now: Int64) {
        Counter(label: Self.requestsName).increment(by: judged)
        for (difference, count) in counts {
            Counter(
                label: Self.differencesName,
                dimensions: [
                    ("change", difference.change.rawValue), ("code", difference.code), ("route", difference.route),
                ]
            ).increment(by: count)
        }
        let summary = state.withLock { state -> (judged: Int64, counts: [DryRunDifference: Int64])? in
            // What a loop counted for the candidate before this one is in the metrics alone.
            guard version >= state.version else { return nil }
            state.turn(to: version)
            state.judged += judged
            for (difference, count) in counts { state.counts[difference, default: 0] += count }
            state.isNews = state.isNews || !counts.isEmpty
            guard state.isNews else { return nil }
            // The first of each kind has just been told.
            let since = state.summedUpAt ?? now
            state.summedUpAt = since
            guard now - since >= Self.summaryInterval else { return nil }
            state.isNews = false
            state.summedUpAt = now
            return (state.judged, state.counts)
        }
        if let summary { tell(summary.judged, summary.counts) }
    }

    /// Since the candidate was read.
    var counts: (judged: Int64, differences: [DryRunDifference: Int64]) {
        state.withLock { ($0.judged, $0.counts) }
    }

    private func tell(_ judged: Int64, _ counts: [DryRunDifference: Int64]) {
        for (difference, count) in counts.sorted(by: { $0.value > $1.value }).prefix(20) {
            logger.notice(
                "dry run so far",
                metadata: [
                    "change": "\(difference.change.rawValue)", "code": "\(difference.code)",
                    "route": "\(difference.route)", "candidate_route": "\(difference.candidateRoute)",
                    "requests": "\(count)", "of": "\(judged)",
                ])
        }
    }
}
