import Contracts
import Fleet
import Foundation
import HTTPTypes
import HummingbirdTesting
import Logging
import Storage
import TestSupport
import Testing

@testable import Portal

@Suite("The keeper of rotations, over HTTP")
struct RotationRoutesTests {
    private static func use(
        _ body: @Sendable (KeeperClient, TestPortal) async throws -> Void
    ) async throws {
        let portal = try await TestPortal()
        try await portal.test { try await body(KeeperClient(client: $0), portal) }
    }

    private static func lease(_ keeper: KeeperClient, _ holder: String = "ada") async throws -> String {
        let answer = try await keeper.ask(holder)
        #expect(answer.status == .ok, "\(answer.text)")
        return try answer.json(RotationLease.self).token
    }

    @Test(
        "without the internal token nobody reads, writes, takes or gives back, and nothing has changed",
        arguments: [
            nil, "Bearer wrong", "Bearer internal-token-internal-token-interna",
            "Bearer internal-token-internal-token-internal2", "Basic eA==", "internal-token-internal-token-internal",
        ])
    func authorization(_ value: String?) async throws {
        try await Self.use { keeper, portal in
            let token = try await Self.lease(keeper, "ada on desk")
            #expect(try await keeper.put(KeeperClient.sample(), lease: token).status == .noContent)
            var stranger = keeper
            stranger.authorization = value
            for answer in [
                try await stranger.send(.get, KeeperClient.record),
                try await stranger.send(.get, KeeperClient.record + "/history"),
                try await stranger.put(KeeperClient.sample("forged"), lease: token),
                try await stranger.ask("eve"), try await stranger.ask("eve", seconds: 300, token: token),
                try await stranger.release(token),
            ] {
                #expect(answer.status == .unauthorized)
                #expect(!answer.text.contains("k-old") && !answer.text.contains("ada on desk"))
            }
            #expect(try await keeper.record() == KeeperClient.sample())
            // Neither given back nor made longer: to the second as it was granted.
            portal.clock.advance(19)
            #expect(try await keeper.ask("eve").status == .conflict)
            portal.clock.advance(1)
            #expect(try await keeper.ask("eve").status == .ok)
        }
    }

    @Test("an administrator's access token opens none of it")
    func accessToken() async throws {
        try await Self.use { keeper, _ in
            var administrator = keeper
            administrator.authorization = "Bearer " + (try await keeper.client.tokens().accessToken)
            #expect(try await administrator.send(.get, KeeperClient.record).status == .unauthorized)
            #expect(try await administrator.ask("admin").status == .unauthorized)
            #expect(try await keeper.ask("ada").status == .ok)
        }
    }

    @Test("a lease held by another is refused, with the holder's name and the time that is left, and never its token")
    func held() async throws {
        try await Self.use { keeper, portal in
            let token = try await Self.lease(keeper, "ada on desk")
            portal.clock.advance(5)
            let refused = try await keeper.ask("bob")
            #expect(refused.status == .conflict)
            #expect(refused.text.contains("ada on desk"))
            #expect(refused.text.contains("15 s"))
            #expect(!refused.text.contains(token))
            // Also to a second process of the same name: it is the token that counts.
            #expect(try await keeper.ask("ada on desk").status == .conflict)
        }
    }

    @Test("a lease runs for the seconds asked for by the keeper's clock, is renewed with its token, and then is lost")
    func expiry() async throws {
        try await Self.use { keeper, portal in
            let start = portal.clock.now
            let granted = try await keeper.ask("ada").json(RotationLease.self)
            #expect(granted.holder == "ada")
            #expect(granted.expiresAt == start + 20)
            portal.clock.advance(19)
            let renewed = try await keeper.ask("ada", token: granted.token).json(RotationLease.self)
            #expect(renewed == RotationLease(token: granted.token, holder: "ada", expiresAt: start + 39))
            portal.clock.advance(19)
            #expect(try await keeper.ask("bob").status == .conflict)
            portal.clock.advance(1)
            // At its last second it is nobody's: neither renewed nor written with.
            #expect(try await keeper.ask("ada", token: granted.token).code == "precondition_failed")
            #expect(try await keeper.put(KeeperClient.sample(), lease: granted.token).code == "precondition_failed")
            #expect(try await keeper.record() == nil)
            let taken = try await keeper.ask("bob").json(RotationLease.self)
            #expect(taken.token != granted.token)
        }
    }

