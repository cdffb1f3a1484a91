/// Starting, watching and stopping a stack, as compose does it: a pure state machine without clock and processes.
/// Dependencies before dependents, dependents stopped before dependencies; health waited for with a deadline; a
/// service that dies takes the stack down unless its restart policy brings it back.
package struct StackMachine {
    struct Unit {
        let service: PlannedService
        var state = State.waiting
        /// Of how many starts this is the last.
        var run = 0
        var crashesInARow = 0
        var failedProbes = 0
        var wasHealthy = false
        var lastProbe = ""
    }

    enum State: Equatable {
        /// For what it depends on.
        case waiting
        case launching, running, healthy, unhealthy
        /// Crashed, and about to be started again.
        case backingOff
        /// Ended well, and somebody waited for just that.
        case completed
        case stopped
    }

    /// Exit 78: a setting or a secret is wrong, which no restart mends.
    static let configurationExit: Int32 = 78
    static let settledAfter = Duration.seconds(10)
    private static let firstBackoff = Duration.milliseconds(100)
    private static let longestBackoff = Duration.seconds(60)
    private static let startProbe = Duration.milliseconds(500)
    private static let patience = Duration.milliseconds(500)

    private var units: [Unit]
    private var isStopping = false
    private var mayKill = true
    private var isReady = false
    private var isFinished = false
    private var exitStatus = ExitStatus.ok
    private var actions: [StackAction] = []

    package init(_ plan: StackPlan) {
        units = plan.services.map { Unit(service: $0) }
    }

    package mutating func on(_ event: StackEvent) -> [StackAction] {
        actions = []
        switch event {
        case .begin: break
        case .launched(let name, let run): if let index = find(name, run) { launched(index) }
        case .exited(let name, let run, let exit): if let index = find(name, run) { exited(index, exit) }
        case .probed(let name, let run, let healthy, let detail):
            if let index = find(name, run) { probed(index, healthy, detail) }
        case .elapsed(let timer): elapsed(timer)
        case .stop(let reason): stop(reason)
        }
        advance()
        return actions
    }

    /// Starts what may start, stops what may stop, and notices that all is done.
    private mutating func advance() {
        if isStopping {
            stopNext()
            if !isFinished, units.allSatisfy({ !isAlive($0) }) {
                isFinished = true
                actions.append(.finish(exitStatus))
            }
            return
        }
        for index in units.indices where units[index].state == .waiting && mayStart(units[index]) { launch(index) }
        if !isReady, units.allSatisfy(isUp) {
            isReady = true
            actions.append(.ready)
        }
    }

    private func mayStart(_ unit: Unit) -> Bool {
        unit.service.dependencies.allSatisfy { dependency in
            guard let other = units.first(where: { $0.service.name == dependency.service }) else { return true }
            return switch dependency.condition {
            case .started: [.running, .healthy, .unhealthy, .completed].contains(other.state)
            case .healthy: other.state == .healthy
            case .completed: other.state == .completed
            }
        }
    }

    private func isUp(_ unit: Unit) -> Bool {
        switch unit.state {
        case .healthy, .completed: true
        case .running: unit.service.healthcheck == nil
        default: false
        }
    }

    private mutating func launch(_ index: Int) {
        units[index].run += 1
        units[index].state = .launching
        units[index].failedProbes = 0
        actions.append(.launch(units[index].service.name, run: units[index].run))
    }

    private mutating func launched(_ index: Int) {
        let unit = units[index]
        let name = unit.service.name
        // A stop that came while it was being started.
        if isStopping { return terminate(index) }
        units[index].state = .running
        actions.append(.timer(.settled(name, run: unit.run), Self.settledAfter))
        guard let check = unit.service.healthcheck else { return }
        actions.append(.timer(.probe(name, run: unit.run), startInterval(check)))
        if unit.run == 1 { actions.append(.timer(.healthDeadline(name), Self.deadline(check))) }
    }

    /// As long as compose takes to call a service unhealthy that never answers. It counts from the first start, so
    /// that a service which keeps crashing meets it too.
    static func deadline(_ check: ComposeHealthcheck) -> Duration {
        check.startPeriod + check.interval * check.retries + check.timeout
    }

    /// Before it was healthy for the first time a service is asked more often, so that nobody waits for an interval.
    private func startInterval(_ check: ComposeHealthcheck) -> Duration {
        check.startInterval ?? min(check.interval, Self.startProbe)
    }

    private mutating func probed(_ index: Int, _ healthy: Bool, _ detail: String) {
        guard let check = units[index].service.healthcheck, !isStopping,
            [.running, .healthy, .unhealthy].contains(units[index].state)
        else { return }
        let name = units[index].service.name
        units[index].lastProbe = detail
        let next: Duration
        if healthy {
            if units[index].state != .healthy {
                actions.append(.say("\(name) is healthy\(units[index].state == .unhealthy ? " again" : "")"))
            }
            units[index].state = .healthy
            units[index].wasHealthy = true
            units[index].failedProbes = 0
            next = check.interval
        } else {
            units[index].failedProbes += 1
            if units[index].state == .healthy, units[index].failedProbes >= check.retries {
                units[index].state = .unhealthy
                actions.append(.say("\(name) is unhealthy\(detail.isEmpty ? "" : ": \(detail)")"))
            }
            next = units[index].state == .running ? startInterval(check) : check.interval
        }
        actions.append(.timer(.probe(name, run: units[index].run), next))
    }

    private mutating func exited(_ index: Int, _ exit: ChildExit) {
        let unit = units[index]
        let name = unit.service.name
        if isStopping {
            units[index].state = .stopped
            return
        }
        if exit.isSuccess, isAwaited(name) {
            units[index].state = .completed
            actions.append(.say("\(name) has completed"))
            return
        }
        for line in exit.lastLines { actions.append(.say("  \(name) said: \(line)")) }
        guard let delay = restartDelay(unit, exit) else {
            units[index].state = .stopped
            return fail("\(name) \(exit.words)")
        }
        units[index].state = .backingOff
        units[index].crashesInARow += 1
        actions.append(.say("\(name) \(exit.words); restarting in \(Self.seconds(delay))"))
        actions.append(.timer(.relaunch(name, run: unit.run), delay))
    }

    private func isAwaited(_ name: String) -> Bool {
        units.contains { unit in
            unit.service.dependencies.contains { $0.service == name && $0.condition == .completed }
        }
    }

    /// Nil: it is not started again.
    private func restartDelay(_ unit: Unit, _ exit: ChildExit) -> Duration? {
        switch exit {
        case .notStarted, .code(Self.configurationExit, _): return nil
        default: break
        }
        switch unit.service.restart {
        case .never: return nil
        case .onFailure(let limit):
            if exit.isSuccess { return nil }
            if let limit, unit.crashesInARow >= limit { return nil }
        case .always: break
        }
        var delay = Self.firstBackoff
        for _ in 0..<min(unit.crashesInARow, 10) { delay = delay * 2 }
        return min(delay, Self.longestBackoff)
    }

    private mutating func elapsed(_ timer: StackTimer) {
        switch timer {
        case .probe(let name, let run):
            if let index = find(name, run), !isStopping, isAlive(units[index]) {
                actions.append(.probe(name, run: run))
            }
        case .healthDeadline(let name):
            guard let unit = units.first(where: { $0.service.name == name }), !isStopping, !unit.wasHealthy,
                let check = unit.service.healthcheck
            else { return }
            let detail = unit.lastProbe.isEmpty ? "" : "; it last said: \(unit.lastProbe)"
            fail("\(name) was not healthy within \(Self.seconds(Self.deadline(check)))\(detail)")
        case .relaunch(let name, let run):
            if let index = find(name, run), !isStopping, units[index].state == .backingOff { launch(index) }
        case .settled(let name, let run):
            if let index = find(name, run) { units[index].crashesInARow = 0 }
        case .patience: mayKill = true
        case .kill(let name, let run):
            if let index = find(name, run), isAlive(units[index]) {
                actions.append(.say("\(name) did not end in time and is killed"))
                actions.append(.signal(name, 9))
            }
        }
    }

    // MARK: stopping

    private mutating func fail(_ reason: String) {
        exitStatus = .negative
        actions.append(.say("\(reason); stopping the others"))
        isStopping = true
        abandonUnstarted()
    }

    private mutating func stop(_ reason: String) {
        if isStopping {
            guard mayKill else { return }
            for unit in units where isAlive(unit) { actions.append(.signal(unit.service.name, 9)) }
            return
        }
        actions.append(.say("\(reason): stopping; once more kills"))
        mayKill = false
        actions.append(.timer(.patience, Self.patience))
        isStopping = true
        abandonUnstarted()
    }

    private mutating func abandonUnstarted() {
        for index in units.indices where [.waiting, .backingOff].contains(units[index].state) {
            units[index].state = .stopped
        }
    }

    /// A service is stopped when nothing that depends on it runs any more.
    private mutating func stopNext() {
        for index in units.indices where [.running, .healthy, .unhealthy].contains(units[index].state) {
            let name = units[index].service.name
            let isNeeded = units.contains { other in
                isAlive(other) && other.service.dependencies.contains { $0.service == name }
            }
            if !isNeeded { terminate(index) }
        }
    }

    private var terminated: Set<String> = []

    private mutating func terminate(_ index: Int) {
        let unit = units[index]
        guard terminated.insert(unit.service.name).inserted else { return }
        units[index].state = .running
        actions.append(.signal(unit.service.name, unit.service.stopSignal))
        actions.append(.timer(.kill(unit.service.name, run: unit.run), unit.service.stopGracePeriod))
    }

    private func isAlive(_ unit: Unit) -> Bool {
        [.launching, .running, .healthy, .unhealthy].contains(unit.state)
    }

    private func find(_ name: String, _ run: Int) -> Int? {
        units.firstIndex { $0.service.name == name && $0.run == run }
    }

    private static func seconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let tenths = attoseconds / 100_000_000_000_000_000
        return tenths == 0 ? "\(seconds) s" : "\(seconds).\(tenths) s"
    }
}
