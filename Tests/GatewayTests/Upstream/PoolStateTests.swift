import Gateway
import Testing

@Suite("Connections to one upstream, as a state machine")
struct PoolStateTests {
    final class Connection {}
    typealias State = PoolState<Connection, String>

    private static func name(_ lease: State.Lease) -> String {
        switch lease {
        case .use: "use"
        case .connect: "connect"
        case .wait: "wait"
        case .refuse: "refuse"
        }
    }

    @Test("connections are opened up to the limit, then one waits, then one is refused")
    func limits() {
        let state = Box(State(maximumConnections: 2, maximumWaiters: 3))
        #expect(
            ["a", "b", "c", "d"].map { Self.name(state.value.lease($0).lease) } == [
                "connect", "connect", "wait", "refuse",
            ])
        #expect(state.value.connecting == 2)
        #expect(state.value.waiting == 3)
    }

    @Test("who waits longest is served first, by whatever becomes free")
    func order() {
        let state = Box(State(maximumConnections: 1, maximumWaiters: 9))
        for waiter in ["a", "b", "c"] { _ = state.value.lease(waiter) }
        let connection = Connection()
        #expect(state.value.connected(connection, now: 0) == "a")
        #expect(state.value.released(connection, now: 1) == "b")
        #expect(state.value.released(connection, now: 2) == "c")
        #expect(state.value.released(connection, now: 3) == nil)
        #expect(state.value.idleCount == 1)
    }

    @Test("the most recently used connection is used first, and old ones expire")
    func lifo() {
        let state = Box(State(maximumConnections: 3, maximumWaiters: 3))
        let old = Connection()
        let new = Connection()
        for waiter in ["x", "y"] { _ = state.value.lease(waiter) }
        for connection in [old, new] { _ = state.value.connected(connection, now: 0) }
        _ = state.value.released(old, now: 1)
        _ = state.value.released(new, now: 5)
        guard case .use(let used) = state.value.lease("a").lease else {
            Issue.record("an idle connection was not used")
            return
        }
        #expect(used === new)
        #expect(state.value.expire(before: 1).isEmpty)
        #expect(state.value.expire(before: 2).map(ObjectIdentifier.init) == [ObjectIdentifier(old)])
        #expect(state.value.idleCount == 0)
    }

    @Test("a closed connection makes room for who waits")
    func room() {
        let state = Box(State(maximumConnections: 1, maximumWaiters: 3))
        let connection = Connection()
        _ = state.value.lease("a")
        _ = state.value.connected(connection, now: 0)
        #expect(Self.name(state.value.lease("b").lease) == "wait")
        let opensAnother = state.value.closed(connection)
        #expect(opensAnother)
        #expect(state.value.connecting == 1)
        #expect(state.value.open == 0)
    }

    @Test("an idle connection that closes is not handed out")
    func idleCloses() {
        let state = Box(State(maximumConnections: 1, maximumWaiters: 3))
        let connection = Connection()
        _ = state.value.lease("a")
        _ = state.value.connected(connection, now: 0)
        _ = state.value.released(connection, now: 0)
        let opensAnother = state.value.closed(connection)
        #expect(!opensAnother)
        #expect(Self.name(state.value.lease("b").lease) == "connect")
    }

    @Test("each failed attempt fails one, and the others get one of their own")
    func failures() {
        let state = Box(State(maximumConnections: 1, maximumWaiters: 9))
        for waiter in ["a", "b"] { _ = state.value.lease(waiter) }
        var (failed, again) = state.value.connectFailed()
        #expect(failed == "a")
        #expect(again)
        (failed, again) = state.value.connectFailed()
        #expect(failed == "b")
        #expect(!again)
        #expect(state.value.connecting == 0)
    }

    @Test("who gave up is not served")
    func cancelled() {
        let state = Box(State(maximumConnections: 1, maximumWaiters: 9))
        let ticket = state.value.lease("a").ticket
        _ = state.value.lease("b")
        state.value.cancel(ticket: ticket)
        #expect(state.value.connected(Connection(), now: 0) == "b")
    }

    @Test("a second attempt does not take what was idle")
    func fresh() {
        let state = Box(State(maximumConnections: 2, maximumWaiters: 9))
        let connection = Connection()
        _ = state.value.lease("a")
        _ = state.value.connected(connection, now: 0)
        _ = state.value.released(connection, now: 0)
        #expect(Self.name(state.value.lease("b", fresh: true).lease) == "connect")
    }
}
