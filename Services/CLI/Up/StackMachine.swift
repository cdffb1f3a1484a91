import Manifests

/// Starting, watching and stopping a stack, as compose does it: a pure state machine without clock and processes.
/// Dependencies before dependents, dependents stopped before dependencies; health waited for with a deadline; a
/// service that dies takes the stack down unless its restart policy brings it back.
package struct StackMachine {
    static let settledAfter = Duration.seconds(10)
    private static let patience = Duration.milliseconds(500)

    private var units: [StackUnit]
    private var isStopping = false
    private var mayKill = true
    private var isReady = false
    private var isFinished = false
    private var exitStatus = ExitStatus.ok
    private var actions: [StackAction] = []

    package init(_ plan: StackPlan) { units = plan.services.map(StackUnit.init) }

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
            if !isFinished, !units.contains(where: \.isAlive) {
                isFinished = true
                actions.append(.finish(exitStatus))
            }
            return
        }
        for index in units.indices where units[index].state == .waiting && mayStart(units[index]) { launch(index) }
        if !isReady, units.allSatisfy(\.isUp) {
            isReady = true
            actions.append(.ready)
        }
    }

    // MARK: starting

    private func mayStart(_ unit: StackUnit) -> Bool {
        unit.service.dependencies.allSatisfy { dependency in
            units.first { $0.name == dependency.service }?.satisfies(dependency.condition) ?? true
        }
    }

    private mutating func launch(_ index: Int) {
        units[index].run += 1
        units[index].state = .launching
        units[index].failedProbes = 0
        actions.append(.launch(units[index].name, run: units[index].run))
    }

    private mutating func launched(_ index: Int) {
        let unit = units[index]
        units[index].state = .running
        // A stop that came while it was being started takes it from here.
        if isStopping { return }
        actions.append(.timer(.settled(unit.name, run: unit.run), Self.settledAfter))
        guard let check = unit.service.healthcheck else { return }
        actions.append(.timer(.probe(unit.name, run: unit.run), check.untilHealthy))
        // From the first start on, so that a service which keeps crashing meets it too.
        if unit.run == 1 { actions.append(.timer(.healthDeadline(unit.name), check.deadline)) }
    }

    // MARK: watching

    private mutating func probed(_ index: Int, _ healthy: Bool, _ detail: String) {
        guard let check = units[index].service.healthcheck, !isStopping, units[index].isAlive else { return }
        let name = units[index].name
        let before = units[index].state
        units[index].lastProbe = detail
        units[index].failedProbes = healthy ? 0 : units[index].failedProbes + 1
        if healthy, before != .healthy {
            units[index].state = .healthy
            units[index].wasHealthy = true
            actions.append(.say("\(name) is healthy\(before == .unhealthy ? " again" : "")"))
        } else if before == .healthy, units[index].failedProbes >= check.retries {
            units[index].state = .unhealthy
            actions.append(.say("\(name) is unhealthy\(detail.isEmpty ? "" : ": \(detail)")"))
        }
        let pause = units[index].state == .running ? check.untilHealthy : check.interval
        actions.append(.timer(.probe(name, run: units[index].run), pause))
    }

    private mutating func exited(_ index: Int, _ exit: ChildExit) {
        let unit = units[index]
        units[index].state = .stopped
        if isStopping { return }
        let isAwaited = units.contains { other in
            other.service.dependencies.contains { $0.service == unit.name && $0.condition == .completed }
        }
        if exit.isSuccess, isAwaited {
            units[index].state = .completed
            actions.append(.say("\(unit.name) has completed"))
            return
        }
        for line in exit.lastLines { actions.append(.say("  \(unit.name) said: \(line)")) }
        guard
            let delay = RestartRule.delay(
                unit.service.restart, after: exit, crashesInARow: unit.crashesInARow)
        else { return fail("\(unit.name) \(exit.words)") }
        units[index].state = .backingOff
        units[index].crashesInARow += 1
        actions.append(.say("\(unit.name) \(exit.words); restarting in \(Self.seconds(delay))"))
        actions.append(.timer(.relaunch(unit.name, run: unit.run), delay))
    }

    private mutating func elapsed(_ timer: StackTimer) {
        switch timer {
        case .probe(let name, let run):
            if let index = find(name, run), !isStopping, units[index].isAlive {
                actions.append(.probe(name, run: run))
            }
        case .healthDeadline(let name):
            guard let unit = units.first(where: { $0.name == name }), !isStopping, !unit.wasHealthy,
                unit.state != .completed, let check = unit.service.healthcheck
            else { return }
            let detail = unit.lastProbe.isEmpty ? "" : " (healthcheck: \(unit.lastProbe))"
            fail("\(name) was not healthy within \(Self.seconds(check.deadline))\(detail)")
        case .relaunch(let name, let run):
            if let index = find(name, run), !isStopping, units[index].state == .backingOff { launch(index) }
        case .settled(let name, let run):
            if let index = find(name, run), units[index].isAlive { units[index].crashesInARow = 0 }
        case .patience: mayKill = true
        case .kill(let name, let run):
            if let index = find(name, run), units[index].isAlive {
                actions.append(.say("\(name) did not end in time and is killed"))
                actions.append(.signal(name, 9))
            }
        }
    }

    // MARK: stopping

    private mutating func fail(_ reason: String) {
        exitStatus = .negative
        actions.append(.say("\(reason); stopping the others"))
        beginStopping()
    }

    private mutating func stop(_ reason: String) {
        if isStopping {
            guard mayKill else { return }
            for unit in units where unit.isAlive { actions.append(.signal(unit.name, 9)) }
            return
        }
        actions.append(.say("\(reason): stopping; once more kills"))
        mayKill = false
        actions.append(.timer(.patience, Self.patience))
        beginStopping()
    }

    private mutating func beginStopping() {
        isStopping = true
        for index in units.indices where [.waiting, .backingOff].contains(units[index].state) {
            units[index].state = .stopped
        }
    }

    /// A service is stopped when nothing that depends on it runs any more.
    private mutating func stopNext() {
        for index in units.indices {
            let unit = units[index]
            guard unit.isAlive, unit.state != .launching, !unit.wasTerminated else { continue }
            let isNeeded = units.contains { other in
                other.isAlive && other.service.dependencies.contains { $0.service == unit.name }
            }
            if isNeeded { continue }
            units[index].wasTerminated = true
            actions.append(.signal(unit.name, unit.service.stopSignal))
            actions.append(.timer(.kill(unit.name, run: unit.run), unit.service.stopGracePeriod))
        }
    }

    private func find(_ name: String, _ run: Int) -> Int? {
        units.firstIndex { $0.name == name && $0.run == run }
    }

    private static func seconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let tenths = attoseconds / 100_000_000_000_000_000
        return tenths == 0 ? "\(seconds) s" : "\(seconds).\(tenths) s"
    }
}
