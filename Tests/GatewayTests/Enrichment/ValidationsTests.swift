import Gateway
import Testing

@Suite("One call per token")
struct ValidationsTests {
    private static let a = TokenDigest("a")
    private static let b = TokenDigest("b")

    @Test("whoever comes while a call is on its way waits for its answer")
    func coalesced() {
        let flights = Box(Validations<String>(limit: 8))
        #expect(flights.value.ask(Self.a, waiter: "1").ask == .call(1))
        #expect(flights.value.ask(Self.a, waiter: "2").ask == .wait)
        #expect(flights.value.ask(Self.b, waiter: "3").ask == .call(2))
        let answered = flights.value.answered(Self.a, number: 1)
        #expect(answered.waiters == ["1", "2"])
        #expect(answered.mayKeep)
        #expect(flights.value.callsInFlight == 1)
        #expect(flights.value.ask(Self.a, waiter: "4").ask == .call(3))
    }

    @Test("the one who made the call goes away: the others get the answer")
    func leaderLeaves() {
        let flights = Box(Validations<String>(limit: 8))
        let leader = flights.value.ask(Self.a, waiter: "leader").ticket
        _ = flights.value.ask(Self.a, waiter: "other")
        flights.value.cancel(Self.a, ticket: leader)
        #expect(flights.value.answered(Self.a, number: 1).waiters == ["other"])
    }

    @Test("an answer that was on its way when the ring changed is not kept")
    func ringChanged() {
        let flights = Box(Validations<String>(limit: 8))
        _ = flights.value.ask(Self.a, waiter: "1")
        flights.value.ringChanged()
        let answered = flights.value.answered(Self.a, number: 1)
        #expect(answered.waiters == ["1"])
        #expect(!answered.mayKeep)
        _ = flights.value.ask(Self.a, waiter: "2")
        #expect(flights.value.answered(Self.a, number: 2).mayKeep)
    }

    @Test("calls are bounded")
    func bounded() {
        let flights = Box(Validations<String>(limit: 1))
        _ = flights.value.ask(Self.a, waiter: "1")
        #expect(flights.value.ask(Self.b, waiter: "2").ask == .refuse)
        #expect(flights.value.ask(Self.a, waiter: "3").ask == .wait)
    }

    @Test("an answer nobody knows of is nobody's")
    func unknown() {
        let flights = Box(Validations<String>(limit: 1))
        _ = flights.value.ask(Self.a, waiter: "1")
        #expect(flights.value.answered(Self.a, number: 7).waiters.isEmpty)
        #expect(flights.value.callsInFlight == 1)
    }
}
