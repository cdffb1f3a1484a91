import Contracts
import HTTPKit
import Logging
import Secrets
import ServiceKit
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import Fleet

@Suite("The fleet reporter")
struct FleetReporterTests {
    /// A keeper, a clock and pauses that the test holds in its hands.
    private final class World: Sendable {
        struct State {
            var ring = FleetSamples.ring()
            var standing = AgreementStanding(agreement: "agreed", verified: [FleetSamples.kidOne], ringVersion: 1)
            var reports: [FleetReport] = []
            var forgotten: [String] = []
            var fault: FleetFault?
            /// The keeper answers a report when this ends.
            var answer: (begun: AsyncStream<Void>.Continuation, end: AsyncStream<Void>)?
            /// Milliseconds that the keeper is ahead.
            var ahead: Int64 = 0
            var tell: (@Sendable () -> Void)?
        }
        let state = Mutex(State())
        let log = CapturedLog()
        let readiness = Readiness(checks: [])
        /// One element for each pause that begins, with its length.
        let pauses: AsyncStream<Duration>
        private let paused: AsyncStream<Duration>.Continuation
        private let waiting = Mutex<(isOver: Bool, begun: [CheckedContinuation<Void, Never>])>((false, []))

        init() { (pauses, paused) = AsyncStream.makeStream() }

        func reporter() -> FleetReporter {
            FleetReporter(
                keeper: FleetKeeper(
                    label: "http://portal",
                    report: { report throws(FleetFault) in
                        let (fault, ahead, answer) = self.state.withLock { state in
                            (state.fault, state.ahead, state.answer)
                        }
                        if let answer {
                            answer.begun.finish()
                            for await _ in answer.end {}
                            // Time enough for who would be cancelled.
                            for _ in 0..<10_000 where !Task.isCancelled { await Task.yield() }
                            if Task.isCancelled { throw FleetFault(reason: "given up") }
                        }
                        self.state.withLock { $0.reports.append(report) }
                        if let fault { throw fault }
                        return FleetReceipt(nowMilliseconds: 1_000_000 + ahead)
                    },
                    forget: { service, instance, startedAt throws(FleetFault) in
                        self.state.withLock {
                            $0.forgotten.append("\(service)/\(instance)/\(startedAt.map(String.init) ?? "-")")
                        }
                    }, table: { () throws(FleetFault) in throw FleetFault(reason: "not asked") }),
                source: FleetReportSource(
                    service: "gateway", instance: "host 1", leeway: 60, startedAt: 7,
                    ring: { self.state.withLock { $0.ring } }, standing: { self.state.withLock { $0.standing } },
                    isReady: { self.readiness.isReady }, delivery: { "pinned" }, ringAge: { 3 }),
                intervalSeconds: 5, changes: { tell in self.state.withLock { $0.tell = tell } }, readiness: readiness,
                logger: log.logger,
                surroundings: .init(
                    milliseconds: { 1_000_000 },
                    pause: { duration in
                        await withCheckedContinuation { continuation in
                            let isOver = self.waiting.withLock { waiting in
                                if !waiting.isOver { waiting.begun.append(continuation) }
                                return waiting.isOver
                            }
                            self.paused.yield(duration)
                            if isOver { continuation.resume() }
                        }
                        if self.waiting.withLock({ $0.isOver }) { throw CancellationError() }
                    }))
        }

        /// - Parameter isOver: the test has ended, and no pause ends well any more.
        func endPauses(isOver: Bool = false) {
            let begun = waiting.withLock { waiting in
                defer { waiting = (waiting.isOver || isOver, []) }
                return waiting.begun
            }
            for pause in begun { pause.resume() }
        }

        var reports: [FleetReport] { state.withLock { $0.reports } }
    }

    private func run(
        _ world: World, _ body: (inout AsyncStream<Duration>.Iterator) async throws -> Void
    ) async throws {
        let group = ServiceGroup(services: [world.reporter()], logger: CapturedLog().logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var pauses = world.pauses.makeAsyncIterator()
            try await body(&pauses)
            await group.triggerGracefulShutdown()
            // A pause does not hear of the shutdown here: it ends by hand.
            world.endPauses(isOver: true)
            try await tasks.waitForAll()
        }
    }

