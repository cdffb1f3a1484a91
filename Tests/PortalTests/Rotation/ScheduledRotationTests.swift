import Contracts
import Logging
import Secrets
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Portal

@Suite("Rotation by schedule")
struct ScheduledRotationTests {
    @Test("before a key is due nothing is written, and nobody is asked for a lease")
    func early() async throws {
        let world = try await ScheduleWorld()
        let portal = world.portal()
        await portal.look()
        world.clock.advance(ScheduleWorld.every - 1)
        await portal.look()
        #expect(world.store.reads == 0)
        #expect(try await world.rotations.record() == nil)
        #expect(world.log.lines.isEmpty)
    }

    @Test("when it is due the key is rotated once, and the new one's age begins")
    func due() async throws {
        let world = try await ScheduleWorld(longestToken: 900)
        let portal = world.portal()
        let before = try #require(world.ring.current?.id.rawValue)
        await world.ageUntilDue(portal)
        try await world.complete(portal)
        let record = try #require(try await world.rotations.record())
        #expect(record.phase == "finished")
        #expect(record.fromKid == before)
        #expect(record.by == "schedule on portal-1")
        #expect(world.ring.keys.map(\.id.rawValue) == [record.toKid])
        // A key beside, the promotion, the old key gone.
        #expect(await world.revision == "4")
        #expect(world.log.contains("Scheduled rotation: the signing key is due"))
        #expect(world.log.contains("Scheduled rotation finished"))
        // The last tokens live longer than a portal stays with it: no reason to warn anybody.
        #expect(world.log.messages.contains { $0.contains("waits for the last tokens of the old key") })
        #expect(!world.log.messages.contains { $0.contains("held up") || $0.contains("refused") })
        #expect(!world.log.text.contains(ScheduleWorld.raw))

        let since = try await world.rotations.firstSeen(record.toKid, now: world.clock.now)
        #expect(since > record.beganAt)
        world.clock.advance(since + ScheduleWorld.every - 1 - world.clock.now)
        await portal.look()
        #expect(await world.revision == "4")
        world.clock.advance(1)
        try await world.complete(portal)
        #expect(await world.revision == "7")
        #expect(try await world.rotations.ended().count == 2)
    }

    @Test("the age counts from when any portal of the database first saw the key, not from a process's start")
    func restarted() async throws {
        let world = try await ScheduleWorld()
        await world.ageUntilDue(world.portal("portal-before"))
        try await world.complete(world.portal("portal-after"))
        #expect(try await world.rotations.record()?.by == "schedule on portal-after")
    }

    @Test("jitter puts a rotation off, by an hour at most")
    func jitter() async throws {
        let world = try await ScheduleWorld()
        let portal = world.portal(jitter: 1)
        await world.ageUntilDue(portal)
        world.clock.advance(3599)
        await portal.look()
        #expect(try await world.rotations.record() == nil)
        world.clock.advance(1)
        try await world.complete(portal)
        #expect(try await world.rotations.record()?.phase == "finished")
    }

    @Test("of two portals that find the key due at once one rotates, and the other finds it done")
    func elected() async throws {
        let world = try await ScheduleWorld()
        let portals = [world.portal("portal-1"), world.portal("portal-2")]
        await world.ageUntilDue(portals[0])
        await withTaskGroup(of: Void.self) { group in
            for portal in portals { group.addTask { await portal.look() } }
        }
        try await world.complete(portals[1])
        await portals[0].look()
        #expect(await world.revision == "4")
        #expect(try await world.rotations.ended().count == 1)
        #expect(world.ring.keys.count == 1)
    }

    @Test("while another holds the lease a portal that finds the key due waits, writes nothing, and says who rotates")
    func held() async throws {
        let world = try await ScheduleWorld()
        let portal = world.portal()
        await world.ageUntilDue(portal)
        _ = try await world.rotations.lease(
            RotationLeaseRequest(holder: "ada on desk", seconds: 300), newToken: "t", now: world.clock.now)
        world.atPause { number in if number == 3 { throw CancellationError() } }
        await portal.look()
        #expect(await world.revision == "1")
        #expect(world.log.messages.contains { $0.contains("ada on desk") })
    }

    @Test(
        "a rotation that its portal left at any pause is gone on with by another, before the next key is due",
        arguments: 1...4)
    func takenOver(pause: Int) async throws {
        let world = try await ScheduleWorld()
        let first = world.portal("portal-1")
        await world.ageUntilDue(first)
        world.atPause { number in if number == pause { throw CancellationError() } }
        await first.look()
        let left = try #require(try await world.rotations.record())
        #expect(left.endedAt == nil)
        world.atPause { _ in }
        try await world.complete(world.portal("portal-2"))
        let record = try #require(try await world.rotations.record())
        #expect(record.id == left.id)
        #expect(record.phase == "finished")
        #expect(record.by == "schedule on portal-2")
        #expect(await world.revision == "4")
    }

