import ServiceKit
import Testing

@testable import HTTPKit

@Suite("Key agreement decides")
struct AgreementStateTests {
    private static let a = "http://a"
    private static let b = "http://b"

    private static func agreed(_ url: String) -> AgreementState.Event {
        .observed(url: url, ProbeObservation(outcome: .agreed, issuer: "i", theirKid: "k"))
    }
    private static func disagreed(_ url: String, kid: String = "x") -> AgreementState.Event {
        .observed(url: url, ProbeObservation(outcome: .disagreed("another key"), issuer: "i", theirKid: kid))
    }
    private static func away(_ url: String) -> AgreementState.Event {
        .observed(url: url, ProbeObservation(outcome: .unreachable("connection refused")))
    }

    /// The readiness after all of it, as `code` (`ready`, `!code` when not ready).
    private static func readiness(
        _ urls: [String], needsIssuers: Bool = true, _ events: [(Int64, AgreementState.Event)]
    )
        -> String?
    {
        var state = AgreementState(.init(urls: urls, grace: 30, needsIssuers: needsIssuers))
        var result: String?
        for (now, event) in events {
            for action in state.on(event, now: now) {
                guard case .setReadiness(let status) = action else { continue }
                result =
                    switch status {
                    case .ready: "ready"
                    case .warning(let code, _): code
                    case .notReady(let code, _): "!\(code)"
                    }
            }
        }
        return result
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let urls: [String]
        let events: [(Int64, AgreementState.Event)]
        let expected: String
        var needsIssuers = true
    }

    static let cases: [Case] = [
        Case(
            testDescription: "a start waits for the first answer", urls: [a], events: [(0, .started)],
            expected: "!agreement_pending"),
        Case(
            testDescription: "a start that agrees is ready", urls: [a], events: [(0, .started), (1, agreed(a))],
            expected: "ready"),
        Case(
            testDescription: "a start that disagrees is held back", urls: [a],
            events: [(0, .started), (1, disagreed(a))], expected: "!key_disagreement"),
        Case(
            testDescription: "it stays held back after the grace", urls: [a],
            events: [(0, .started), (1, disagreed(a)), (100, disagreed(a)), (200, .tick)], expected: "!key_disagreement"
        ),
        Case(
            testDescription: "it stays held back when the issuer that contradicted goes away", urls: [a],
            events: [(0, .started), (1, disagreed(a)), (100, away(a))], expected: "!key_disagreement"),
        Case(
            testDescription: "it is ready once the issuer agrees", urls: [a],
            events: [(0, .started), (1, disagreed(a)), (16, agreed(a))], expected: "ready"),
        Case(
            testDescription: "one that serves stays ready when an issuer's key drifts, and alarms", urls: [a],
            events: [(0, .started), (1, agreed(a)), (16, disagreed(a))], expected: "key_disagreement"),
        Case(
            testDescription: "and recovers", urls: [a],
            events: [(0, .started), (1, agreed(a)), (16, disagreed(a)), (31, agreed(a))], expected: "ready"),
        Case(
            testDescription: "one whose own ring changed into disagreement is held back", urls: [a],
            events: [(0, .started), (1, agreed(a)), (100, .ringChanged), (101, disagreed(a))],
            expected: "!key_disagreement"),
        Case(
            testDescription: "one whose own ring changed stays ready until an issuer speaks against it", urls: [a],
            events: [(0, .started), (1, agreed(a)), (100, .ringChanged), (101, away(a))], expected: "ready"),
        Case(
            testDescription: "a new ring mends what the old one was held back for", urls: [a],
            events: [(0, .started), (1, disagreed(a)), (100, .ringChanged), (101, agreed(a))], expected: "ready"),
        Case(
            testDescription: "a new ring of one held back must prove itself first", urls: [a],
            events: [(0, .started), (1, disagreed(a)), (100, .ringChanged), (101, away(a))],
            expected: "!agreement_pending"),
        Case(
            testDescription: "an issuer that can't be reached is waited for", urls: [a],
            events: [(0, .started), (1, away(a)), (29, .tick)], expected: "!agreement_pending"),
        Case(
            testDescription: "and does not hold anybody back beyond the grace", urls: [a],
            events: [(0, .started), (1, away(a)), (30, .tick)], expected: "agreement_unconfirmed"),
        Case(
            testDescription: "it is confirmed when the issuer is back", urls: [a],
            events: [(0, .started), (1, away(a)), (30, .tick), (40, agreed(a))], expected: "ready"),
        Case(
            testDescription: "after the grace a drifting issuer does not take a serving fleet down", urls: [a],
            events: [(0, .started), (1, away(a)), (30, .tick), (40, disagreed(a))], expected: "key_disagreement"),
        Case(
            testDescription: "one that agreed and lost sight of the issuer stays ready, and says so", urls: [a],
            events: [(0, .started), (1, agreed(a)), (16, away(a))], expected: "agreement_unconfirmed"),
        Case(
            testDescription: "of several issuers all must agree", urls: [a, b],
            events: [(0, .started), (1, agreed(a))], expected: "!agreement_pending"),
        Case(
            testDescription: "several that agree are ready", urls: [a, b],
            events: [(0, .started), (1, agreed(a)), (1, agreed(b))], expected: "ready"),
        Case(
            testDescription: "one of several that disagrees is enough", urls: [a, b],
            events: [(0, .started), (1, agreed(a)), (1, disagreed(b))], expected: "!key_disagreement"),
        Case(
            testDescription: "one of several that is away is waited for and then let be", urls: [a, b],
            events: [(0, .started), (1, agreed(a)), (1, away(b)), (31, .tick)], expected: "agreement_unconfirmed"),
        Case(
            testDescription: "a verifier without issuers is ready and says that it proves nothing", urls: [],
            events: [(0, .started)], expected: "agreement_unconfigured"),
        Case(
            testDescription: "an issuer with nobody else to agree with is ready", urls: [], events: [(0, .started)],
            expected: "ready", needsIssuers: false),
        Case(
            testDescription: "an answer from an address that nobody asked changes nothing", urls: [a],
            events: [(0, .started), (1, agreed(a)), (2, disagreed(b))], expected: "ready"),
    ]

