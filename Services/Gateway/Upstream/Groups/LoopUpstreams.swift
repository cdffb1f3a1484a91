import NIOCore

/// The groups of one loop, by name; and on the first loop the questions that are asked of their servers for all.
final class LoopUpstreams {
    private let number: Int
    private let eventLoop: any EventLoop
    private let board: UpstreamBoard
    private let deadlines: LoopDeadlines
    private let randomness: LoopRandomness
    private let makePool: (UpstreamEndpoint) -> UpstreamPool
    private let longestExchange: TimeAmount
    private var groups: [String: LoopGroup] = [:]
    /// Those that no table has any more, and since when: a request that began before ends with what it began with.
    private var retired: [(name: String, group: LoopGroup, since: NIODeadline)] = []
    /// Of the first loop alone: one per process.
    private var checkers: [String: HealthChecker] = [:]
    private var isStarted = false

    init(
        number: Int, eventLoop: any EventLoop, board: UpstreamBoard, deadlines: LoopDeadlines,
        randomness: LoopRandomness, longestExchange: TimeAmount, makePool: @escaping (UpstreamEndpoint) -> UpstreamPool
    ) {
        self.number = number
        self.eventLoop = eventLoop
        self.board = board
        self.deadlines = deadlines
        self.randomness = randomness
        self.longestExchange = longestExchange
        self.makePool = makePool
    }

    subscript(name: String) -> LoopGroup? { groups[name] ?? retired.last { $0.name == name }?.group }

    /// On the loop: another table's groups take the place of these. What did not change goes on with its connections and
    /// with what is known of its servers.
    func replace(with new: [String: UpstreamGroup]) {
        for (name, present) in groups where new[name] != present.group {
            present.retire()
            retired.append((name, present, eventLoop.now))
            groups[name] = nil
            checkers.removeValue(forKey: name)?.stop()
        }
        for (name, group) in new where groups[name] == nil {
            groups[name] = LoopGroup(board.shared(group), loop: number, eventLoop: eventLoop, makePool: makePool)
        }
        guard number == 0 else { return }
        board.retain(Array(new.keys))
        if isStarted { startCheckers() }
    }

    func start() {
        isStarted = true
        if number == 0 { startCheckers() }
    }

    private func startCheckers() {
        for (name, group) in groups where checkers[name] == nil {
            guard let check = group.group.health else { continue }
            let checker = HealthChecker(
                check, of: group.shared, eventLoop: eventLoop, deadlines: deadlines, random: randomness.word,
                makePool: makePool)
            checkers[name] = checker
            checker.start()
        }
    }

    func tick() {
        for retiree in retired { retiree.group.flushMetrics() }
        retired.removeAll { eventLoop.now - $0.since >= longestExchange }
        for group in groups.values { group.tick() }
        guard number == 0 else { return }
        for group in groups.values where group.group.outlier != nil { group.shared.sweep(now: eventLoop.now) }
        for checker in checkers.values { checker.closeIdle() }
    }

    /// What this loop has counted so far.
    func publish(plain pools: [UpstreamName: UpstreamPool]) {
        for group in groups.values { group.publish() }
        for (name, pool) in pools {
            var counters = TargetCounters()
            counters.requests = pool.leases
            counters.connectFailures = pool.connectFailures
            counters.open = pool.openConnections
            counters.idle = pool.idleConnections
            board.count(name.label, pool.origin.text, counters, loop: number)
        }
    }

    /// As all loops have published it.
    /// - Parameter epoch: now, in seconds since the epoch.
    func report(epoch: Int64) -> UpstreamReport { board.report(now: eventLoop.now, epoch: epoch) }

    /// What was counted since the last time.
    func flushMetrics() {
        for retiree in retired { retiree.group.flushMetrics() }
        for group in groups.values { group.flushMetrics() }
    }

    func gauge(_ metrics: LoopMetrics) {
        // Until their last connection is closed; a server that is in both belongs to the present group.
        for retiree in retired { retiree.group.gauge(metrics) }
        for group in groups.values { group.gauge(metrics) }
    }

    func shutDown() {
        for checker in checkers.values { checker.stop() }
        for group in groups.values { group.shutDown() }
        for retiree in retired { retiree.group.shutDown() }
    }
}
