import ServiceKit
import Testing

@testable import HTTPKit

/// Several replicas of an issuer answer at one address, in turn, and may hold different rings for a while.
@Suite("Key agreement with an issuer of several replicas")
struct AgreementVoicesTests {
    private static let url = "http://portal"

    /// What one probe brought: which replica, which of its keys, whether we hold it, and since when that replica runs.
    struct Answer: Sendable {
        var at: Int64
        var replica: String
        var agrees: Bool
        var startedAt: Int64 = -1000
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let answers: [Answer]
        var ringChangedAt: Int64?
        let readiness: String
        let agreement: String
    }

    static let cases: [Case] = [
        Case(
            testDescription: "replicas in the middle of a rotation sign with different keys, and both are held",
            answers: [
                Answer(at: 1, replica: "r1", agrees: true), Answer(at: 2, replica: "r2", agrees: true),
                Answer(at: 3, replica: "r1", agrees: true),
            ], ringChangedAt: 2, readiness: "ready", agreement: "agreed"),
        Case(
            testDescription: "after our own change one replica that lags does not hold us back, and is alarmed about",
            answers: [
                Answer(at: 1, replica: "r1", agrees: true), Answer(at: 11, replica: "r2", agrees: false),
                Answer(at: 12, replica: "r1", agrees: true),
            ], ringChangedAt: 10, readiness: "key_disagreement", agreement: "disagreed"),
        Case(
            testDescription: "its word still counts when the others answer next: nothing flaps",
            answers: [
                Answer(at: 1, replica: "r2", agrees: false), Answer(at: 2, replica: "r1", agrees: true),
                Answer(at: 17, replica: "r1", agrees: true), Answer(at: 32, replica: "r1", agrees: true),
            ], readiness: "key_disagreement", agreement: "disagreed"),
        Case(
            testDescription: "one that was not heard for a minute counts no more",
            answers: [
                Answer(at: 1, replica: "r2", agrees: false), Answer(at: 2, replica: "r1", agrees: true),
                Answer(at: 62, replica: "r1", agrees: true),
            ], readiness: "ready", agreement: "agreed"),
        Case(
            testDescription: "a replica that corrects itself is believed at once",
            answers: [
                Answer(at: 1, replica: "r2", agrees: false), Answer(at: 2, replica: "r1", agrees: true),
                Answer(at: 3, replica: "r2", agrees: true),
            ], readiness: "ready", agreement: "agreed"),
        Case(
            testDescription: "a portal that was restarted with another key speaks for the process it replaced",
            answers: [
                Answer(at: 1, replica: "host-17", agrees: false),
                Answer(at: 20, replica: "host-99", agrees: true, startedAt: 15),
            ], readiness: "ready", agreement: "agreed"),
        Case(
            testDescription: "replicas that all sign with a key that is not held hold a start back",
            answers: [Answer(at: 1, replica: "r1", agrees: false), Answer(at: 2, replica: "r2", agrees: false)],
            readiness: "!key_disagreement", agreement: "disagreed"),
        Case(
            testDescription: "what was heard before our own change does not count after it",
            answers: [Answer(at: 1, replica: "r1", agrees: true), Answer(at: 11, replica: "r1", agrees: false)],
            ringChangedAt: 10, readiness: "!key_disagreement", agreement: "disagreed"),
    ]

    private static func observation(_ answer: Answer) -> ProbeObservation {
        var observation = ProbeObservation(
            outcome: answer.agrees ? .agreed : .disagreed("another key"), issuer: "i",
            theirKid: answer.agrees ? "ours" : "theirs",
            comparison: "this service holds ours from file A; i signs with theirs from file B")
        observation.instance = answer.replica
        observation.startedAt = answer.startedAt
        observation.provenKid = answer.agrees ? "ours" : nil
        return observation
    }

