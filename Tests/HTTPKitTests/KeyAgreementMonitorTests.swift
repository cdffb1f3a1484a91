import Contracts
import Logging
import Secrets
import ServiceKit
import Synchronization
import TestSupport
import Testing
import Tokens

@testable import HTTPKit

@Suite("The key agreement monitor")
struct KeyAgreementMonitorTests {
    /// An issuer and a verifier in one process: rings that a test replaces, and pauses that it ends.
    private final class World: Sendable {
        struct State {
            var theirs: KeyRing?
            var ours: KeyRing
            var observers: [@Sendable (KeyRing) -> Void] = []
        }
        let state: Mutex<State>
        let clock = ManualClock()
        let log = CapturedLog()
        let readiness = Readiness(checks: [KeyAgreementMonitor.check])
        /// One element per finished round of checks: the monitor pauses after each.
        let rounds: AsyncStream<Int>
        private let round: AsyncStream<Int>.Continuation
        private let pauses: Mutex<[CheckedContinuation<Void, Never>]> = Mutex([])

        init(theirs: KeyRing?, ours: KeyRing) {
            state = Mutex(State(theirs: theirs, ours: ours))
            (rounds, round) = AsyncStream.makeStream()
        }

        func monitor(urls: [String] = ["http://portal"], internalToken: SecretBytes = SecretBytes(utf8: "internal"))
            -> KeyAgreementMonitor
        {
            KeyAgreementMonitor(
                settings: .init(portalURLs: urls), service: "gateway", ring: { self.state.withLock { $0.ours } },
                observe: { observer in
                    let ring = self.state.withLock { state in
                        state.observers.append(observer)
                        return state.ours
                    }
                    observer(ring)
                },
                fetch: { _, _ in self.answer() },
                pause: { seconds in
                    await withCheckedContinuation { continuation in
                        self.pauses.withLock { $0.append(continuation) }
                        self.round.yield(seconds)
                    }
                    try Task.checkCancellation()
                }, internalToken: InternalToken(secret: internalToken), readiness: readiness,
                clock: WallClock { self.clock.now }, logger: log.logger)
        }

        private func answer() -> ProbeAnswer {
            guard let ring = state.withLock({ $0.theirs }) else { return .failed("connection refused") }
            do {
                let token = try KeyProbeToken.issue(kid: nil, ring: ring, issuer: "lockstep-platform", now: clock.now)
                return .probe(
                    KeyProbe(
                        token: token.text, kid: token.keyID.rawValue, environment: ring.environment.rawValue,
                        issuer: "lockstep-platform", source: ring.source, expiresAt: token.expiresAt))
            } catch {
                return .failed("\(error)")
            }
        }

        /// Ends every pause that has begun.
        func endPause() {
            let begun = pauses.withLock { pauses in
                defer { pauses = [] }
                return pauses
            }
            for pause in begun { pause.resume() }
        }

        func replaceOurs(_ ring: KeyRing) {
            let observers = state.withLock { state in
                state.ours = ring
                return state.observers
            }
            for observer in observers { observer(ring) }
        }
    }

