import Contracts
import Foundation
import HummingbirdTesting
import Logging
import ServiceKit
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Portal

/// A plant that answers as the test says and remembers what it was sent.
private final class ScriptedPlant: Sendable {
    private struct State {
        var answers: [OutboxPacing.Answer]
        var received: [String] = []
    }

    private let state: Mutex<State>

    init(_ answers: [OutboxPacing.Answer] = []) { state = Mutex(State(answers: answers)) }

    var received: [String] { state.withLock { $0.received } }

    func answer(_ answers: [OutboxPacing.Answer]) { state.withLock { $0.answers = answers } }

    /// 201 when the script is over.
    func deliver(_ entry: OutboxEntry) -> OutboxPacing.Answer {
        state.withLock { state in
            state.received.append(entry.eventID)
            return state.answers.isEmpty ? .status(201) : state.answers.removeFirst()
        }
    }
}

@Suite struct OutboxWorkerTests {
    private func registered(_ count: Int) async throws -> TestPortal {
        let portal = try await TestPortal(.customer)
        try await portal.test { client in
            for number in 0..<count { _ = try await client.register("a\(number)@example.com") }
        }
        return portal
    }

    private func worker(
        _ portal: TestPortal, _ plant: ScriptedPlant
    ) -> OutboxWorker {
        OutboxWorker(
            store: portal.stores.outbox, deliver: { plant.deliver($0) },
            entropy: Entropy { [UInt8](repeating: 0, count: $0) }, clock: WallClock { portal.clock.now },
            logger: portal.log.logger)
    }

    @Test("what was committed is delivered once each, in order")
    func delivers() async throws {
        let portal = try await registered(3)
        let plant = ScriptedPlant()
        var pacing = OutboxPacing()
        #expect(await worker(portal, plant).step(&pacing) == .idle(30))
        #expect(plant.received.count == 3)
        #expect(Set(plant.received).count == 3)
        #expect(await worker(portal, plant).step(&pacing) == .idle(30))
        #expect(plant.received.count == 3)
        #expect(try await portal.stores.outbox.backlog() == OutboxBacklog(pending: 0, rejected: 0))
    }

    @Test("a plant that is down loses nobody: the queue waits, in order, and is delivered when it is back")
    func down() async throws {
        let portal = try await registered(2)
        let plant = ScriptedPlant([.unreachable, .status(503), .status(401)])
        let worker = worker(portal, plant)
        var pacing = OutboxPacing()
        #expect(await worker.step(&pacing) == .pause(1))
        #expect(await worker.step(&pacing) == .pause(2))
        #expect(await worker.step(&pacing) == .pause(4))
        #expect(Set(plant.received).count == 1)
        #expect(try await portal.stores.outbox.backlog().pending == 2)
        #expect(await worker.step(&pacing) == .idle(30))
        #expect(Set(plant.received).count == 2)
        #expect(try await portal.stores.outbox.backlog().pending == 0)
    }

    @Test("a restart goes on where the last process stopped, with the same event")
    func restart() async throws {
        let portal = try await registered(1)
        let plant = ScriptedPlant([.unreachable])
        var pacing = OutboxPacing()
        _ = await worker(portal, plant).step(&pacing)
        let again = try await TestPortal(.customer, database: portal.database, clock: portal.clock)
        var fresh = OutboxPacing()
        #expect(await worker(again, plant).step(&fresh) == .idle(30))
        #expect(plant.received.count == 2)
        #expect(Set(plant.received).count == 1)
    }

    @Test("a message the plant refuses is kept as rejected, with an alarm, and the next goes on")
    func rejected() async throws {
        let portal = try await registered(2)
        let plant = ScriptedPlant([.status(422)])
        var pacing = OutboxPacing()
        #expect(await worker(portal, plant).step(&pacing) == .idle(30))
        let backlog = try await portal.stores.outbox.backlog()
        #expect(backlog == OutboxBacklog(pending: 0, rejected: 1))
        #expect(portal.log.lines.contains { $0.level == .critical })
        _ = await worker(portal, plant).step(&pacing)
        #expect(plant.received.count == 2)
    }

    @Test("a message that the plant stumbles over is tried later; the others do not wait for it")
    func stumbles() async throws {
        let portal = try await registered(2)
        let plant = ScriptedPlant([.status(500)])
        let worker = worker(portal, plant)
        var pacing = OutboxPacing()
        #expect(await worker.step(&pacing) == .idle(1))
        #expect(plant.received.count == 2)
        portal.clock.advance(1)
        #expect(await worker.step(&pacing) == .idle(30))
        #expect(plant.received.count == 3)
        #expect(plant.received[0] == plant.received[2])
    }

    @Test(
        "a registration wakes whoever waits for the outbox, before its thirty seconds are over",
        .timeLimit(.minutes(10))
    )
    func wakes() async throws {
        let portal = try await registered(0)
        let registration = RegistrationService(
            store: portal.stores.registration, hasher: portal.hasher, perAddress: 10, entropy: .system)
        let plant = ScriptedPlant()
        let worker = worker(portal, plant)
        try await withThrowingTaskGroup { group in
            group.addTask { try await worker.run() }
            _ = try await registration.register(
                email: "ada@example.com", password: Password(TestPortal.customerPassword), name: "Ada",
                caller: Caller(address: ClientAddress("192.0.2.1"), requestID: "r", userAgent: ""),
                now: portal.clock.now)
            while plant.received.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            group.cancelAll()
            try? await group.waitForAll()
        }
    }

    @Test("replicas share the work: each message is delivered by one of them")
    func replicas() async throws {
        let portal = try await registered(12)
        let plants = [ScriptedPlant(), ScriptedPlant(), ScriptedPlant()]
        let workers = plants.map { worker(portal, $0) }
        await withTaskGroup(of: Void.self) { group in
            for worker in workers {
                group.addTask {
                    var pacing = OutboxPacing()
                    _ = await worker.step(&pacing)
                }
            }
        }
        let received = plants.flatMap(\.received)
        #expect(received.count == 12)
        #expect(Set(received).count == 12)
    }

    @Test("what a replica claimed and never finished is delivered by another once the lease is over")
    func lease() async throws {
        let portal = try await registered(1)
        let claimed = try #require(try await portal.stores.outbox.claim(now: portal.clock.now))
        let plant = ScriptedPlant()
        var pacing = OutboxPacing()
        #expect(await worker(portal, plant).step(&pacing) == .idle(OutboxTable.customers.lease))
        #expect(plant.received.isEmpty)
        portal.clock.advance(OutboxTable.customers.lease)
        _ = await worker(portal, plant).step(&pacing)
        #expect(plant.received == [claimed.eventID])
    }

    @Test("the running worker delivers what is there and ends when it is told to", .timeLimit(.minutes(10)))
    func runs() async throws {
        let portal = try await registered(2)
        let plant = ScriptedPlant()
        let worker = worker(portal, plant)
        try await withThrowingTaskGroup { group in
            group.addTask { try await worker.run() }
            while plant.received.count < 2 { await Task.yield() }
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(Set(plant.received).count == 2)
    }

    @Test("a signal that comes before the wait is not lost, and cancelling ends the wait", .timeLimit(.minutes(10)))
    func signal() async {
        let signal = WakeSignal()
        signal.signal()
        await signal.wait()
        await withTaskGroup { group in
            group.addTask { await signal.wait() }
            group.cancelAll()
            await group.waitForAll()
        }
    }
}
