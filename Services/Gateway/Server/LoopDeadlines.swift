import NIOCore

/// Something on a loop that may not last forever.
protocol Deadlined: AnyObject {
    /// `.distantFuture`: none at present. Setting it costs a store: nothing is scheduled.
    var deadline: NIODeadline { get }
    /// Its place in the loop's list; kept by `LoopDeadlines`.
    var deadlineSlot: Int { get set }
    /// The deadline has passed. It is asked again on every tick until it sets another or is removed.
    func deadlinePassed()
}

/// One repeated tick per loop that looks through everything with a deadline. Ten thousand connections cost it a few
/// tens of microseconds per tick; a scheduled task per request would cost every request.
final class LoopDeadlines {
    private var entries: [any Deadlined] = []
    private var tick: RepeatedTask?
    private let eventLoop: any EventLoop
    private let interval: TimeAmount
    /// Runs on every tick, after the deadlines.
    var onTick: (() -> Void)?

    init(eventLoop: any EventLoop, interval: TimeAmount) {
        self.eventLoop = eventLoop
        self.interval = interval
    }

    func start() {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        tick = eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in bound.value.check() }
    }

    func stop() {
        tick?.cancel()
        tick = nil
    }

    func add(_ entry: any Deadlined) {
        entry.deadlineSlot = entries.count
        entries.append(entry)
    }

    func remove(_ entry: any Deadlined) {
        let slot = entry.deadlineSlot
        guard slot >= 0, slot < entries.count, entries[slot] === entry else { return }
        entry.deadlineSlot = -1
        let last = entries.removeLast()
        guard last !== entry else { return }
        entries[slot] = last
        last.deadlineSlot = slot
    }

    func check() {
        let now = eventLoop.now
        // Whoever is told may remove itself and others.
        let due = entries.filter { $0.deadline <= now }
        for entry in due where entry.deadlineSlot >= 0 && entry.deadline <= now { entry.deadlinePassed() }
        onTick?()
    }

    var count: Int { entries.count }
}
