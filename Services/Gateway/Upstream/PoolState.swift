import DequeModule

/// The connections to one origin on one loop, as a pure state machine: who gets which, when to open one, who waits.
package struct PoolState<Connection: AnyObject, Waiter> {
    package enum Lease {
        case use(Connection)
        /// Open one; the waiter gets it or whichever is free first.
        case connect
        case wait
        /// As many wait as may.
        case refuse
    }

    private let maximumConnections: Int
    private let maximumWaiters: Int
    /// The most recently used last: it is used first, and the others get a chance to grow old and be closed.
    private var idle: [(connection: Connection, since: Int64)] = []
    private var waiters: Deque<(ticket: Int, waiter: Waiter)> = []
    private var nextTicket = 0
    /// Leased or idle.
    package private(set) var open = 0
    package private(set) var connecting = 0

    package init(maximumConnections: Int, maximumWaiters: Int) {
        self.maximumConnections = maximumConnections
        self.maximumWaiters = maximumWaiters
    }

    package var idleCount: Int { idle.count }
    /// Asked for so far.
    package var leases: Int { nextTicket }
    package var waiting: Int { waiters.count }

    /// - Parameter fresh: not one that was used before (the second attempt after a stale one).
    package mutating func lease(_ waiter: Waiter, fresh: Bool = false) -> (lease: Lease, ticket: Int) {
        nextTicket += 1
        if !fresh, let last = idle.popLast() { return (.use(last.connection), nextTicket) }
        if waiters.count >= maximumWaiters { return (.refuse, nextTicket) }
        waiters.append((nextTicket, waiter))
        guard open + connecting < maximumConnections else { return (.wait, nextTicket) }
        connecting += 1
        return (.connect, nextTicket)
    }

    package func isWaiting(ticket: Int) -> Bool { waiters.contains { $0.ticket == ticket } }

    package mutating func cancel(ticket: Int) {
        if let index = waiters.firstIndex(where: { $0.ticket == ticket }) { waiters.remove(at: index) }
    }

    /// A connection stands: it goes to whoever waits longest, else it is idle.
    package mutating func connected(_ connection: Connection, now: Int64) -> Waiter? {
        connecting -= 1
        open += 1
        return hand(connection, now: now)
    }

    /// - Returns: whoever waits longest, to be told: each failed attempt fails one; and whether to try again for others.
    package mutating func connectFailed() -> (failed: Waiter?, connectAgain: Bool) {
        connecting -= 1
        let failed = waiters.popFirst()?.waiter
        return (failed, connectForWaiters())
    }

    /// An exchange is over and the connection may serve another.
    package mutating func released(_ connection: Connection, now: Int64) -> Waiter? { hand(connection, now: now) }

    /// - Returns: true when somebody waits for whom there is room now: open another.
    package mutating func closed(_ connection: Connection) -> Bool {
        if let index = idle.firstIndex(where: { $0.connection === connection }) { idle.remove(at: index) }
        open -= 1
        return connectForWaiters()
    }

    /// Those idle since before `deadline`; they are no longer in the pool's hands, but still open until `closed`.
    package mutating func expire(before deadline: Int64) -> [Connection] {
        let count = idle.firstIndex { $0.since >= deadline } ?? idle.count
        defer { idle.removeFirst(count) }
        return idle[..<count].map(\.connection)
    }

    private mutating func connectForWaiters() -> Bool {
        guard waiters.count > connecting, open + connecting < maximumConnections else { return false }
        connecting += 1
        return true
    }

    private mutating func hand(_ connection: Connection, now: Int64) -> Waiter? {
        if let next = waiters.popFirst() { return next.waiter }
        idle.append((connection, now))
        return nil
    }
}