    @Test("an operator's rotation is the operator's while no key is due")
    func operators() async throws {
        let world = try await ScheduleWorld()
        let portal = world.portal()
        await portal.look()
        var record = KeeperClient.sample()
        record.store = world.store.label
        _ = try await world.rotations.lease(
            RotationLeaseRequest(holder: "ada", seconds: 20), newToken: "t", now: world.clock.now)
        #expect(try await world.rotations.keep(record, token: "t", now: world.clock.now))
        world.clock.advance(60)
        await portal.look()
        #expect(try await world.rotations.record() == record)
        #expect(world.store.reads == 0)
    }

    @Test("a database that fails is told of, and looked at again")
    func database() async throws {
        let world = try await ScheduleWorld()
        let portal = world.portal()
        await world.ageUntilDue(portal)
        world.database.fail(with: .unavailable("gone away"))
        await portal.look()
        #expect(await world.revision == "1")
        let line = try #require(world.log.lines.last)
        #expect(line.level == .warning)
        #expect(line.message.contains("tried again"))
        #expect(line.metadata["cause"]?.contains("gone away") == true)
        world.database.fail(with: nil)
        try await world.complete(portal)
        #expect(try await world.rotations.record()?.phase == "finished")
    }

    @Test("a database that fails in the middle of a rotation is waited for")
    func databaseInBetween() async throws {
        let world = try await ScheduleWorld()
        let portal = world.portal()
        await world.ageUntilDue(portal)
        world.atPause { number in
            if number == 2 { world.database.fail(with: .unavailable("gone away")) }
            if number == 5 { world.database.fail(with: nil) }
        }
        try await world.complete(portal)
        #expect(try await world.rotations.record()?.phase == "finished")
        #expect(world.log.messages.contains { $0.contains("does not answer") })
    }

    @Test("a store that is down is waited for, then left with its reason, and tried again at the next look")
    func storeDown() async throws {
        let world = try await ScheduleWorld()
        let portal = world.portal()
        await world.ageUntilDue(portal)
        world.store.fail(.unavailable(reason: "no route to host"))
        await portal.look()
        let line = try #require(world.log.lines.last)
        #expect(line.metadata["code"] == "rotation_blocked")
        #expect(line.message.contains("no route to host"))
        world.store.fail(nil)
        #expect(await world.revision == "1")
        try await world.complete(portal)
        #expect(try await world.rotations.record()?.phase == "finished")
    }

    @Test("a store that may not be written to is told of with its reason, and tried again at the next look")
    func denied() async throws {
        let world = try await ScheduleWorld()
        let portal = world.portal()
        await world.ageUntilDue(portal)
        world.store.refuseWrites(.denied(reason: "403 secretsmanager:PutSecretValue"))
        await portal.look()
        let line = try #require(world.log.lines.last)
        #expect(line.level == .warning)
        #expect(line.metadata["code"] == "rotation_refused")
        #expect(line.message.contains("403 secretsmanager:PutSecretValue"))
        #expect(line.message.contains(world.store.label))
        #expect(await world.revision == "1")
        world.store.refuseWrites(nil)
        try await world.complete(portal)
        #expect(try await world.rotations.record()?.phase == "finished")
    }

    @Test("a replica that lags holds the promotion back, and is named with what to do")
    func lags() async throws {
        let world = try await ScheduleWorld()
        let portal = world.portal()
        let before = try #require(world.ring.current?.id.rawValue)
        await world.ageUntilDue(portal)
        world.lag(["gateway-1"])
        await portal.look()
        #expect(await world.revision == "2")
        #expect(world.ring.current?.id.rawValue == before)
        let line = try #require(world.log.lines.first { $0.level == .warning })
        #expect(line.metadata["code"] == "rotation_blocked")
        #expect(line.metadata["replicas"]?.contains("gateway gateway-1") == true)
        #expect(world.log.lines.last?.message.contains("will be gone on with") == true)
        world.lag([])
        try await world.complete(portal)
        #expect(try await world.rotations.record()?.phase == "finished")
    }

    @Test("the service looks at once and then each minute, and ends where it is told to")
    func service() async throws {
        let world = try await ScheduleWorld()
        let pauses = Mutex<[Duration]>([])
        let portal = world.portal(lookPause: { duration in
            let count = pauses.withLock { pauses in
                pauses.append(duration)
                return pauses.count
            }
            if count == 1 { world.clock.advance(ScheduleWorld.every) }
            if count == 3 { throw CancellationError() }
        })
        try await portal.run()
        #expect(pauses.withLock { $0 } == Array(repeating: .seconds(60), count: 3))
        #expect(try await world.rotations.record()?.phase == "finished")
    }
}