    /// Runs the monitor and `body` beside it, and ends it.
    private func run(
        _ world: World, _ monitor: KeyAgreementMonitor,
        _ body: (inout AsyncStream<Int>.Iterator) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await monitor.run() }
            var rounds = world.rounds.makeAsyncIterator()
            try await body(&rounds)
            group.cancelAll()
            world.endPause()
        }
    }

    @Test("agreement at the start makes the service ready, and is told")
    func agrees() async throws {
        let world = World(theirs: Samples.ring(), ours: Samples.ring())
        let monitor = world.monitor()
        #expect(!world.readiness.isReady)
        try await run(world, monitor) { rounds in
            #expect(await rounds.next() == 15)
            #expect(world.readiness.isReady)
            #expect(monitor.states.map(\.status) == ["agreed"])
            #expect(monitor.states[0].checkedAt == world.clock.now)
            #expect(world.log.contains("Key agreement with lockstep-platform confirmed"))
        }
    }

    @Test("disagreement at the start holds the service back; the log names both keys, sources and environments")
    func disagrees() async throws {
        let theirs = Samples.ring(Samples.two, environment: .staging, source: "file /run/secrets/jwt")
        let ours = Samples.ring(Samples.one, environment: .production)
        let world = World(theirs: theirs, ours: ours)
        let monitor = world.monitor()
        try await run(world, monitor) { rounds in
            #expect(await rounds.next() == 1)
            #expect(!world.readiness.isReady)
            let line = try #require(world.log.lines.first { $0.level == .error })
            for word in [
                "gateway", "lockstep-platform", theirs.keys[0].id.rawValue, ours.keys[0].id.rawValue,
                "file /run/secrets/jwt", "environment variable JWT_SECRET", "staging", "production",
                "lockstep secret diagnose", "lockstep explain",
            ] {
                #expect(line.message.contains(word))
            }
            #expect(line.metadata["their_kid"] == theirs.keys[0].id.rawValue)
            for secret in ["one-0123", "two-0123"] { #expect(!world.log.text.contains(secret)) }
            let state = try #require(monitor.states.first)
            #expect(state.status == "disagreed")
            #expect(state.theirEnvironment == "staging")
            #expect(state.theirSource == "file /run/secrets/jwt")
        }
    }

    @Test("a change of the own ring is checked at once, and holds back when it disagrees")
    func ringChange() async throws {
        let world = World(theirs: Samples.ring(), ours: Samples.ring())
        try await run(world, world.monitor()) { rounds in
            _ = await rounds.next()
            #expect(world.readiness.isReady)
            // No pause ends here: the change itself wakes the monitor.
            world.replaceOurs(Samples.ring(Samples.two, version: 2))
            _ = await rounds.next()
            #expect(!world.readiness.isReady)
        }
    }

    @Test("an issuer's key that drifts alarms and leaves the service ready")
    func drift() async throws {
        let world = World(theirs: Samples.ring(), ours: Samples.ring())
        let monitor = world.monitor()
        try await run(world, monitor) { rounds in
            _ = await rounds.next()
            world.state.withLock { $0.theirs = Samples.ring(Samples.two) }
            world.clock.advance(15)
            world.endPause()
            _ = await rounds.next()
            #expect(world.readiness.isReady)
            #expect(monitor.states.map(\.status) == ["disagreed"])
            #expect(world.log.lines.contains { $0.level == .error })
        }
    }

    @Test("an issuer that can't be reached is let be after the grace, with a warning")
    func unreachable() async throws {
        let world = World(theirs: nil, ours: Samples.ring())
        let monitor = world.monitor()
        try await run(world, monitor) { rounds in
            _ = await rounds.next()
            #expect(!world.readiness.isReady)
            world.clock.advance(30)
            world.endPause()
            _ = await rounds.next()
            #expect(world.readiness.isReady)
            #expect(world.log.lines.contains { $0.metadata["agreement"] == "unconfirmed" })
            world.state.withLock { $0.theirs = Samples.ring() }
            world.endPause()
            _ = await rounds.next()
            #expect(monitor.states.map(\.status) == ["agreed"])
            #expect(world.readiness.checks.map(\.status) == [.ready])
        }
    }

    @Test("of two observations at once the later one's readiness stays", arguments: [true, false])
    func atOnce(endsReady: Bool) {
        let urls = ["http://a", "http://b"]
        let readiness = Readiness(checks: [KeyAgreementMonitor.check])
        // The ring is asked for between the first event's decision and its end: the second one comes there, as from
        // another thread.
        let second = Mutex<(@Sendable () -> Void)?>(nil)
        let monitor = KeyAgreementMonitor(
            settings: .init(portalURLs: urls), service: "gateway",
            ring: {
                let body = second.withLock { body in
                    defer { body = nil }
                    return body
                }
                body?()
                return Samples.ring()
            }, observe: { _ in }, fetch: { _, _ in .failed("nobody asks") }, pause: { _ in },
            internalToken: InternalToken(secret: SecretBytes(utf8: "internal")), readiness: readiness,
            clock: WallClock { 1_800_000_000 }, logger: CapturedLog().logger)
        let agreed = ProbeObservation(outcome: .agreed)
        let disagreed = ProbeObservation(outcome: .disagreed("no such key"))
        let (first, last) = endsReady ? (disagreed, agreed) : (agreed, disagreed)
        monitor.apply(.started)
        monitor.apply(.observed(url: urls[0], agreed))
        if !endsReady { monitor.apply(.observed(url: urls[1], disagreed)) }
        second.withLock { $0 = { monitor.apply(.observed(url: urls[1], last)) } }
        monitor.apply(.observed(url: urls[1], first))
        #expect(second.withLock { $0 == nil })
        // One that serves keeps serving, with a warning.
        let expected = endsReady ? "agreed" : "disagreed"
        #expect(monitor.standing.agreement == expected)
        #expect(readiness.isReady)
        if case .warning(let code, _) = readiness.checks[0].status {
            #expect(!endsReady && code == "key_disagreement")
        } else {
            #expect(endsReady)
        }
    }

    @Test("an internal token that is the JWT secret stops the service at its start")
    func sameSecret() async throws {
        let world = World(theirs: Samples.ring(), ours: Samples.ring())
        let monitor = world.monitor(internalToken: Samples.one)
        await #expect(throws: SettingsError.self) { try await monitor.run() }
    }

    @Test("PORTAL_URLS is read, PORTAL_URL stands in for it, and two that differ are a fault")
    func settings() throws {
        func read(_ variables: [String: String]) throws -> [String] {
            let reader = SettingsReader(variables: variables)
            let settings = KeyAgreementMonitor.Settings(reader: reader)
            try reader.finish()
            return settings.portalURLs
        }
        #expect(try read([:]) == [])
        #expect(try read(["PORTAL_URL": "http://a/"]) == ["http://a"])
        #expect(try read(["PORTAL_URLS": "http://a, http://b,http://a"]) == ["http://a", "http://b"])
        #expect(try read(["PORTAL_URLS": "http://a,http://b", "PORTAL_URL": "http://b"]) == ["http://a", "http://b"])
        #expect(throws: SettingsError.self) { try read(["PORTAL_URLS": "http://a", "PORTAL_URL": "http://b"]) }
        #expect(throws: SettingsError.self) { try read(["PORTAL_URLS": "http://a,nonsense"]) }
    }
}
