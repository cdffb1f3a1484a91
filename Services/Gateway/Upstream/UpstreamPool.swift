import NIOCore
import ServiceKit

/// The connections of one loop to one origin: the shell that performs what `PoolState` says.
final class UpstreamPool {
    typealias Waiter = (Result<UpstreamConnection, UpstreamFault>) -> Void

    /// GW_UPSTREAM_CONNECTIONS and GW_UPSTREAM_WAITERS.
    struct Limits: Sendable {
        var connections = 256
        /// Whoever waits is held in memory, and has a deadline.
        var waiters = 4096
        /// Kept-alive connections that nobody used for so long are closed.
        var idle: TimeAmount = .seconds(15)
    }

    let origin: Origin
    /// For the `Host` field.
    let authority: String
    private let eventLoop: any EventLoop
    private let connectChannel: Connect
    private let limits: Limits
    private var state: PoolState<UpstreamConnection, Waiter>
    private var connections: [ObjectIdentifier: UpstreamConnection] = [:]
    private(set) var isShutDown = false
    /// Its connections serve who has them or waits for one, and are not kept.
    private var isRetired = false
    private(set) var connectFailures = 0

    /// Opens a channel whose last handler is the one that is made for it.
    typealias Connect = (_ makeHandler: @escaping () -> UpstreamConnection) -> EventLoopFuture<any Channel>

    /// - Parameter authority: nil: the origin's.
    init(
        origin: Origin, authority: String? = nil, eventLoop: any EventLoop, limits: Limits = Limits(),
        connect: @escaping Connect
    ) {
        self.origin = origin
        self.authority = authority ?? origin.authority
        self.eventLoop = eventLoop
        self.limits = limits
        connectChannel = connect
        state = PoolState(maximumConnections: limits.connections, maximumWaiters: limits.waiters)
    }

    var openConnections: Int { state.open }
    var idleConnections: Int { state.idleCount }
    /// No connection, and nobody who waits for one.
    var isUnused: Bool { state.open == 0 && state.connecting == 0 && state.waiting == 0 }
    var leases: Int { state.leases }

    /// - Parameter fresh: none that was idle.
    /// - Returns: a ticket to cancel with, nil when `waiter` has been called already.
    func lease(fresh: Bool = false, _ waiter: @escaping Waiter) -> Int? {
        while true {
            let (lease, ticket) = state.lease(waiter, fresh: fresh)
            switch lease {
            case .use(let connection):
                guard connection.isUsable else { continue }
                waiter(.success(connection))
                return nil
            case .connect:
                connect()
                // An attempt that can't even begin has told the waiter by now.
                return state.isWaiting(ticket: ticket) ? ticket : nil
            case .wait:
                return ticket
            case .refuse:
                waiter(.failure(.exhausted))
                return nil
            }
        }
    }

    func cancel(ticket: Int) { state.cancel(ticket: ticket) }

    func release(_ connection: UpstreamConnection) {
        if isShutDown || isRetired { return connection.close() }
        if let waiter = state.released(connection, now: nanoseconds) { waiter(.success(connection)) }
    }

    func connectionClosed(_ connection: UpstreamConnection) {
        connections.removeValue(forKey: ObjectIdentifier(connection))
        if state.closed(connection) { connect() }
    }

    /// On every tick of the loop.
    func closeIdle() {
        for connection in state.expire(before: nanoseconds - limits.idle.nanoseconds) { connection.close() }
    }

    /// Nobody new comes, and who is there ends in good order.
    func retire() {
        isRetired = true
        for connection in state.expire(before: .max) { connection.close() }
    }

    func shutDown() {
        isShutDown = true
        for connection in Array(connections.values) { connection.close() }
    }

    private var nanoseconds: Int64 { Int64(eventLoop.now.uptimeNanoseconds) }

    private func connect() {
        let handler = UpstreamConnection(pool: self)
        connectChannel { handler }.assumeIsolated().whenComplete { result in
            switch result {
            case .success:
                // It may have been closed again before this callback ran; then nobody may count on it.
                self.connections[ObjectIdentifier(handler)] = handler
                handler.registered()
                let waiter = self.state.connected(handler, now: self.nanoseconds)
                if self.isShutDown {
                    handler.close()
                    waiter?(.failure(.connect("shutting down")))
                } else if handler.isUsable {
                    waiter?(.success(handler))
                    if waiter == nil { handler.read() }
                } else {
                    self.connectionClosed(handler)
                    waiter?(.failure(.connect("closed at once")))
                }
            case .failure(let error):
                self.connectFailures += 1
                let (failed, connectAgain) = self.state.connectFailed()
                failed?(.failure(.connect("\(error)")))
                if connectAgain { self.connect() }
            }
        }
    }
}

extension UpstreamPool.Limits {
    init(reader: SettingsReader) {
        connections = reader.int("GW_UPSTREAM_CONNECTIONS", default: connections, in: 1...65_536)
        waiters = reader.int("GW_UPSTREAM_WAITERS", default: waiters, in: 1...1_000_000)
    }
}
