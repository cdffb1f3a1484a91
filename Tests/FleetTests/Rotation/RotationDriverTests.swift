import Contracts
import Secrets
import Synchronization
import TestSupport
import Testing

@testable import Fleet

@Suite("Rotation: the driver")
struct RotationDriverTests {
    static let raw = "m8Zq3xW1vT6yB0nK5rJ2hG9fD4sA7pLcUeIoQwXzKd"

    /// A keeper whose fleet follows the store at once; its clock moves with each pause.
    final class World: Sendable {
        struct State {
            var now: Int64 = 1_800_000_000
            var record: RotationRecord?
            var lease: RotationLease?
            var leases = 0
            var isDown = 0
            var laggards: Set<String> = []
        }

        let store: MemoryStore
        let state = Mutex(State())

        init(_ text: String = RotationDriverTests.raw) { store = MemoryStore(utf8: text) }

        func document() async throws -> RingDocument {
            let stored: StoredSecret
            switch await store.read() {
            case .found(let bytes, _): stored = StoredSecret(current: bytes)
            case .staged(let found, _): stored = found
            default: throw RotationFault.unavailable("store")
            }
            return try RingDocument(stored, algorithm: .hs256, environment: .production, label: "store")
        }

        private func check() throws(RotationFault) {
            let isDown = state.withLock { state in
                state.isDown = max(0, state.isDown - 1)
                return state.isDown > 0
            }
            if isDown { throw .unavailable("the keeper is down") }
        }

        var ledger: RotationLedger {
            RotationLedger(
                label: "keeper",
                table: { () throws(RotationFault) in
                    try self.check()
                    guard let document = try? await self.document() else { throw .unavailable("no table") }
                    return self.state.withLock { state in
                        let replicas = ["p1", "g1"].map { instance in
                            let keys = document.keys.filter { !state.laggards.contains(instance) || $0.state != .next }
                            let report = FleetReport(
                                service: "s", instance: instance, environment: "production", source: "store",
                                delivery: "watched", ringVersion: 1, ringAge: 0,
                                keys: keys.map {
                                    FleetKey(
                                        kid: $0.id.rawValue, algorithm: $0.algorithm.rawValue,
                                        state: $0.state.rawValue, verified: true)
                                },
                                issuer: instance == "p1" ? "i" : nil, longestToken: instance == "p1" ? 60 : nil,
                                leeway: 5, agreement: "agreed", build: "t", startedAt: 0)
                            return FleetTable.Replica(report: report, status: "live", receivedAt: state.now)
                        }
                        return FleetTable(now: state.now, replicas: replicas)
                    }
                },
                record: { () throws(RotationFault) in
                    try self.check()
                    return self.state.withLock { $0.record }
                },
                put: { record, token throws(RotationFault) in
                    try self.check()
                    let isOurs = self.state.withLock { state in
                        guard state.lease?.token == token else { return false }
                        state.record = record
                        return true
                    }
                    if !isOurs { throw .leaseLost }
                },
                lease: { request throws(RotationFault) in
                    try self.check()
                    let lease = self.state.withLock { state -> RotationLease? in
                        if let held = state.lease, held.token != request.token, held.expiresAt > state.now {
                            return nil
                        }
                        state.leases += 1
                        let token = request.token ?? "lease-\(state.leases)"
                        let lease = RotationLease(
                            token: token, holder: request.holder, expiresAt: state.now + request.seconds)
                        state.lease = lease
                        return lease
                    }
                    guard let lease else { throw .held("somebody rotates") }
                    return lease
                },
                release: { token throws(RotationFault) in
                    self.state.withLock { if $0.lease?.token == token { $0.lease = nil } }
                })
        }

        func driver(
            _ goal: RotationMachine.Goal, layout: RingDocument.Layout? = nil, algorithm: KeyAlgorithm? = nil,
            waits: Bool = true, timeout: Int64? = nil, pause: @escaping @Sendable () throws -> Void = {}
        ) -> RotationDriver {
            RotationDriver(
                store: store, ledger: ledger,
                machine: RotationMachine(goal: goal, environment: "production", layout: layout),
                environment: .production, algorithm: .hs256, newAlgorithm: algorithm, holder: "test", waits: waits,
                timeout: timeout,
                surroundings: .init(
                    pause: { _ in
                        try pause()
                        self.state.withLock { $0.now += 5 }
                        await Task.yield()
                    }, uptime: { self.state.withLock { $0.now } }, identifier: { "r1" }))
        }
    }

