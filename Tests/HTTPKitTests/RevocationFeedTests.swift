import Contracts
import Secrets
import ServiceKit
import Synchronization
import TestSupport
import Testing
import Tokens

@testable import HTTPKit

@Suite("Following a feed of revocations", .timeLimit(.minutes(10)))
struct RevocationFeedTests {
    static let at: Int64 = 1_800_000_000
    static let tokens = RevocationToken(internalToken: SecretBytes(utf8: "an internal token of some length"))

    // MARK: the machine

    typealias Step = (RevocationFeedState.Event, at: Int64, RevocationFeedState.Action, RevocationFeedState.Standing)

    private func walk(_ steps: [Step]) {
        var state = RevocationFeedState()
        for (number, step) in steps.enumerated() {
            #expect(state.on(step.0, now: Self.at + step.at, spread: 1) == step.2, "step \(number)")
            #expect(state.standing == step.3, "step \(number)")
        }
    }

    @Test("reads to the end, then waits; what it has read it does not ask for again")
    func reads() {
        walk([
            (.started, 0, .ask(after: nil, wait: false, pause: 0), .pending),
            (.page(next: "a", more: true), 0, .ask(after: "a", wait: false, pause: 0), .pending),
            (.page(next: "b", more: false), 0, .ask(after: "b", wait: true, pause: 0), .live),
            (.page(next: "b", more: false), 20, .ask(after: "b", wait: true, pause: 0), .live),
            (.page(next: "c", more: true), 21, .ask(after: "c", wait: false, pause: 0), .live),
        ])
    }

    @Test("a short failure alarms nobody, a longer one is a loss; it goes on from where it was")
    func loses() {
        walk([
            (.started, 0, .ask(after: nil, wait: false, pause: 0), .pending),
            (.page(next: "a", more: false), 0, .ask(after: "a", wait: true, pause: 0), .live),
            (.failed, 5, .ask(after: "a", wait: true, pause: 200), .live),
            (.failed, 6, .ask(after: "a", wait: true, pause: 400), .live),
            (.failed, 8, .ask(after: "a", wait: false, pause: 800), .lost),
            (.failed, 9, .ask(after: "a", wait: false, pause: 1600), .lost),
            (.page(next: "b", more: true), 11, .ask(after: "b", wait: false, pause: 0), .lost),
            (.page(next: "c", more: false), 11, .ask(after: "c", wait: true, pause: 0), .live),
            (.failed, 12, .ask(after: "c", wait: true, pause: 200), .live),
        ])
    }

    @Test("a service that never answers is lost from the start on")
    func never() {
        walk([
            (.started, 0, .ask(after: nil, wait: false, pause: 0), .pending),
            (.failed, 1, .ask(after: nil, wait: false, pause: 200), .pending),
            (.failed, 3, .ask(after: nil, wait: false, pause: 400), .lost),
        ])
    }

    @Test("a cursor that is not known any more is a loss at once, until everything kept was read again")
    func gone() {
        walk([
            (.started, 0, .ask(after: nil, wait: false, pause: 0), .pending),
            (.page(next: "a", more: false), 0, .ask(after: "a", wait: true, pause: 0), .live),
            (.gone, 1, .ask(after: nil, wait: false, pause: 200), .lost),
            (.page(next: "x", more: true), 1, .ask(after: "x", wait: false, pause: 0), .lost),
            (.page(next: "y", more: false), 1, .ask(after: "y", wait: true, pause: 0), .live),
        ])
    }

    @Test("pauses grow to a bound, and differ between gateways")
    func pauses() {
        var state = RevocationFeedState()
        var half = RevocationFeedState()
        _ = state.on(.started, now: 0, spread: 1)
        _ = half.on(.started, now: 0, spread: 0)
        var last: Int64 = 0
        for _ in 0..<80 {
            guard case .ask(_, _, let pause) = state.on(.failed, now: 0, spread: 1),
                case .ask(_, _, let shorter) = half.on(.failed, now: 0, spread: 0)
            else { return }
            #expect(pause >= last)
            #expect(shorter == pause / 2)
            last = pause
        }
        #expect(last == 10_000)
    }

    // MARK: the shell

