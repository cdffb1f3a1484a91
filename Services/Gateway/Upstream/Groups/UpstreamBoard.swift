import Logging
import NIOCore
import Synchronization

/// All upstreams of this process, for what is one thing though there are many loops: whether a server is in service, and
/// the figures of `/internal/v1/upstreams`.
final class UpstreamBoard: Sendable {
    private struct State {
        var groups: [String: SharedGroup] = [:]
        /// Of upstreams that are one address, by name and loop.
        var plain: [String: [Int: (url: String, counters: TargetCounters)]] = [:]
    }

    private let logger: Logger
    private let state = Mutex(State())

    init(logger: Logger) { self.logger = logger }

    /// The same for all loops, as long as the group is the same: servers of one that was not changed keep what is known of
    /// them when routes are reloaded.
    func shared(_ group: UpstreamGroup) -> SharedGroup {
        state.withLock { state in
            if let known = state.groups[group.name], known.group == group { return known }
            state.groups[group.name]?.retire(for: group)
            let new = SharedGroup(group, logger: logger)
            state.groups[group.name] = new
            return new
        }
    }

    /// Forgets the others.
    func retain(_ names: [String]) {
        state.withLock { state in
            for (name, group) in state.groups where !names.contains(name) {
                group.retire(for: nil)
                state.groups[name] = nil
            }
        }
    }

    func count(_ name: String, _ url: String, _ counters: TargetCounters, loop: Int) {
        state.withLock { $0.plain[name, default: [:]][loop] = (url, counters) }
    }

    /// - Parameters:
    ///   - now: by the loops' clock.
    ///   - epoch: the same in seconds since the epoch.
    func report(now: NIODeadline, epoch: Int64) -> UpstreamReport {
        let (groups, plain) = state.withLock { ($0.groups, $0.plain) }
        var upstreams = groups.values.map { $0.report(now: now, epoch: epoch) }
        for (name, loops) in plain {
            var sum = TargetCounters()
            for loop in loops.values { sum += loop.counters }
            guard let url = loops.values.first?.url else { continue }
            var target = UpstreamReport.Target(url, sum)
            target.failures = nil
            upstreams.append(UpstreamReport.Upstream(name: name, targets: [target]))
        }
        return UpstreamReport(upstreams: upstreams.sorted { $0.name < $1.name })
    }
}