    @Test("who is held back", arguments: cases)
    func decisions(_ example: Case) {
        #expect(Self.readiness(example.urls, needsIssuers: example.needsIssuers, example.events) == example.expected)
    }

    private func notices(_ actions: [AgreementState.Action]) -> [AgreementState.Notice] {
        actions.compactMap { if case .log(let notice) = $0 { notice } else { nil } }
    }

    @Test("the log has a line per change and a reminder every five minutes, not one per check")
    func reminders() {
        var state = AgreementState(.init(urls: [Self.a], grace: 30, needsIssuers: true))
        _ = state.on(.started, now: 0)
        #expect(notices(state.on(Self.agreed(Self.a), now: 1)) == [.agreed(url: Self.a)])
        #expect(notices(state.on(Self.agreed(Self.a), now: 16)) == [])
        let first = state.on(Self.disagreed(Self.a), now: 31)
        #expect(first.contains(.countDrift(url: Self.a)))
        #expect(notices(first) == [.disagreed(url: Self.a, reason: "another key", reminder: false)])
        var reminders = 0
        for step in 1...40 {
            for notice in notices(state.on(Self.disagreed(Self.a), now: 31 + Int64(step) * 15)) {
                #expect(notice == .disagreed(url: Self.a, reason: "another key", reminder: true))
                reminders += 1
            }
        }
        #expect(reminders == 2)
        let other = state.on(Self.disagreed(Self.a, kid: "y"), now: 700)
        #expect(notices(other) == [.disagreed(url: Self.a, reason: "another key", reminder: false)])
        #expect(!other.contains(.countDrift(url: Self.a)))
    }

    @Test("an issuer that is away is told once, and again when it is back")
    func unreachableOnce() {
        var state = AgreementState(.init(urls: [Self.a], grace: 30, needsIssuers: true))
        _ = state.on(.started, now: 0)
        #expect(notices(state.on(Self.away(Self.a), now: 1)).count == 1)
        #expect(notices(state.on(Self.away(Self.a), now: 2)) == [])
        #expect(notices(state.on(.tick, now: 31)) == [.unconfirmed(urls: [Self.a])])
        #expect(notices(state.on(.tick, now: 46)) == [])
        #expect(notices(state.on(Self.agreed(Self.a), now: 50)) == [.agreed(url: Self.a)])
        #expect(notices(state.on(Self.away(Self.a), now: 65)).count == 1)
        #expect(notices(state.on(Self.agreed(Self.a), now: 80)) == [.agreed(url: Self.a)])
    }

    @Test("checks come quickly until something is proven")
    func proving() {
        var state = AgreementState(.init(urls: [Self.a], grace: 30, needsIssuers: true))
        _ = state.on(.started, now: 0)
        #expect(state.isProving)
        _ = state.on(Self.agreed(Self.a), now: 1)
        #expect(!state.isProving)
        _ = state.on(.ringChanged, now: 2)
        #expect(state.isProving)
    }
}
