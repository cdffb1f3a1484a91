import Contracts
import Secrets
import Testing
import Tokens

@testable import HTTPKit

@Suite("What a probe proves")
struct ProbeObservationTests {
    private let now: Int64 = 1_800_000_000

    private func probe(_ ring: KeyRing, at time: Int64? = nil) throws -> ProbeAnswer {
        let token = try KeyProbeToken.issue(kid: nil, ring: ring, issuer: "lockstep-platform", now: time ?? now)
        return .probe(
            KeyProbe(
                token: token.text, kid: token.keyID.rawValue, environment: ring.environment.rawValue,
                issuer: "lockstep-platform", source: ring.source, expiresAt: token.expiresAt))
    }

    private func outcome(_ answer: ProbeAnswer, _ ring: KeyRing) -> ProbeObservation.Outcome {
        ProbeObservation.judge(answer, ring: ring, now: now).outcome
    }

    private func disagrees(_ outcome: ProbeObservation.Outcome) -> Bool {
        if case .disagreed = outcome { true } else { false }
    }

    @Test("a probe signed with the same key in the same environment is agreement")
    func agreed() throws {
        let observation = ProbeObservation.judge(try probe(Samples.ring()), ring: Samples.ring(), now: now)
        #expect(observation.outcome == .agreed)
        #expect(observation.issuer == "lockstep-platform")
        #expect(observation.theirKid == Samples.ring().current?.id.rawValue)
        #expect(observation.theirSource == "environment variable JWT_SECRET")
    }

    @Test("another key is disagreement")
    func otherKey() throws {
        #expect(disagrees(outcome(try probe(Samples.ring(Samples.two)), Samples.ring(Samples.one))))
    }

    @Test("another environment is drift, even with an equal key")
    func otherEnvironment() throws {
        let staging = Samples.ring(environment: .staging)
        #expect(disagrees(outcome(try probe(staging), Samples.ring(environment: .production))))
    }

    @Test("what the body claims does not count: the environment is the signed one")
    func signedEnvironment() throws {
        guard case .probe(var body) = try probe(Samples.ring(environment: .staging)) else { return }
        body.environment = "production"
        #expect(disagrees(outcome(.probe(body), Samples.ring(environment: .production))))
    }

    @Test("a key that is held as previous agrees, one that is revoked does not")
    func states() throws {
        let theirs = Samples.ring(Samples.two)
        func ours(_ state: KeyState) -> KeyRing {
            KeyRing(
                keys: [Samples.key(Samples.one), Samples.key(Samples.two, state: state)], source: "s",
                environment: .production, version: 1)
        }
        #expect(outcome(try probe(theirs), ours(.previous)) == .agreed)
        #expect(outcome(try probe(theirs), ours(.next)) == .agreed)
        #expect(disagrees(outcome(try probe(theirs), ours(.revoked))))
    }

    @Test("clocks that differ too far are told as that", arguments: [-200, 200] as [Int64])
    func clocks(_ skew: Int64) throws {
        guard case .disagreed(let reason) = outcome(try probe(Samples.ring(), at: now + skew), Samples.ring()) else {
            Issue.record("agreed in spite of the clocks")
            return
        }
        #expect(reason.contains("clocks"))
    }

    @Test("an access token is no probe")
    func accessToken() throws {
        let ring = Samples.ring()
        let access = try TokenIssuer(issuer: "lockstep-platform", audience: "lockstep", lifetime: 60).issue(
            AccessClaims(subject: "1", email: "a@b.c", roles: ["admin"], sessionID: "s"), ring: ring, now: now)
        guard case .probe(var body) = try probe(ring) else { return }
        body.token = access.text
        #expect(disagrees(outcome(.probe(body), ring)))
    }

    @Test("an answer of 401 says that the internal tokens differ", arguments: [401, 403])
    func internalToken(_ status: Int) {
        let answer = ProbeClient.answer(status: status, body: [])
        guard case .unreachable(let reason) = outcome(answer, Samples.ring()) else {
            Issue.record("not unreachable")
            return
        }
        #expect(reason.hasPrefix("internal token refused"))
        #expect(reason.contains("LOCKSTEP_INTERNAL_TOKEN"))
    }

    @Test(
        "what is no probe proves nothing", arguments: [(200, "<html>"), (200, "{}"), (404, ""), (302, ""), (500, "x")])
    func notAProbe(_ status: Int, _ body: String) {
        let answer = ProbeClient.answer(status: status, body: Array(body.utf8))
        guard case .unreachable = outcome(answer, Samples.ring()) else {
            Issue.record("not unreachable")
            return
        }
    }
}