    @Test("a record is kept with the lease that runs, and with no other")
    func record() async throws {
        try await Self.use { keeper, portal in
            #expect(try await keeper.put(KeeperClient.sample(), lease: nil).code == "precondition_required")
            #expect(try await keeper.put(KeeperClient.sample(), lease: "").code == "precondition_required")
            // Before the first lease the token in the table is empty.
            #expect(try await keeper.put(KeeperClient.sample(), lease: "guess").code == "precondition_failed")
            let first = try await Self.lease(keeper)
            #expect(try await keeper.put(KeeperClient.sample("guessed"), lease: first + "0").status != .noContent)
            #expect(try await keeper.put(KeeperClient.sample(), lease: first).status == .noContent)
            portal.clock.advance(20)
            let second = try await Self.lease(keeper, "bob")
            // The first, stopped for long, goes on where it was: what it has to say is of the past.
            #expect(try await keeper.put(KeeperClient.sample("late"), lease: first).code == "precondition_failed")
            #expect(try await keeper.record() == KeeperClient.sample())
            let next = KeeperClient.sample(phase: "promoted")
            #expect(try await keeper.put(next, lease: second).status == .noContent)
            #expect(try await keeper.record() == next)
            #expect(try await keeper.send(.get, "/internal/v1/fleet").json(FleetTable.self).rotation == next)
        }
    }

    @Test("who does not hold the lease gives nothing back; who does lets the next one in at once")
    func release() async throws {
        try await Self.use { keeper, _ in
            let token = try await Self.lease(keeper)
            #expect(try await keeper.release(nil).code == "precondition_required")
            for guess in ["guess", String(token.dropLast()), token + "0", "' OR 1=1 --", token.uppercased() + "!"] {
                // The answer tells nothing either.
                #expect(try await keeper.release(guess).status == .noContent)
                #expect(try await keeper.ask("bob").status == .conflict)
            }
            #expect(try await keeper.put(KeeperClient.sample(), lease: token).status == .noContent)
            #expect(try await keeper.release(token).status == .noContent)
            #expect(try await keeper.put(KeeperClient.sample("late"), lease: token).code == "precondition_failed")
            #expect(try await keeper.ask("ada", token: token).code == "precondition_failed")
            #expect(try await keeper.ask("bob").status == .ok)
            // Given back once more, it is not the new holder's.
            #expect(try await keeper.release(token).status == .noContent)
            #expect(try await keeper.ask("eve").status == .conflict)
        }
    }

    @Test("two portals on one database keep one lease and one record")
    func twoKeepers() async throws {
        let database = try Databases.open(url: "sqlite::memory:", logger: .init(label: "test"))
        let first = try await TestPortal(database: database)
        let second = try await TestPortal(database: database, clock: first.clock)
        let token = Mutexed<String>()
        try await first.test { client in
            let keeper = KeeperClient(client: client)
            await token.set(try await Self.lease(keeper))
        }
        let held = try #require(await token.value)
        try await second.test { client in
            let keeper = KeeperClient(client: client)
            let refused = try await keeper.ask("bob")
            #expect(refused.status == .conflict)
            let kept = try await keeper.put(KeeperClient.sample(), lease: held)
            #expect(kept.status == .noContent)
        }
        try await first.test { client in
            let record = try await KeeperClient(client: client).record()
            #expect(record == KeeperClient.sample())
        }
    }

    @Test("of many that ask at once one gets the lease")
    func atOnce() async throws {
        try await Self.use { keeper, _ in
            let granted = try await withThrowingTaskGroup(of: Bool.self) { group in
                for index in 0..<16 { group.addTask { try await keeper.ask("holder \(index)").status == .ok } }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(granted == 1)
        }
    }

    @Test("ended rotations are remembered in order, each once, and the hundred last ones alone")
    func history() async throws {
        try await Self.use { keeper, portal in
            let store = try #require(portal.stores.rotation)
            let token = try await Self.lease(keeper)
            #expect(try await keeper.history().isEmpty)
            #expect(try await keeper.put(KeeperClient.sample(), lease: token).status == .noContent)
            #expect(try await keeper.history().isEmpty)
            for index in 0..<102 {
                let ended = KeeperClient.sample(
                    "r-\(index)", phase: "finished", endedAt: 1_800_000_000 + Int64(index))
                #expect(try await store.keep(ended, token: token, now: portal.clock.now))
            }
            let last = KeeperClient.sample("r-101", phase: "finished", endedAt: 1_800_000_101)
            // Said twice: whoever did not hear the answer says it again.
            #expect(try await keeper.put(last, lease: token).status == .noContent)
            let history = try await keeper.history()
            #expect(history.count == 100)
            #expect(history.first == last)
            #expect(history.last?.id == "r-2")
        }
    }

    @Test("a key is first seen once, whoever looks later")
    func firstSeen() async throws {
        let portal = try await TestPortal()
        let store = try #require(portal.stores.rotation)
        #expect(try await store.firstSeen("k", now: 100) == 100)
        #expect(try await store.firstSeen("k", now: 200) == 100)
        #expect(try await store.firstSeen("other", now: 200) == 200)
    }

    @Test("a customer portal remembers no rotation")
    func customer() async throws {
        let portal = try await TestPortal(.customer)
        #expect(portal.stores.rotation == nil)
        try await portal.test { client in
            let keeper = KeeperClient(client: client)
            for answer in [try await keeper.send(.get, KeeperClient.record), try await keeper.ask("ada")] {
                #expect(answer.status == .notFound)
            }
        }
    }
}

/// A value that one closure hands to the next.
private actor Mutexed<Value: Sendable> {
    private(set) var value: Value?
    func set(_ value: Value) { self.value = value }
}
