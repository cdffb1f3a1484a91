package import NIOCore

/// Which servers of a group are left out for failing real requests, as a pure state machine. Who is thrown out again soon
/// after it came back stays out longer; and never are more out at once than the group's rule allows.
package struct Ejections: Sendable, Equatable {
    private struct Record: Sendable, Equatable {
        var until: NIODeadline?
        /// Ejections that followed on each other.
        var times = 0
        /// After this the next one counts as the first.
        var forgottenAt = NIODeadline.uptimeNanoseconds(0)
        var total = 0
    }

    /// So many times `ejectFor` is the longest.
    package static let longest = 10

    private let ejectFor: TimeAmount
    /// At once.
    package let maximum: Int
    private var records: [Record]

    package init(_ rule: UpstreamGroup.OutlierEjection, targets: Int) {
        ejectFor = .milliseconds(rule.ejectFor)
        // A share that rounds to nobody would make the rule one that does nothing; one server alone is never out.
        maximum = targets < 2 ? 0 : max(1, targets * rule.maximumPercent / 100)
        records = Array(repeating: Record(), count: targets)
    }

    /// Somebody saw as many failures in a row as the rule names.
    /// - Returns: whether it is out from now on; not when it is already, or as many others as may be.
    package mutating func eject(_ target: Int, now: NIODeadline) -> Bool {
        guard until(target, now: now) == nil else { return false }
        guard records.indices.count(where: { until($0, now: now) != nil }) < maximum else { return false }
        var record = records[target]
        record.times = now < record.forgottenAt ? min(record.times + 1, Self.longest) : 1
        record.total += 1
        let duration = ejectFor * record.times
        record.until = now + duration
        record.forgottenAt = now + duration + duration
        records[target] = record
        return true
    }

    /// - Returns: those whose time is over, each once.
    package mutating func sweep(now: NIODeadline) -> [Int] {
        let over = records.indices.filter { index in records[index].until.map { $0 <= now } ?? false }
        for index in over { records[index].until = nil }
        return over
    }

    /// - Returns: nil for one that is not out.
    package func until(_ target: Int, now: NIODeadline) -> NIODeadline? {
        records[target].until.flatMap { now < $0 ? $0 : nil }
    }

    /// Ejections of this one so far.
    package func total(_ target: Int) -> Int { records[target].total }
}