    @Test("who is held back, and by whom", arguments: cases)
    func decisions(_ example: Case) {
        var state = AgreementState(.init(urls: [Self.url], grace: 30, needsIssuers: true))
        _ = state.on(.started, now: 0)
        var changeAt = example.ringChangedAt
        for answer in example.answers {
            if let at = changeAt, at <= answer.at {
                _ = state.on(.ringChanged, now: at)
                changeAt = nil
            }
            _ = state.on(.observed(url: Self.url, Self.observation(answer)), now: answer.at)
        }
        let readiness =
            switch state.readiness {
            case .ready: "ready"
            case .warning(let code, _): code
            case .notReady(let code, _): "!\(code)"
            case nil: "-"
            }
        #expect(readiness == example.readiness)
        #expect(state.standing.agreement == example.agreement)
        if example.agreement == "disagreed" {
            let detail = state.standing.detail ?? ""
            for word in ["portal", "ours", "theirs", "file A", "file B"] { #expect(detail.contains(word)) }
        }
    }

    @Test("replicas that take turns are one drift and one line each, not one per answer")
    func turns() {
        var state = AgreementState(.init(urls: [Self.url], grace: 30, needsIssuers: true))
        _ = state.on(.started, now: 0)
        var drifts = 0
        var lines = 0
        for round in 0..<20 {
            let answer = Answer(
                at: Int64(round) * 10, replica: round.isMultiple(of: 2) ? "r1" : "r2",
                agrees: round.isMultiple(of: 2))
            for action in state.on(.observed(url: Self.url, Self.observation(answer)), now: answer.at) {
                switch action {
                case .countDrift: drifts += 1
                case .log(.disagreed): lines += 1
                default: break
                }
            }
        }
        #expect(drifts == 1)
        #expect(lines == 1)
    }

    @Test("a key that an issuer announces and that is not held is told once, and alarms nobody")
    func lagging() {
        var state = AgreementState(.init(urls: [Self.url], grace: 30, needsIssuers: true))
        _ = state.on(.started, now: 0)
        _ = state.on(.observed(url: Self.url, Self.observation(.init(at: 1, replica: "r1", agrees: true))), now: 1)
        let missing = ProbeObservation(outcome: .disagreed("not held"), theirKid: "next")
        let first = state.on(.observedOthers(url: Self.url, ["next": missing]), now: 1)
        #expect(first == [.log(.lagging(url: Self.url, kid: "next", reason: "not held"))])
        #expect(state.on(.observedOthers(url: Self.url, ["next": missing]), now: 16) == [])
        #expect(state.standing == AgreementStanding(agreement: "agreed", verified: ["ours"], lagging: ["next"]))
        #expect(state.readiness == .ready)

        var held = ProbeObservation(outcome: .agreed, theirKid: "next")
        held.provenKid = "next"
        _ = state.on(.observedOthers(url: Self.url, ["next": held]), now: 31)
        #expect(state.standing == AgreementStanding(agreement: "agreed", verified: ["ours", "next"], lagging: []))
    }

    @Test("a new ring has proven nothing")
    func newRing() {
        var state = AgreementState(.init(urls: [Self.url], grace: 30, needsIssuers: true))
        _ = state.on(.started, now: 0)
        _ = state.on(.observed(url: Self.url, Self.observation(.init(at: 1, replica: "r1", agrees: true))), now: 1)
        #expect(state.verified == ["ours"])
        _ = state.on(.ringChanged, now: 2)
        #expect(state.verified == [])
        #expect(state.standing.agreement == "pending")
    }

    @Test("a replica that lacks the key asked for says nothing of whether we hold it")
    func noSuchKey() {
        let observation = ProbeObservation.judge(.noSuchKey, ring: Samples.ring(), now: 0)
        var state = AgreementState(.init(urls: [Self.url], grace: 30, needsIssuers: true))
        _ = state.on(.observedOthers(url: Self.url, ["next": observation]), now: 1)
        #expect(state.standing.lagging == [])
    }

    @Test("a kid of any text stands in the query without changing it")
    func query() {
        #expect(ProbeClient.query(nil) == "")
        #expect(ProbeClient.query("aB1-_.") == "?kid=aB1-_.")
        #expect(ProbeClient.query("a&b=c d/é\n") == "?kid=a%26b%3Dc%20d%2F%C3%A9%0A")
    }
}
