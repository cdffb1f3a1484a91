/// What happens to a running stack. `run` counts the starts of one service, so that news of an earlier one is told from
/// news of the present one.
package enum StackEvent: Sendable, Equatable {
    case begin
    case launched(String, run: Int)
    case exited(String, run: Int, ChildExit)
    case probed(String, run: Int, healthy: Bool, detail: String)
    case elapsed(StackTimer)
    /// Somebody wants it to end; the second time at once.
    case stop(String)
}

package enum StackTimer: Sendable, Hashable {
    /// Time for the next health probe.
    case probe(String, run: Int)
    /// A service that was not healthy once by then never will be.
    case healthDeadline(String)
    /// Back from a crash.
    case relaunch(String, run: Int)
    /// It ran long enough that its next crash is not one of a row.
    case settled(String, run: Int)
    /// From now on a second stop is meant as one: `timeout` and shells deliver one signal twice.
    case patience
    /// The grace of a stop is over.
    case kill(String, run: Int)
}

package enum ChildExit: Sendable, Equatable {
    case code(Int32, lastLines: [String])
    case signal(Int32, lastLines: [String])
    case notStarted(String)

    var isSuccess: Bool { if case .code(0, _) = self { true } else { false } }

    var lastLines: [String] {
        switch self {
        case .code(_, let lines), .signal(_, let lines): lines
        case .notStarted: []
        }
    }

    var words: String {
        switch self {
        case .code(let code, _): "exited with code \(code)"
        case .signal(let number, _): "was ended by signal \(number)"
        case .notStarted(let reason): "can't be started: \(reason)"
        }
    }
}

/// What the shell around the machine has to do.
package enum StackAction: Sendable, Equatable {
    case launch(String, run: Int)
    case probe(String, run: Int)
    case timer(StackTimer, Duration)
    case signal(String, Int32)
    /// A line of lockstep's own.
    case say(String)
    /// Every service runs, and is healthy where it can say so.
    case ready
    /// Nothing runs any more.
    case finish(ExitStatus)
}
