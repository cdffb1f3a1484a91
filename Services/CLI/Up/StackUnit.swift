import Manifests

/// One service of a running stack, as `StackMachine` sees it.
struct StackUnit {
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

    let service: PlannedService
    var state = State.waiting
    /// Of how many starts this is the last.
    var run = 0
    var crashesInARow = 0
    var failedProbes = 0
    var wasHealthy = false
    var lastProbe = ""
    var wasTerminated = false

    init(_ service: PlannedService) { self.service = service }

    var name: String { service.name }

    /// There is a process, or there will be one at once.
    var isAlive: Bool { [.launching, .running, .healthy, .unhealthy].contains(state) }

    var isUp: Bool {
        switch state {
        case .healthy, .completed: true
        case .running: service.healthcheck == nil
        default: false
        }
    }

    func satisfies(_ condition: ComposeDependency.Condition) -> Bool {
        switch condition {
        case .started: [.running, .healthy, .unhealthy, .completed].contains(state)
        case .healthy: state == .healthy
        case .completed: state == .completed
        }
    }
}

/// Compose's restart policies, with its growing pauses.
enum RestartRule {
    /// A setting or a secret is wrong, which no restart mends.
    static let configurationExit: Int32 = 78
    private static let first = Duration.milliseconds(100)
    private static let longest = Duration.seconds(60)

    /// Nil: it is not started again.
    static func delay(_ policy: ComposeRestart, after exit: ChildExit, crashesInARow: Int) -> Duration? {
        switch exit {
        case .notStarted, .code(configurationExit, _): return nil
        default: break
        }
        switch policy {
        case .never: return nil
        case .onFailure(let limit):
            if exit.isSuccess { return nil }
            if let limit, crashesInARow >= limit { return nil }
        case .always: break
        }
        // 100 ms doubled ten times is longer than the longest pause.
        return min(first * (1 << min(crashesInARow, 10)), longest)
    }
}

extension ComposeHealthcheck {
    /// As long as compose takes to call a service unhealthy that never answers.
    var deadline: Duration { startPeriod + interval * retries + timeout }

    /// Before it was healthy for the first time a service is asked more often, so that nobody waits for an interval.
    var untilHealthy: Duration { startInterval ?? min(interval, .milliseconds(500)) }
}
