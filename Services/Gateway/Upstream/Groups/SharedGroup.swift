import CoreMetrics
import Logging
import NIOCore
import Synchronization

/// What the whole process knows of a group's servers. Loops choose by a snapshot of their own; the lock is taken for what
/// changes it (a check's answer, a run of failures) and when somebody asks for the figures, never for a request.
final class SharedGroup: Sendable {
    struct State {
        var health: [TargetHealth]
        var ejections: Ejections
        var status: GroupStatus
        /// By the number of the loop that saw them.
        var counters: [Int: [TargetCounters]] = [:]
        var observers: [@Sendable (GroupStatus) -> Void] = []
        /// No table has it any more: what requests under way still meet is in nobody's figures.
        var isRetired = false
    }

    let group: UpstreamGroup
    private let logger: Logger
    private let state: Mutex<State>

    init(_ group: UpstreamGroup, logger: Logger) {
        self.group = group
        self.logger = logger
        let check = group.health ?? UpstreamGroup.HealthCheck(path: "/")
        let health = TargetHealth(healthyAfter: check.healthyAfter, unhealthyAfter: check.unhealthyAfter)
        let targets = group.targets
        state = Mutex(
            State(
                health: targets.map { _ in health },
                ejections: Ejections(group.outlier ?? UpstreamGroup.OutlierEjection(), targets: targets.count),
                status: GroupStatus(targets: targets.map { _ in TargetStatus() })))
        for target in targets { upGauge(target).record(1) }
    }

    /// - Parameter observer: hears every later snapshot; two may come in the wrong order, so versions count.
    /// - Returns: the present one.
    func observe(_ observer: @escaping @Sendable (GroupStatus) -> Void) -> GroupStatus {
        state.withLock { state in
            state.observers.append(observer)
            return state.status
        }
    }

    /// An answer to a health check.
    func checked(_ target: Int, _ outcome: TargetHealth.Outcome, now: NIODeadline) {
        Counter(
            label: "lockstep_gateway_upstream_health_checks_total",
            dimensions: labels(group.targets[target]) + [("result", outcome == .passed ? "passed" : "failed")]
        ).increment()
        let changed = state.withLock { state -> (isUp: Bool, count: Int)? in
            let wasInService = state.health[target].isInService
            guard state.health[target].on(outcome) else { return nil }
            let isUp = state.health[target].isInService
            if isUp != wasInService { Self.publish(&state) { $0[target].isHealthy = isUp } }
            // Who is well and ejected is out.
            gauge(target, isUp: isUp && state.ejections.until(target, now: now) == nil, state)
            return (isUp, state.status.targets.count(where: \.isHealthy))
        }
        guard let changed else { return }
        tell(target, outcome, isUp: changed.isUp)
        if changed.count == 0 {
            logger.error(
                "upstream has no target in service: its routes answer 503", metadata: ["upstream": "\(group.name)"])
        }
    }

    /// A loop saw as many failures in a row as the group's rule names.
    /// - Returns: the snapshot from now on.
    func failedInARow(_ target: Int, now: NIODeadline) -> GroupStatus {
        let (status, until) = state.withLock { state -> (GroupStatus, NIODeadline?) in
            guard state.ejections.eject(target, now: now) else { return (state.status, nil) }
            let until = state.ejections.until(target, now: now)
            Self.publish(&state) { $0[target].ejectedUntil = until }
            gauge(target, isUp: false, state)
            return (state.status, until)
        }
        guard let until else { return status }
        let name = group.targets[target].name
        logger.warning(
            "upstream target ejected",
            metadata: [
                "upstream": "\(group.name)", "target": "\(name)", "for_ms": "\((until - now).nanoseconds / 1_000_000)",
                "failures": "\(group.outlier?.failures ?? 0)",
            ])
        Counter(label: "lockstep_gateway_upstream_ejections_total", dimensions: labels(group.targets[target]))
            .increment()
        return status
    }

    /// Now and then, by one loop: whose time is over is back.
    func sweep(now: NIODeadline) {
        let back = state.withLock { state -> [Int] in
            let back = state.ejections.sweep(now: now)
            if !back.isEmpty {
                Self.publish(&state) { targets in for target in back { targets[target].ejectedUntil = nil } }
                for target in back { gauge(target, isUp: state.status.targets[target].isHealthy, state) }
            }
            return back
        }
        for target in back {
            logger.info(
                "upstream target is back",
                metadata: ["upstream": "\(group.name)", "target": "\(group.targets[target].name)"])
        }
    }

    func count(_ counters: [TargetCounters], loop: Int) { state.withLock { $0.counters[loop] = counters } }

    /// - Parameter epoch: `now` in seconds since the epoch.
    func report(now: NIODeadline, epoch: Int64) -> UpstreamReport.Upstream {
        state.withLock { state in
            let targets = group.targets.indices.map { index in
                var sum = TargetCounters()
                for counters in state.counters.values { sum += counters[index] }
                var target = UpstreamReport.Target(group.targets[index].name, sum)
                target.weight = group.targets[index].weight
                target.ejections = group.outlier == nil ? nil : state.ejections.total(index)
                if case .unhealthy(let reason) = state.health[index].state {
                    target.state = .unhealthy
                    target.reason = reason
                } else if let until = state.ejections.until(index, now: now) {
                    target.state = .ejected
                    target.ejectedUntil = epoch + ((until - now).nanoseconds + 999_999_999) / 1_000_000_000
                } else {
                    target.state = state.health[index].state == .healthy ? .healthy : .unchecked
                }
                return target
            }
            return UpstreamReport.Upstream(name: group.name, targets: targets)
        }
    }

    /// Observers are called under the lock: all they do is to post to their loop.
    private static func publish(_ state: inout State, _ change: (inout [TargetStatus]) -> Void) {
        change(&state.status.targets)
        state.status.version += 1
        for observer in state.observers { observer(state.status) }
    }

    private func tell(_ target: Int, _ outcome: TargetHealth.Outcome, isUp: Bool) {
        let names: Logger.Metadata = ["upstream": "\(group.name)", "target": "\(group.targets[target].name)"]
        if case .failed(let reason) = outcome {
            logger.warning("upstream target is unhealthy", metadata: names.merging(["reason": "\(reason)"]) { $1 })
        } else {
            logger.info("upstream target is healthy", metadata: names)
        }
    }

    private func labels(_ target: UpstreamGroup.Target) -> [(String, String)] {
        [("upstream", group.name), ("target", target.name)]
    }

    /// Under the lock, so that what is told last is what is so.
    private func gauge(_ target: Int, isUp: Bool, _ state: State) {
        if !state.isRetired { upGauge(group.targets[target]).record(isUp ? 1 : 0) }
    }

    private func upGauge(_ target: UpstreamGroup.Target) -> Gauge {
        Gauge(label: "lockstep_gateway_upstream_target_up", dimensions: labels(target))
    }

    /// Nobody asks its servers any more, so nobody is to be told that one is down.
    /// - Parameter other: of the same name, in its place.
    func retire(for other: UpstreamGroup?) {
        state.withLock { state in
            state.isRetired = true
            for target in group.targets where other?.targets.contains(where: { $0.name == target.name }) != true {
                upGauge(target).destroy()
            }
        }
    }
}

extension UpstreamGroup.Target {
    /// For people and metrics.
    var name: String { origin.text }
}
