import CoreMetrics
import NIOCore

/// A group of servers as one loop sees it: a pool for each, whose turn it is, and how the last requests went.
final class LoopGroup {
    /// What a tick hands to the metrics backend.
    private struct Outcomes {
        let requests: Counter
        let failures: Counter
        var told = TargetCounters()
    }

    let shared: SharedGroup
    let audience: String
    private let loop: Int
    private let pools: [UpstreamPool]
    private var choice: WeightedChoice
    private var status: GroupStatus
    /// Failures in a row, by target.
    private var runs: [Int]
    private var counters: [TargetCounters]
    private var outcomes: [Outcomes]

    var group: UpstreamGroup { shared.group }

    /// - Parameter loop: its number.
    init(
        _ shared: SharedGroup, loop: Int, eventLoop: any EventLoop, makePool: (UpstreamEndpoint) -> UpstreamPool
    ) {
        let group = shared.group
        self.shared = shared
        self.loop = loop
        audience = group.audience
        pools = group.targets.map { makePool(group.endpoint($0)) }
        choice = WeightedChoice(weights: group.targets.map(\.weight))
        // Else the first request of every loop would go to the same server.
        for _ in 0..<loop { _ = choice.next { _ in true } }
        runs = group.targets.map { _ in 0 }
        counters = group.targets.map { _ in TargetCounters() }
        outcomes = group.targets.map { target in
            let labels = [("upstream", group.name), ("target", target.name)]
            let name = "lockstep_gateway_upstream_requests_total"
            return Outcomes(
                requests: Counter(label: name, dimensions: labels),
                failures: Counter(label: "lockstep_gateway_upstream_failures_total", dimensions: labels))
        }
        status = GroupStatus(targets: group.targets.map { _ in TargetStatus() })
        let reference = NIOLoopBound(Reference(group: self), eventLoop: eventLoop)
        status = shared.observe { status in eventLoop.execute { reference.value.group?.take(status) } }
    }

    /// The shared state outlives this loop's part of it.
    private final class Reference {
        weak var group: LoopGroup?
        init(group: LoopGroup) { self.group = group }
    }

    func pool(_ target: Int) -> UpstreamPool { pools[target] }

    /// The next in turn of those in service. An ejection is a guess of this gateway: where it would leave nobody, who was
    /// ejected is asked rather than none. A failed health check is the operator's own word, and stays.
    /// - Parameter tried: not these.
    /// - Returns: nil when no other is in service.
    func choose(now: NIODeadline, except tried: TargetSet) -> Int? {
        let targets = status.targets
        let next =
            choice.next { targets[$0].isHealthy && !tried.contains($0) && !targets[$0].isEjected(now: now) }
            ?? choice.next { targets[$0].isHealthy && !tried.contains($0) }
        if let next { counters[next].requests += 1 }
        return next
    }

    func succeeded(_ target: Int) { runs[target] = 0 }

    /// A 5xx answer, a reset, a timeout, or no connection.
    func failed(_ target: Int, now: NIODeadline) {
        counters[target].failures += 1
        guard let rule = group.outlier else { return }
        runs[target] += 1
        guard runs[target] >= rule.failures else { return }
        runs[target] = 0
        take(shared.failedInARow(target, now: now))
    }

    private func take(_ new: GroupStatus) {
        guard new.version > status.version else { return }
        for (target, status) in new.targets.enumerated() where status.ejectedUntil != nil { runs[target] = 0 }
        status = new
    }

    // MARK: every tick

    func tick() {
        for pool in pools { pool.closeIdle() }
        flushMetrics()
    }

    func flushMetrics() {
        for index in pools.indices {
            let (present, told) = (counters[index], outcomes[index].told)
            guard present != told else { continue }
            outcomes[index].requests.increment(by: present.requests - told.requests)
            outcomes[index].failures.increment(by: present.failures - told.failures)
            outcomes[index].told = present
        }
    }

    // MARK: whenever somebody asks

    func publish() {
        for (index, pool) in pools.enumerated() {
            counters[index].connectFailures = pool.connectFailures
            counters[index].open = pool.openConnections
            counters[index].idle = pool.idleConnections
        }
        shared.count(counters, loop: loop)
    }

    func gauge(_ metrics: LoopMetrics) {
        for (pool, target) in zip(pools, group.targets) {
            metrics.gauge(
                upstream: group.name, target: target.name, open: pool.openConnections, idle: pool.idleConnections)
        }
    }

    /// No new exchange comes; those under way end in their own time.
    func retire() {
        tick()
        for pool in pools { pool.retire() }
    }

    func shutDown() { for pool in pools { pool.shutDown() } }
}
