import Contracts
import Fleet
import Secrets
import TestSupport
import Testing

@testable import Portal

@Suite("Rotation from the page")
struct RotationDeskTests {
    private let world: ScheduleWorld
    private let runner: RotationRunner

    init() async throws {
        let world = try await ScheduleWorld()
        self.world = world
        runner = RotationRunner(
            desk: world.desk, record: { try await world.rotations.record() }, logger: world.log.logger)
    }

    /// The runner's turns, with time between them, until the rotation is over.
    private func turns(_ count: Int = 40) async throws {
        for _ in 0..<count {
            await runner.look()
            if try await world.rotations.record()?.endedAt != nil { return }
            world.clock.advance(10)
        }
    }

    private var phase: String? {
        get async throws { try await world.rotations.record()?.phase }
    }

    @Test("beginning writes the new key and comes back; the runner goes on to the end, and says for whom")
    func whole() async throws {
        let old = world.ring.current?.id
        guard case .done = try await world.desk.begin(by: "ada@example.com") else {
            Issue.record("not begun")
            return
        }
        #expect(try await phase == "begun")
        try await turns()
        let record = try await world.rotations.record()
        #expect(record?.phase == "finished")
        #expect(record?.by == "the portal for ada@example.com")
        #expect(world.ring.current?.id != old)
    }

    @Test("a replica that has not acknowledged holds the rotation up, and it goes on when it has")
    func lagging() async throws {
        world.lag(["gateway-1"])
        _ = try await world.desk.begin(by: "ada@example.com")
        try await turns(5)
        #expect(try await phase == "begun")
        world.lag([])
        try await turns()
        #expect(try await phase == "finished")
    }

    @Test("before and after the promotion it can be taken back, and the old key signs")
    func takenBack() async throws {
        let old = world.ring.current?.id
        world.lag(["gateway-1"])
        _ = try await world.desk.begin(by: "ada@example.com")
        _ = try await world.desk.rollBack(by: "bob@example.com")
        #expect(try await phase == "rolled_back")
        world.lag([])
        _ = try await world.desk.begin(by: "ada@example.com")
        await runner.look()
        let promoted = try await phase
        #expect(["promoted", "confirmed"].contains(promoted))
        _ = try await world.desk.rollBack(by: "bob@example.com")
        try await turns()
        let record = try await world.rotations.record()
        #expect(record?.phase == "rolled_back")
        #expect(record?.by == "the portal for bob@example.com")
        #expect(world.ring.current?.id == old)
    }

    @Test("there is nothing to take back where nothing is under way, and what is over is not begun again")
    func nothing() async throws {
        guard case .refused(let reason) = try await world.desk.rollBack(by: "ada@example.com") else {
            Issue.record("not refused")
            return
        }
        #expect(reason.contains("no rotation is under way"))
        let revision = await world.revision
        await runner.look()
        #expect(await world.revision == revision)
    }

    @Test("while somebody else takes steps nothing is begun, and it is said who; afterwards it is")
    func held() async throws {
        let lease = RotationLeaseRequest(holder: "bob at ops-1", seconds: 60)
        _ = try await world.rotations.lease(lease, newToken: "t", now: world.clock.now)
        let revision = await world.revision
        guard case .waiting(let reason) = try await world.desk.begin(by: "ada@example.com") else {
            Issue.record("did not wait")
            return
        }
        #expect(reason.contains("bob at ops-1"))
        #expect(await world.revision == revision)
        try await world.rotations.release("t")
        _ = try await world.desk.begin(by: "ada@example.com")
        #expect(try await phase == "begun")
    }

    @Test("the runner leaves alone what others began")
    func others() async throws {
        let portal = world.portal()
        await world.ageUntilDue(portal)
        world.atPause { _ in throw CancellationError() }
        world.lag(["gateway-1"])
        await portal.look()
        #expect(try await phase == "begun")
        world.lag([])
        try await turns(3)
        #expect(try await phase == "begun")
    }
}
