import Gateway
import Testing

@Suite("One call per token")
struct ValidationsTests {
    private static let a = TokenDigest("a")
    private static let b = TokenDigest("b")
    private static let epoch = Epoch(ring: 1)
    private static let later = Epoch(ring: 2)

    /// Asks, and says whether there is a call to make, with which number, or one to wait for.
    private final class Flights {
        var state: Validations<String>
        var tickets: [String: Validations<String>.Ticket] = [:]
        init(limit: Int) { state = Validations(limit: limit) }

        func ask(_ digest: TokenDigest, _ waiter: String?, _ epoch: Epoch = ValidationsTests.epoch) -> Int? {
            switch state.ask(digest, epoch: epoch, waiter: waiter) {
            case .call(let number, let ticket):
                tickets[waiter ?? ""] = ticket
                return number
            case .wait(let ticket):
                tickets[waiter ?? ""] = ticket
                return nil
            case .refuse: return -1
            }
        }

        func answered(_ number: Int) -> (waiters: [String], epoch: Epoch)? { state.answered(number) }
        func abandon() -> [String] { state.abandon() }
    }

    @Test("whoever comes while a call is on its way waits for its answer")
    func coalesced() throws {
        let flights = Flights(limit: 8)
        let first = try #require(flights.ask(Self.a, "1"))
        #expect(flights.ask(Self.a, "2") == nil)
        #expect(flights.ask(Self.b, "3") != nil)
        #expect(flights.ask(Self.a, "4") == nil)
        let answered = try #require(flights.answered(first))
        #expect(answered.waiters == ["1", "2", "4"])
        #expect(answered.epoch == Self.epoch)
        #expect(flights.state.callsInFlight == 1)
        #expect(flights.ask(Self.a, "5") != nil)
    }

    @Test("the one who made the call goes away: the others get the answer")
    func leaderLeaves() throws {
        let flights = Flights(limit: 8)
        let call = try #require(flights.ask(Self.a, "leader"))
        #expect(flights.ask(Self.a, "other") == nil)
        let leader = try #require(flights.tickets["leader"])
        #expect(flights.state.isWaiting(leader))
        flights.state.cancel(leader)
        #expect(!flights.state.isWaiting(leader))
        #expect(flights.answered(call)?.waiters == ["other"])
    }

    @Test("a call that nobody waits for is joined like any other")
    func background() throws {
        let flights = Flights(limit: 8)
        let call = try #require(flights.ask(Self.a, nil))
        #expect(flights.ask(Self.a, nil) == nil)
        #expect(flights.ask(Self.a, "1") == nil)
        #expect(flights.answered(call)?.waiters == ["1"])
    }

    @Test("a call from before a change is not joined by who knows of it, and still answers its own")
    func epochs() throws {
        let flights = Flights(limit: 8)
        let old = try #require(flights.ask(Self.a, "old"))
        let new = try #require(flights.ask(Self.a, "new", Self.later))
        #expect(old != new)
        // Whoever has not heard of it yet may have the newer answer too.
        #expect(flights.ask(Self.a, "late", Self.epoch) == nil)
        #expect(flights.answered(old)?.waiters == ["old"])
        #expect(flights.ask(Self.a, "later", Self.later) == nil)
        let answered = try #require(flights.answered(new))
        #expect(answered.waiters == ["new", "late", "later"])
        #expect(answered.epoch == Self.later)
        #expect(flights.state.callsInFlight == 0)
    }

    @Test("calls are bounded")
    func bounded() {
        let flights = Flights(limit: 1)
        #expect(flights.ask(Self.a, "1") != nil)
        #expect(flights.ask(Self.b, "2") == -1)
        #expect(flights.ask(Self.a, "3") == nil)
    }

    @Test("an answer nobody knows of is nobody's, and no second one is")
    func unknown() throws {
        let flights = Flights(limit: 1)
        let call = try #require(flights.ask(Self.a, "1"))
        #expect(flights.answered(call + 7) == nil)
        #expect(flights.state.callsInFlight == 1)
        #expect(flights.answered(call) != nil)
        #expect(flights.answered(call) == nil)
    }

    @Test("what is abandoned is told to all who wait")
    func abandoned() throws {
        let flights = Flights(limit: 8)
        let call = try #require(flights.ask(Self.a, "1"))
        #expect(flights.ask(Self.b, "2") != nil)
        #expect(flights.ask(Self.a, "3") == nil)
        #expect(flights.abandon().sorted() == ["1", "2", "3"])
        #expect(flights.answered(call) == nil)
    }
}

@Suite("What a loop knows of changes")
struct EpochTests {
    @Test(
        "an epoch covers another when it knows of all that the other knows",
        arguments: [
            (1, 0, 1, 0, true), (2, 0, 1, 0, true), (1, 1, 1, 0, true), (1, 0, 2, 0, false), (1, 0, 1, 1, false),
            (2, 0, 1, 1, false), (1, 5, 2, 0, false),
        ])
    func covers(_ ring: UInt64, _ revocations: UInt64, _ otherRing: UInt64, _ others: UInt64, _ covers: Bool) {
        let one = Epoch(ring: ring, revocations: revocations)
        let other = Epoch(ring: otherRing, revocations: others)
        #expect(one.covers(other) == covers)
        #expect(one.merged(with: other).covers(one))
        #expect(one.merged(with: other).covers(other))
    }

    @Test("changes make it later")
    func later() {
        let begin = Epoch(ring: 3)
        var epoch = begin
        epoch.ringChanged(to: 2)
        #expect(epoch == begin)
        epoch.revoked()
        #expect(epoch.covers(begin) && !begin.covers(epoch))
        epoch.ringChanged(to: 4)
        #expect(epoch == Epoch(ring: 4, revocations: 1))
    }
}
