import Logging

/// A pool's state and rules. Lives on the poller's thread alone, so it needs no lock.
///
/// - Those who wait are served in the order of asking, each until its deadline.
/// - A connection is made only for somebody who waits. When that fails, the first in line is told why.
/// - One that was lost, is too old, or comes back inside of a transaction is thrown away.
final class PostgreSQLCore {
    typealias Lent = Result<UInt64, any Error>

    private struct Waiter {
        let id: UInt64
        let deadline: Tick
        let finish: @Sendable (Lent) -> Void
    }

    private struct Member {
        let link: PostgreSQLLink
        let madeAt: Tick
        var idleSince: Tick
    }

    private let address: PostgreSQLAddress
    private let limits: PostgreSQLLimits
    private unowned let poller: PostgreSQLPoller
    let listener: PostgreSQLListener
    var turns = PostgreSQLTurns()
    private var members: [UInt64: Member] = [:]
    /// Ready for use; the one used last is at the end.
    private var idle: [UInt64] = []
    private var waiters: [Waiter] = []
    /// Being resolved, connected or tried.
    private var opening: Set<UInt64> = []
    private var nextID: UInt64 = 0
    private var closers: [@Sendable () -> Void] = []
    private var isClosing = false
    private(set) var isFinished = false

    init(address: PostgreSQLAddress, poller: PostgreSQLPoller, hub: NotificationHub, logger: Logger) {
        self.address = address
        limits = address.limits
        self.poller = poller
        listener = PostgreSQLListener(address: address, poller: poller, hub: hub, logger: logger)
    }

    static var closed: StorageError { .unavailable("the database is closed") }

    // MARK: For the poller

    var watched: [PostgreSQLLink] {
        members.values.map(\.link).filter { !$0.isDead } + [listener.link].compactMap { $0 }.filter { !$0.isDead }
    }

    var nextDeadline: Tick? {
        let others = [listener.retryAt, turns.nextDeadline].compactMap { $0 }
        return (watched.compactMap(\.deadline) + waiters.map(\.deadline) + others).min()
    }

    func tick(now: Tick) {
        for link in watched { link.expire(now: now) }
        listener.tick(now: now)
        turns.tick(now: now)
        for id in idle where members[id]?.link.isDead ?? true { drop(id) }
        for waiter in waiters where waiter.deadline <= now {
            waiters.removeAll { $0.id == waiter.id }
            waiter.finish(.failure(StorageError.unavailable("no database connection became free in time")))
        }
        serve(now: now)
    }

    // MARK: Lending

    func borrow(id: UInt64, _ finish: @escaping @Sendable (Lent) -> Void) {
        guard !isClosing else { return finish(.failure(Self.closed)) }
        let now = PostgreSQLPoller.now()
        waiters.append(Waiter(id: id, deadline: now + limits.wait.ticks, finish: finish))
        serve(now: now)
    }

    /// Those who come to a closing pool would find no connection when their turn came.
    func takeTurn(id: UInt64, _ finish: @escaping @Sendable (Result<Void, any Error>) -> Void) {
        guard !isClosing else { return finish(.failure(Self.closed)) }
        turns.take(id: id, deadline: PostgreSQLPoller.now() + limits.wait.ticks, finish)
    }

