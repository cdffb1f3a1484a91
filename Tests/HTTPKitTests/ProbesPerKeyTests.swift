import Contracts
import Logging
import Secrets
import ServiceKit
import Synchronization
import TestSupport
import Testing
import Tokens

@testable import HTTPKit

@Suite("Probes per key")
struct ProbesPerKeyTests {
    private let clock = ManualClock()

    private func ring(_ keys: [RingKey], version: UInt64 = 1) -> KeyRing {
        KeyRing(keys: keys, source: "file /run/jwt", environment: .production, version: version)
    }

    private func signer(_ ring: KeyRing) -> ProbeSigner {
        let clock = clock
        return ProbeSigner(
            issuer: "lockstep-platform", instance: "r1", signers: .local, clock: WallClock { clock.now }, ring: { ring }
        )
    }

    /// What a monitor comes to in one round with an issuer that holds `theirs`.
    private func standing(ours: KeyRing, theirs: KeyRing) async throws -> (AgreementStanding, [String?]) {
        let clock = clock
        let signer = signer(theirs)
        let asked = Mutex<[String?]>([])
        let (rounds, round) = AsyncStream.makeStream(of: Void.self)
        let monitor = KeyAgreementMonitor(
            settings: .init(portalURLs: ["http://portal"]), service: "gateway", ring: { ours }, observe: { $0(ours) },
            fetch: { _, kid in
                asked.withLock { $0.append(kid) }
                guard let probe = try? await signer.probe(kid: kid.map { KeyID($0) }) else { return .noSuchKey }
                return .probe(probe)
            },
            pause: { _ in
                round.yield()
                try await Task.sleep(for: .seconds(3600))
            }, internalToken: InternalToken(secret: SecretBytes(utf8: "internal")), readiness: Readiness(checks: []),
            clock: WallClock { clock.now }, logger: CapturedLog().logger)
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await monitor.run() }
            var iterator = rounds.makeAsyncIterator()
            _ = await iterator.next()
            group.cancelAll()
        }
        return (monitor.standing, asked.withLock { $0 })
    }

    @Test("the issuer names the keys that it signs probes with: the current one and each next")
    func announces() async throws {
        let probe = try await signer(
            ring([
                Samples.key(Samples.one), Samples.key(Samples.two, state: .next),
                Samples.key(SecretBytes(utf8: "z9Yk3vQ8xN1zR7tLw2Jp9sHd5mFb4cGa6eUi0o"), state: .previous),
            ])
        ).probe(kid: nil)
        #expect(
            probe.probeKids == [KeyID.derived(from: Samples.one).rawValue, KeyID.derived(from: Samples.two).rawValue])
        #expect(probe.instance == "r1")
        #expect(probe.uptime == 0)
    }

    @Test("a verifier that holds current and next proves both")
    func both() async throws {
        let both = ring([Samples.key(Samples.one), Samples.key(Samples.two, state: .next)])
        let (standing, asked) = try await standing(ours: both, theirs: both)
        let kids = both.keys.map(\.id.rawValue)
        #expect(standing == AgreementStanding(agreement: "agreed", verified: Set(kids), ringVersion: 1))
        #expect(asked == [nil, kids[1]])
    }

    @Test("a verifier without the next key agrees, and lags")
    func lags() async throws {
        let theirs = ring([Samples.key(Samples.one), Samples.key(Samples.two, state: .next)])
        let (standing, _) = try await standing(ours: ring([Samples.key(Samples.one)]), theirs: theirs)
        #expect(
            standing
                == AgreementStanding(
                    agreement: "agreed", verified: [theirs.keys[0].id.rawValue], lagging: [theirs.keys[1].id.rawValue],
                    ringVersion: 1))
    }

    @Test("a next key of the same name and other bytes is not proven")
    func forged() async throws {
        let kid = KeyID("the-same")
        let theirs = ring([
            Samples.key(Samples.one), RingKey(id: kid, algorithm: .hs256, secret: Samples.two, state: .next),
        ])
        let other = SecretBytes(utf8: "z9Yk3vQ8xN1zR7tLw2Jp9sHd5mFb4cGa6eUi0o")
        let ours = ring([Samples.key(Samples.one), RingKey(id: kid, algorithm: .hs256, secret: other, state: .next)])
        let (standing, _) = try await standing(ours: ours, theirs: theirs)
        #expect(!standing.verified.contains("the-same"))
        #expect(standing.lagging == ["the-same"])
    }

    @Test("an issuer with nobody else proves its own keys, and is held back when the fleet does not hold them")
    func issuer() async throws {
        let own = ring([Samples.key(Samples.one), Samples.key(Samples.two, state: .next)])
        let clock = clock
        let verdict = Mutex<FleetVerdict>(.disagreed(reason: "2 of 2 replicas", comparison: "gateway holds X"))
        let readiness = Readiness(checks: [])
        let log = CapturedLog()
        let (rounds, round) = AsyncStream.makeStream(of: Int.self)
        let go = AsyncStream.makeStream(of: Void.self)
        let monitor = KeyAgreementMonitor(
            settings: .init(portalURLs: [], needsIssuers: false), service: "platform-portal", ring: { own },
            observe: { $0(own) }, fetch: { _, _ in .failed("nobody") },
            pause: { seconds in
                round.yield(seconds)
                for await _ in go.stream { return }
                throw CancellationError()
            }, internalToken: InternalToken(secret: SecretBytes(utf8: "internal")), readiness: readiness,
            clock: WallClock { clock.now }, logger: log.logger, signer: signer(own),
            fleet: FleetCheck(label: "http://portal/internal/v1/fleet") { _ in verdict.withLock { $0 } })
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await monitor.run() }
            var iterator = rounds.makeAsyncIterator()
            #expect(await iterator.next() == 1)
            #expect(!readiness.isReady)
            #expect(monitor.standing.verified == Set(own.keys.map(\.id.rawValue)))
            #expect(monitor.standing.detail?.contains("gateway holds X") == true)
            #expect(log.lines.contains { $0.level == .error && $0.message.contains("gateway holds X") })
            verdict.withLock { $0 = .agreed }
            go.continuation.yield()
            #expect(await iterator.next() == 15)
            #expect(readiness.isReady)
            // Serving, it stays ready whatever the table says.
            verdict.withLock { $0 = .disagreed(reason: "2 of 2 replicas", comparison: "gateway holds X") }
            go.continuation.yield()
            _ = await iterator.next()
            #expect(readiness.isReady)
            #expect(monitor.standing.agreement == "disagreed")
            group.cancelAll()
        }
    }
}