    @Test(
        "a run changes the key of raw names and of rings, and leaves one key",
        arguments: [
            (RingDocument.Layout?.none, KeyAlgorithm?.none, RingDocument.Layout.names),
            (.jwks, .none, .jwks), (.jwks, .es256, .jwks), (.jwks, .eddsa, .jwks),
        ])
    func whole(layout: RingDocument.Layout?, algorithm: KeyAlgorithm?, expected: RingDocument.Layout) async throws {
        let world = World()
        let before = try await world.document()
        let outcome = try await world.driver(.run, layout: layout, algorithm: algorithm).run()
        guard case .done(let progress) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(progress?.phase == .finished)
        let after = try await world.document()
        #expect(after.keys.count == 1)
        #expect(after.layout == expected)
        #expect(after.keys[0].id != before.keys[0].id)
        #expect(after.keys[0].algorithm == algorithm ?? .hs256)
        #expect(world.state.withLock { $0.record?.phase } == "finished")
        #expect(world.state.withLock { $0.lease } == nil)
    }

    @Test("an asymmetric key does not fit raw names, and nothing is written")
    func unfit() async throws {
        let world = World()
        guard case .refused = try await world.driver(.run, algorithm: .es256).run() else {
            Issue.record("not refused")
            return
        }
        #expect(try await world.document().keys.count == 1)
    }

    @Test("a replica that lags blocks a promotion by name, until it follows")
    func lags() async throws {
        let world = World()
        _ = try await world.driver(.begin).run()
        world.state.withLock { $0.laggards = ["g1"] }
        guard case .blocked(let blockers) = try await world.driver(.promote, waits: false).run() else {
            Issue.record("not blocked")
            return
        }
        #expect(blockers.map(\.instance) == ["g1"])
        guard case .timedOut = try await world.driver(.promote, timeout: 20).run() else {
            Issue.record("waited on")
            return
        }
        world.state.withLock { $0.laggards = [] }
        guard case .done = try await world.driver(.promote, waits: false).run() else {
            Issue.record("not promoted")
            return
        }
    }

    @Test("keeper and store that go down in the middle are waited for")
    func down() async throws {
        let world = World()
        let turns = Mutex(0)
        let driver = world.driver(.run) {
            let turn = turns.withLock { turns in
                turns += 1
                return turns
            }
            if turn == 2 { world.store.refuseWrites(.unavailable(reason: "down")) }
            if turn == 3 { world.store.fail(.unavailable(reason: "down")) }
            if turn == 5 {
                world.store.fail(nil)
                world.store.refuseWrites(nil)
            }
            if turn == 6 { world.state.withLock { $0.isDown = 4 } }
        }
        world.state.withLock { $0.isDown = 3 }
        guard case .done = try await driver.run() else {
            Issue.record("not done")
            return
        }
        #expect(try await world.document().keys.count == 1)
    }

    struct Killed: Error {}

    @Test("a run that is killed at any pause is resumed by another", arguments: 1..<6)
    func killed(at turn: Int) async throws {
        let world = World()
        let turns = Mutex(0)
        let first = world.driver(.run) {
            let now = turns.withLock { turns in
                turns += 1
                return turns
            }
            if now == turn { throw Killed() }
        }
        await #expect(throws: Killed.self) { try await first.run() }
        guard case .done(let progress) = try await world.driver(.run).run() else {
            Issue.record("not resumed")
            return
        }
        #expect(progress?.phase == .finished)
        #expect(try await world.document().keys.count == 1)
    }

    @Test("who held the lease and did nothing leaves the whole work to the next")
    func idleHolder() async throws {
        let world = World()
        let before = try await world.document()
        world.state.withLock { $0.lease = RotationLease(token: "other", holder: "other", expiresAt: $0.now + 20) }
        guard case .done(let progress) = try await world.driver(.run).run() else {
            Issue.record("not done")
            return
        }
        #expect(progress?.phase == .finished)
        let after = try await world.document()
        #expect(after.keys.count == 1)
        #expect(after.keys[0].id != before.keys[0].id)
    }

    @Test("a rotation that another completes while a run waits for its lease is not made twice")
    func doneByAnother() async throws {
        let world = World()
        world.state.withLock { $0.lease = RotationLease(token: "other", holder: "other", expiresAt: $0.now + 20) }
        let driver = world.driver(.run) {
            // Behind the run's first look, the end of another's rotation.
            world.store.put(utf8: "another-\(Self.raw)")
        }
        guard case .done = try await driver.run() else {
            Issue.record("not done")
            return
        }
        #expect(
            try await world.document().keys.map(\.id) == [KeyID.derived(from: SecretBytes(utf8: "another-\(Self.raw)"))]
        )
    }

    @Test("of two runs at once one rotates, and the other finds it done or rotates after it")
    func two() async throws {
        let world = World()
        async let one = world.driver(.run).run()
        async let other = world.driver(.run).run()
        let outcomes = try await [one, other]
        for outcome in outcomes {
            guard case .done(let progress) = outcome else {
                Issue.record("\(outcome)")
                continue
            }
            #expect(progress?.phase == .finished)
        }
        #expect(try await world.document().keys.count == 1)
    }
}
