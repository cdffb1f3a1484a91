import NIOCore

/// Asks every server of a group how it is, all the time, over connections of its own: a server that takes no new one is
/// found out, and a pool that is busy says nothing about health.
final class HealthChecker {
    private let check: UpstreamGroup.HealthCheck
    private let shared: SharedGroup
    private let eventLoop: any EventLoop
    private let deadlines: LoopDeadlines
    private let random: () -> UInt64
    private let pools: [UpstreamPool]
    private let lines: HeadBuffer
    private var scheduled: [Scheduled<Void>?]
    private var isStopped = false

    /// - Parameter random: any 64 bits.
    init(
        _ check: UpstreamGroup.HealthCheck, of shared: SharedGroup, eventLoop: any EventLoop,
        deadlines: LoopDeadlines, random: @escaping () -> UInt64, makePool: (UpstreamEndpoint) -> UpstreamPool
    ) {
        self.check = check
        self.shared = shared
        self.eventLoop = eventLoop
        self.deadlines = deadlines
        self.random = random
        pools = shared.group.targets.map { makePool(shared.group.endpoint($0)) }
        var lines = HeadBuffer()
        lines.writeStaticString("User-Agent: lockstep-gateway-health\r\nAccept: */*\r\nConnection: close\r\n")
        self.lines = lines
        scheduled = pools.map { _ in nil }
    }

    /// The first questions go out spread over a tenth of the interval.
    func start() { for target in pools.indices { ask(target, in: interval.nanoseconds / 10 * share / 1024) } }

    func stop() {
        isStopped = true
        for task in scheduled { task?.cancel() }
        for pool in pools { pool.shutDown() }
    }

    func closeIdle() { for pool in pools { pool.closeIdle() } }

    private var interval: TimeAmount { .milliseconds(check.interval) }
    /// Of 1024.
    private var share: Int64 { Int64(random() % 1024) }

    /// - Parameter delay: nanoseconds.
    private func ask(_ target: Int, in delay: Int64) {
        let checker = NIOLoopBound(self, eventLoop: eventLoop)
        scheduled[target] = eventLoop.scheduleTask(in: .nanoseconds(delay)) { checker.value.ask(target) }
    }

    private func ask(_ target: Int) {
        guard !isStopped else { return }
        let askedAt = eventLoop.now
        let call = UpstreamCall(
            pool: pools[target], target: check.path, lines: lines, deadlines: deadlines,
            deadline: askedAt + .milliseconds(check.timeout)
        ) { [weak self] answer in
            guard let self, !isStopped else { return }
            shared.checked(target, judge(answer), now: eventLoop.now)
            // Within a tenth of the interval, so that gateways which started together do not go on asking together.
            let next = interval.nanoseconds / 10 * 9 + interval.nanoseconds / 5 * share / 1024
            ask(target, in: max(0, next - (eventLoop.now - askedAt).nanoseconds))
        }
        call.start()
    }

    private func judge(_ answer: PlantAnswer) -> TargetHealth.Outcome {
        switch answer {
        case .answered(let status, _):
            let isGood = check.statuses.isEmpty ? (200..<300).contains(status) : check.statuses.contains(status)
            return isGood ? .passed : .failed("\(check.path) answered \(status)")
        case .failed(let reason), .notAsked(let reason): return .failed(reason)
        }
    }
}