    func abandon(waiter id: UInt64) {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return }
        waiters.remove(at: index).finish(.failure(CancellationError()))
    }

    func giveBack(_ id: UInt64, reusable: Bool) {
        let now = PostgreSQLPoller.now()
        guard var member = members[id] else { return serve(now: now) }
        let isWorn = now > member.madeAt + limits.lifetime.ticks
        if reusable, member.link.isReady, member.link.isReading { return endReading(id) }
        if reusable, !isWorn, member.link.isReady, !member.link.isInTransaction {
            member.idleSince = now
            members[id] = member
            idle.append(id)
        } else {
            drop(id)
        }
        serve(now: now)
    }

    /// Nobody waits for the end of a transaction that changed nothing.
    private func endReading(_ id: UInt64) {
        run(sql: "COMMIT", .none, on: id, operation: 0, timeout: limits.connect) { [unowned self] result in
            if case .success = result { giveBack(id, reusable: true) } else { giveBack(id, reusable: false) }
        }
    }

    func condemn(_ id: UInt64) { members[id]?.link.die("closed here") }

    func close(_ finish: @escaping @Sendable () -> Void) {
        // The thread may have some jobs to look at after the last one it was meant for.
        if isFinished { return finish() }
        isClosing = true
        closers.append(finish)
        serve(now: PostgreSQLPoller.now())
    }

    private func serve(now: Tick) {
        while !waiters.isEmpty, let id = idle.popLast() { lend(id, now: now) }
        while waiters.count > opening.count, members.count + connecting < limits.connections { open() }
        guard isClosing, waiters.isEmpty, opening.isEmpty, idle.count == members.count, !isFinished else { return }
        members = [:]
        idle = []
        listener.close()
        isFinished = true
        for closer in closers { closer() }
    }

    /// Resolved, but no member yet.
    private var connecting: Int { opening.count { members[$0] == nil } }

    private func lend(_ id: UInt64, now: Tick) {
        guard let member = members[id], member.link.isReady else { return drop(id) }
        guard now > member.idleSince + limits.unproven.ticks else { return waiters.removeFirst().finish(.success(id)) }
        opening.insert(id)
        run(sql: "SELECT 1", .none, on: id, operation: 0, timeout: limits.connect) { [unowned self] result in
            opening.remove(id)
            guard case .success = result else { return drop(id) }
            hand(id)
        }
    }

    private func hand(_ id: UInt64) {
        if waiters.isEmpty {
            members[id]?.idleSince = PostgreSQLPoller.now()
            idle.append(id)
        } else {
            waiters.removeFirst().finish(.success(id))
        }
    }

    private func drop(_ id: UInt64) {
        members[id] = nil
        idle.removeAll { $0 == id }
    }

    // MARK: Opening

    private func open() {
        nextID += 1
        let id = nextID
        opening.insert(id)
        guard !address.isSocket else { return connect(id, .success([])) }
        let poller = poller
        HostResolver.resolve(address.host) { found in poller.submit { $0.connect(id, found) } }
    }

    private func connect(_ id: UInt64, _ found: Result<[String], StorageError>) {
        let now = PostgreSQLPoller.now()
        switch found {
        case .failure(let error):
            fail(id, error)
        case .success(let addresses):
            let link = PostgreSQLLink(
                id: id, parameters: address.parameters(addresses: addresses),
                preparedLimit: limits.preparedStatements, connectDeadline: now + limits.connect.ticks
            ) { [unowned self] failure in
                if let failure { return fail(id, .unavailable(failure.reason)) }
                opening.remove(id)
                hand(id)
            }
            guard let link else { return fail(id, .unavailable("no memory for a connection")) }
            members[id] = Member(link: link, madeAt: now, idleSince: now)
        }
    }

    private func fail(_ id: UInt64, _ error: StorageError) {
        opening.remove(id)
        drop(id)
        if !waiters.isEmpty { waiters.removeFirst().finish(.failure(error)) }
    }

    // MARK: Statements

    /// - Parameters:
    ///   - opening: of the transaction whose first statement it is.
    ///   - timeout: after which the server is taken for dead.
    ///   - finish: called on this thread.
    func run(
        sql: String, _ arguments: PostgreSQLArguments, on id: UInt64, operation: UInt64,
        opening: PostgreSQLOpening? = nil, isPrepared: Bool = false, timeout: Duration,
        finish: @escaping (Result<PostgreSQLResult, any Error>) -> Void
    ) {
        guard let link = members[id]?.link else {
            return finish(.failure(PostgreSQLLink.Failure.unsent))
        }
        link.start(
            PostgreSQLOperation(
                id: operation, opening: opening, sql: sql, arguments: arguments, isPrepared: isPrepared,
                deadline: PostgreSQLPoller.now() + timeout.ticks, finish: finish))
    }

    func cancel(operation: UInt64, on id: UInt64) {
        let deadline = PostgreSQLPoller.now() + limits.silence.ticks
        guard let handle = members[id]?.link.canceller(of: operation, deadline: deadline) else { return }
        PostgreSQLCancel(owning: handle).send()
    }
}

extension Duration {
    var ticks: Tick {
        Tick(clamping: components.seconds) * 1_000_000_000 + Tick(components.attoseconds / 1_000_000_000)
    }
}
