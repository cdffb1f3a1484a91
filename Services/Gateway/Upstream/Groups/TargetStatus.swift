package import NIOCore

/// What every loop knows of one server of a group.
package struct TargetStatus: Sendable, Equatable {
    /// Whether its health check lets it serve; true without one.
    package var isHealthy = true
    package var ejectedUntil: NIODeadline?

    package func isEjected(now: NIODeadline) -> Bool { ejectedUntil.map { now < $0 } ?? false }
}

/// The servers of a group as a whole, replaced whole.
package struct GroupStatus: Sendable, Equatable {
    /// Of two the higher one is the later one.
    package var version: UInt64 = 0
    package var targets: [TargetStatus]
}

/// Some of at most 64 servers.
package struct TargetSet: Sendable, Equatable {
    package static let maximum = 64

    private var bits: UInt64 = 0

    package init() {}
    package func contains(_ target: Int) -> Bool { bits & 1 << UInt64(target) != 0 }
    package mutating func insert(_ target: Int) { bits |= 1 << UInt64(target) }
    package var count: Int { bits.nonzeroBitCount }
}

/// What one loop has seen of one server since it started.
struct TargetCounters: Sendable, Equatable {
    var requests = 0
    /// 5xx answers, resets, timeouts, connections that did not come about.
    var failures = 0
    var connectFailures = 0
    var open = 0
    var idle = 0

    static func += (left: inout TargetCounters, right: TargetCounters) {
        left.requests += right.requests
        left.failures += right.failures
        left.connectFailures += right.connectFailures
        left.open += right.open
        left.idle += right.idle
    }
}
