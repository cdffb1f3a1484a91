/// How much of the plant one module may hold, and when it is left alone for a while. Pure; `ModuleDoor` performs it.
///
/// A module that hangs would else take what its neighbours need as well: connections, and on SQLite the one writer. So
/// few of its requests are under way at once, of those that write only one, and after three that hung in a row none is
/// let in for a while.
struct ModuleGate {
    struct Limits: Sendable, Equatable {
        var requests = 64
        /// Hung in a row, after which it rests.
        var hangs = 3
        /// Seconds.
        var rest: Int64 = 10
    }

    enum Entry: Equatable {
        case enter
        case refuse(ModuleFault)
    }

    let limits: Limits
    private(set) var underWay = 0
    private(set) var hangs = 0
    /// Left behind, and not ended yet.
    private(set) var stuck = 0
    private(set) var restsUntil: Int64?

    init(limits: Limits = Limits()) { self.limits = limits }

    mutating func enter(now: Int64) -> Entry {
        if let until = restsUntil {
            guard now >= until else { return .refuse(.hanging(retryAfter: Int(until - now))) }
            // One may try; what becomes of it decides.
            restsUntil = nil
            hangs = limits.hangs - 1
        }
        guard underWay < limits.requests else { return .refuse(.busy) }
        underWay += 1
        return .enter
    }

    mutating func leave(hung: Bool, now: Int64) {
        underWay -= 1
        hangs = hung ? hangs + 1 : 0
        if hangs >= limits.hangs { restsUntil = now + limits.rest }
    }

    mutating func leftBehind() { stuck += 1 }
    mutating func endedAfterAll() { stuck -= 1 }

    var isHanging: Bool { restsUntil != nil || stuck > 0 }
}