    @Test("reports at its start, every interval, and says goodbye at the end")
    func rhythm() async throws {
        let world = World()
        try await run(world) { pauses in
            #expect(await pauses.next() == .seconds(5))
            #expect(world.reports.count == 1)
            world.endPauses()
            #expect(await pauses.next() == .seconds(5))
            #expect(world.reports.count == 2)
        }
        let report = try #require(world.reports.first)
        #expect(report.service == "gateway")
        #expect(report.instance == "host-1")
        #expect(
            report.keys == [FleetKey(kid: FleetSamples.kidOne, algorithm: "HS256", state: "current", verified: true)])
        #expect(report.ready)
        #expect(report.delivery == "pinned")
        #expect(report.ringAge == 3)
        #expect(FleetReportRules.faults(in: report).isEmpty)
        #expect(world.state.withLock { $0.forgotten } == ["gateway/host-1/7"])
    }

    @Test("a report that is under way at the end is heard before the goodbye, which would undo it else")
    func goodbye() async throws {
        let world = World()
        let ((begun, begin), (end, finish)) = (
            AsyncStream.makeStream(of: Void.self), AsyncStream.makeStream(of: Void.self)
        )
        world.state.withLock { $0.answer = (begin, end) }
        let group = ServiceGroup(services: [world.reporter()], logger: CapturedLog().logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            for await _ in begun {}
            await group.triggerGracefulShutdown()
            finish.finish()
            world.endPauses(isOver: true)
            try await tasks.waitForAll()
        }
        #expect(world.reports.count == 1)
        #expect(world.state.withLock { $0.forgotten } == ["gateway/host-1/7"])
    }

    @Test("a change is told after a moment, not at the next interval")
    func change() async throws {
        let world = World()
        try await run(world) { pauses in
            #expect(await pauses.next() == .seconds(5))
            world.state.withLock { $0.standing = AgreementStanding(agreement: "disagreed", detail: "why\nso") }
            world.state.withLock { $0.tell }?()
            #expect(await pauses.next() == .milliseconds(200))
            world.endPauses()
            #expect(await pauses.next() == .seconds(5))
            #expect(world.reports.last?.agreement == "disagreed")
            #expect(world.reports.last?.detail == "why so")
        }
    }

    @Test("a ring that is newer than what was proven has no verified key")
    func newRing() async throws {
        let world = World()
        world.state.withLock { $0.ring = FleetSamples.ring(version: 2) }
        try await run(world) { pauses in _ = await pauses.next() }
        #expect(world.reports.first?.keys.map(\.verified) == [false])
        #expect(world.reports.first?.agreement == "pending")
    }

    @Test("losing the keeper is one line, regaining it another, and reports go on meanwhile")
    func lost() async throws {
        let world = World()
        world.state.withLock { $0.fault = FleetFault(reason: "no connection") }
        try await run(world) { pauses in
            for _ in 0..<5 {
                #expect(await pauses.next() == .seconds(1))
                world.endPauses()
            }
            _ = await pauses.next()
            #expect(world.log.messages == ["Fleet keeper does not hear us: no connection"])
            world.state.withLock { $0.fault = nil }
            world.endPauses()
            #expect(await pauses.next() == .seconds(5))
            #expect(world.log.messages.last == "Fleet keeper hears us again")
            #expect(world.log.lines.count == 2)
            #expect(world.reports.count == 7)
        }
    }

    @Test("nobody is told goodbye who never heard of us")
    func unheard() async throws {
        let world = World()
        world.state.withLock { $0.fault = FleetFault(reason: "no connection") }
        try await run(world) { pauses in _ = await pauses.next() }
        #expect(world.state.withLock { $0.forgotten } == [])
    }

    @Test("clocks over half the leeway apart are warned of once, in log, readiness and the next report")
    func clocks() async throws {
        let world = World()
        world.state.withLock { $0.ahead = -45_000 }
        try await run(world) { pauses in
            _ = await pauses.next()
            world.endPauses()
            _ = await pauses.next()
            #expect(world.reports.map(\.clockOffset) == [nil, -45_000])
            #expect(world.log.lines.count { $0.level == .warning } == 1)
            #expect(world.log.text.contains("45.0 s behind ours"))
            let check = try #require(world.readiness.checks.first { $0.name == FleetReporter.check })
            guard case .warning("clock_offset", let detail) = check.status else {
                Issue.record("no warning")
                return
            }
            #expect(detail.contains("leeway is 60 s"))
            world.state.withLock { $0.ahead = 0 }
            world.endPauses()
            _ = await pauses.next()
            #expect(world.readiness.checks.first { $0.name == FleetReporter.check }?.status == .ready)
        }
    }
}