    /// Runs a feed over answers that were prepared; ends when they are used up.
    private func run(
        _ answers: [RevocationAnswer]
    ) async -> (asked: [String?], received: [Revocation], standing: RevocationFeed.Standing, failures: [String]) {
        let received = Kept<[Revocation]>([])
        let asked = Kept<[String?]>([])
        let failures = Kept<[String]>([])
        let clock = ManualClock(Self.at)
        let log = CapturedLog()
        let feed = RevocationFeed(
            url: "http://portal", tokens: Self.tokens,
            sink: { revocation in received.withLock { $0.append(revocation) } },
            changed: {},
            surroundings: .init(pause: { if $0 > 0 { clock.advance(2) } }, spread: { 1 }),
            clock: WallClock { clock.now },
            logger: log.logger)
        let prepared = Kept(answers[...])
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await feed.run { _, after, _ in
                    if let failure = feed.standing.lastFailure { failures.withLock { $0.append(failure) } }
                    guard let answer = prepared.withLock({ $0.popFirst() }) else {
                        withUnsafeCurrentTask { $0?.cancel() }
                        return .failed("over")
                    }
                    asked.withLock { $0.append(after) }
                    return answer
                }
            }
        }
        return (asked.withLock { $0 }, received.withLock { $0 }, feed.standing, failures.withLock { $0 })
    }

    private func event(_ number: Int) -> Revocation {
        Revocation(
            id: "e\(number)", issuer: "p", event: .sessionRevoked, subject: .session(id: "s\(number)", user: "u"),
            occurredAt: Self.at)
    }

    private func page(_ numbers: ClosedRange<Int>, more: Bool = false) -> RevocationPage {
        RevocationPage(
            events: numbers.map { .init(cursor: "l.\($0)", set: Self.tokens.issue(event($0))) },
            next: "l.\(numbers.upperBound)", more: more)
    }

    @Test("each event arrives once, in order, over pages, a failure and a resumption")
    func arrives() async {
        let (asked, received, standing, _) = await run([
            .page(page(1...2, more: true)), .page(page(3...3)), .failed("cut"), .page(page(4...5)),
        ])
        #expect(asked == [nil, "l.2", "l.3", "l.3"])
        #expect(received == (1...5).map(event))
        #expect(standing.isLive)
        #expect(standing.heardAt == Self.at + 2)
    }

    @Test("a page with one forged event counts for nothing from there on, is asked for again, and the feed is lost")
    func forged() async {
        var bad = page(1...3)
        let other = RevocationToken(internalToken: SecretBytes(utf8: "somebody else's internal token"))
        bad.events[1].set = other.issue(event(2))
        let (asked, received, standing, failures) = await run([
            .page(page(0...0)), .page(bad), .page(bad), .page(bad), .page(bad),
        ])
        #expect(asked == [nil, "l.0", "l.0", "l.0", "l.0"])
        #expect(Set(received.map(\.id)) == ["e0", "e1"])
        #expect(standing.isLost)
        #expect(failures.last?.contains("unknown_key") == true)
    }

    @Test("after a cursor was refused, what is kept is read from its beginning")
    func again() async {
        let (asked, received, standing, _) = await run([.page(page(1...2)), .gone, .page(page(1...3))])
        #expect(asked == [nil, "l.2", nil])
        #expect(received.map(\.id) == ["e1", "e2", "e1", "e2", "e3"])
        #expect(standing.isLive)
    }

    // MARK: the board

    @Test("who joins late gets what is known, and each change after it; what is past its time is not passed on")
    func board() {
        let board = RevocationBoard(longestLife: 900, leeway: 60)
        board.revoke(event(1), now: Self.at)
        let mine = Mutex(RevocationSet())
        let losses = Kept<[Bool]>([])
        board.observe { change in
            switch change {
            case .set(let set): mine.withLock { $0 = set }
            case .revoked(let revocation, let expiresAt): mine.withLock { $0.insert(revocation, expiresAt: expiresAt) }
            case .lost(let isLost): losses.withLock { $0.append(isLost) }
            }
        }
        #expect(mine.withLock { $0.count } == 1)
        board.revoke(event(2), now: Self.at + 1)
        board.revoke(event(3), now: Self.at + 1020)
        #expect(mine.withLock { $0.count } == 2)
        func isRevoked(_ session: String, at now: Int64) -> Bool {
            mine.withLock {
                $0.isRevoked(
                    sessionID: session, tokenID: nil, subject: "u", issuedAt: Self.at, issuer: "p", now: now)
            }
        }
        // Until the last token of a session that ended now could be accepted: its life, and the clocks at both ends.
        #expect(isRevoked("s2", at: Self.at + 1019))
        #expect(!isRevoked("s2", at: Self.at + 1020))
        board.setLost(true)
        board.setLost(true)
        board.setLost(false)
        #expect(losses.withLock { $0 } == [false, true, false])
    }
}

/// A mutex that closures of several tasks can hold.
private final class Kept<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>
    init(_ value: Value) { mutex = Mutex(value) }

    func withLock<Result: Sendable>(_ body: @Sendable (inout Value) -> Result) -> Result {
        mutex.withLock { body(&$0) }
    }
}
