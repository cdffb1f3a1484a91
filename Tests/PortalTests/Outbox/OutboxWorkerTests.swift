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
        _ portal: TestPortal, _ plant: ScriptedPlant, signal: WakeSignal = WakeSignal()
    ) -> OutboxWorker {
        OutboxWorker(
            store: portal.stores.outbox, deliver: { plant.deliver($0) }, signal: signal,
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
        "a registration wakes whoever waits for the outbox, before its thirty seconds are over", .timeLimit(.minutes(1))
    )
    func wakes() async throws {
        let portal = try await registered(0)
        let signal = WakeSignal()
        let registration = RegistrationService(
            store: portal.stores.registration, hasher: portal.hasher, outbox: signal, perAddress: 10,
            entropy: .system)
        try await withThrowingTaskGroup { group in
            // An hour, so that only the signal can end it within the test's limit.
            group.addTask { await signal.wait(atMost: .seconds(3600)) }
            _ = try await registration.register(
                email: "ada@example.com", password: Password(TestPortal.customerPassword), name: "Ada",
                caller: Caller(address: ClientAddress("192.0.2.1"), requestID: "r", userAgent: ""),
                now: portal.clock.now)
            try await group.waitForAll()
        }
    }

    @Test("the running worker delivers what is there and ends when it is told to", .timeLimit(.minutes(1)))
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

    @Test("a signal that comes before the wait is not lost, and cancelling ends the wait", .timeLimit(.minutes(1)))
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
