import Gateway
import NIOCore
import Testing

@Suite("The circuit breaker")
struct CircuitBreakerTests {
    private static let settings = CircuitBreaker.Settings(failures: 3, openFor: .seconds(5))

    /// A breaker and a clock of its own, in tenths of a second.
    private final class World {
        var breaker = CircuitBreaker(settings: CircuitBreakerTests.settings)
        var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

        /// - Returns: false when no call is made.
        @discardableResult
        func call(_ outcome: CircuitBreaker.Outcome) -> Bool {
            guard let permit = breaker.permit(now: now) else { return false }
            breaker.ended(permit, outcome, now: now)
            return true
        }

        func permit() -> CircuitBreaker.Permit? { breaker.permit(now: now) }

        func advance(tenths: Int64) { now = now + .milliseconds(100 * tenths) }
    }

    @Test("failures in a row open it; a success between them, or a call that was not made, does not count")
    func inARow() {
        let world = World()
        for outcome in [CircuitBreaker.Outcome.failed, .failed, .alive, .failed, .unknown, .failed] {
            #expect(world.call(outcome))
            #expect(world.breaker.state == .closed)
        }
        #expect(world.call(.failed))
        #expect(world.breaker.state == .open)
    }

    @Test("open, it lets nothing through until its time is over; then one probe, whose success closes it")
    func recovers() {
        let world = World()
        for _ in 0..<3 { world.call(.failed) }
        world.advance(tenths: 49)
        #expect(!world.call(.alive))
        world.advance(tenths: 1)
        let probe = world.permit()
        #expect(world.breaker.state == .halfOpen)
        for _ in 0..<3 { #expect(world.permit() == nil) }
        if let probe { world.breaker.ended(probe, .alive, now: world.now) }
        #expect(world.breaker.state == .closed)
        #expect(world.call(.alive))
    }

    @Test("a probe that fails opens it for the whole time again; one that was not made leaves it to the next")
    func probes() {
        let world = World()
        for _ in 0..<3 { world.call(.failed) }
        world.advance(tenths: 50)
        #expect(world.call(.unknown))
        #expect(world.breaker.state == .halfOpen)
        #expect(world.call(.failed))
        #expect(world.breaker.state == .open)
        world.advance(tenths: 49)
        #expect(!world.call(.alive))
        world.advance(tenths: 1)
        #expect(world.call(.alive))
        #expect(world.breaker.state == .closed)
    }

    @Test("answers to calls that began before it opened change nothing")
    func late() throws {
        let world = World()
        let early = try #require(world.permit())
        let another = try #require(world.permit())
        for _ in 0..<3 { world.call(.failed) }
        world.breaker.ended(early, .alive, now: world.now)
        #expect(world.breaker.state == .open)
        world.advance(tenths: 50)
        let probe = try #require(world.permit())
        world.breaker.ended(another, .failed, now: world.now)
        #expect(world.breaker.state == .halfOpen)
        world.breaker.ended(probe, .alive, now: world.now)
        #expect(world.breaker.state == .closed)
    }

    @Test("half of at least twenty calls within ten seconds opens it; nineteen, or less than half, do not")
    func rate() {
        // Never three failures in a row.
        let outcomes: [CircuitBreaker.Outcome] = [.failed, .alive]
        let few = World()
        for index in 0..<19 { few.call(outcomes[index % 2]) }
        #expect(few.breaker.state == .closed)
        few.call(.failed)
        #expect(few.breaker.state == .open)
        let mostlyWell = World()
        for index in 0..<300 { mostlyWell.call(index % 3 == 0 ? .failed : .alive) }
        #expect(mostlyWell.breaker.state == .closed)
    }

    @Test("what is more than ten seconds ago is forgotten")
    func forgotten() {
        let world = World()
        for index in 0..<18 { world.call(index % 2 == 0 ? .failed : .alive) }
        world.advance(tenths: 100)
        for index in 0..<18 { world.call(index % 2 == 0 ? .failed : .alive) }
        #expect(world.breaker.state == .closed)
        let window = OutcomeWindow()
        #expect(window.sum(now: world.now) == (0, 0))
    }

    @Test("the window sums what came within its length, second by second")
    func window() {
        var window = OutcomeWindow()
        let begin = NIODeadline.uptimeNanoseconds(100_000_000_000)
        for second in 0..<20 { window.count(failed: second % 2 == 0, now: begin + .seconds(Int64(second))) }
        #expect(window.sum(now: begin + .seconds(19)) == (10, 5))
        #expect(window.sum(now: begin + .seconds(24)) == (5, 2))
        #expect(window.sum(now: begin + .seconds(29)) == (0, 0))
    }
}
