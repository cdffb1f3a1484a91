import HTTPKit
import NIOCore
import NIOEmbedded
import Testing

@testable import Gateway

@Suite("One loop's enricher")
struct EnricherTests {
    private static let stale = StaleBounds(whileRevalidating: 60, ifError: 0)
    private static let standIn = StaleBounds(whileRevalidating: 0, ifError: 60)
    private static let yes = Verdict.confirmed(ScriptedPlant.facts)
    private static let down = PlantAnswer.failed("down")

    @Test("first fresh, then cached until the time to live is over")
    func confirmed() throws {
        let world = EmbeddedEnricher()
        let question = try TestQuestion.make()
        let first = world.ask(question)
        #expect(first.told.isEmpty)
        world.plant.answer(ScriptedPlant.confirmed)
        #expect(first.mark == .fresh)
        #expect(first.verdict == Self.yes)
        #expect(world.ask(question.after(seconds: 29)).mark == .cached)
        #expect(world.plant.questions.count == 1)
        #expect(world.ask(question.after(seconds: 30)).told.isEmpty)
        #expect(world.plant.questions.count == 2)
    }

    @Test("a refusal is kept for its shorter time, and counted as one call")
    func negative() throws {
        let world = EmbeddedEnricher()
        world.plant.immediate = { _ in ScriptedPlant.suspended }
        let question = try TestQuestion.make()
        for seconds in Int64(0)..<5 {
            let asker = world.ask(question.after(seconds: seconds))
            #expect(asker.verdict == .refused(.customerSuspended, plantCode: "customer_suspended"))
        }
        #expect(world.plant.questions.count == 1)
        world.plant.immediate = { _ in ScriptedPlant.confirmed }
        #expect(world.ask(question.after(seconds: 5)).verdict == Self.yes)
        #expect(world.plant.questions.count == 2)
    }

    @Test("a stale yes is served at once, marked, while one call asks anew")
    func whileRevalidating() throws {
        let world = EmbeddedEnricher()
        let question = try TestQuestion.make(stale: Self.stale)
        _ = world.ask(question)
        world.plant.answer(ScriptedPlant.confirmed)
        for _ in 0..<3 {
            let asker = world.ask(question.after(seconds: 40))
            #expect(asker.mark == .stale)
            #expect(asker.verdict == Self.yes)
        }
        #expect(world.plant.questions.count == 2)
        world.plant.answer(ScriptedPlant.confirmed)
        #expect(world.ask(question.after(seconds: 41)).mark == .cached)
        // A route that does not want it waits for the plant.
        var strict = question.after(seconds: 71)
        strict.stale = .none
        let asker = world.ask(strict)
        #expect(asker.told.isEmpty)
        world.plant.answer(ScriptedPlant.confirmed)
        #expect(asker.mark == .fresh)
    }

    @Test("a no in the background ends it")
    func revalidatedWithNo() throws {
        let world = EmbeddedEnricher()
        let question = try TestQuestion.make(stale: Self.stale)
        _ = world.ask(question)
        world.plant.answer(ScriptedPlant.confirmed)
        #expect(world.ask(question.after(seconds: 40)).mark == .stale)
        world.plant.answer(ScriptedPlant.suspended)
        guard case .refused? = world.ask(question.after(seconds: 40)).verdict else {
            Issue.record("a refused customer was served a stale yes")
            return
        }
    }

    @Test("a stale yes stands in for a plant that fails, within its bound, and never for one that says no")
    func ifError() throws {
        let world = EmbeddedEnricher(failures: 100)
        let question = try TestQuestion.make(stale: Self.standIn)
        _ = world.ask(question)
        world.plant.answer(ScriptedPlant.confirmed)
        world.plant.immediate = { _ in Self.down }
        let asker = world.ask(question.after(seconds: 89))
        #expect(asker.mark == .stale)
        #expect(asker.verdict == Self.yes)
        #expect(world.ask(question.after(seconds: 90)).isUnavailable)
        world.plant.immediate = { _ in ScriptedPlant.suspended }
        guard case .refused? = world.ask(question.after(seconds: 40)).verdict else {
            Issue.record("no is no error")
            return
        }
        world.plant.immediate = { _ in Self.down }
        #expect(world.ask(question.after(seconds: 50)).isUnavailable)
    }

    @Test("never beyond the token, after a ring change or a revocation", arguments: [0, 1, 2, 3])
    func neverStale(_ reason: Int) throws {
        let world = EmbeddedEnricher(failures: 100)
        let bounds = StaleBounds(whileRevalidating: 600, ifError: 600)
        let question = try TestQuestion.make(lifetime: 100, stale: bounds)
        _ = world.ask(question)
        world.plant.answer(ScriptedPlant.confirmed)
        world.plant.immediate = { _ in Self.down }
        #expect(world.ask(question.after(seconds: 99)).mark == .stale)
        switch reason {
        case 0: #expect(world.ask(question.after(seconds: 100)).isUnavailable)
        case 1: world.enricher.ringChanged(to: 2)
        case 2: world.enricher.revoked(.subject("user-1"))
        default: world.enricher.revoked(.customer("customer-7"))
        }
        #expect(world.ask(question.after(seconds: reason == 0 ? 100 : 50)).isUnavailable)
    }

    @Test("a revocation of somebody else takes nothing away")
    func others() throws {
        let world = EmbeddedEnricher()
        let question = try TestQuestion.make()
        _ = world.ask(question)
        world.plant.answer(ScriptedPlant.confirmed)
        world.enricher.revoked(.subject("user-2"))
        #expect(world.ask(question).mark == .cached)
    }

    @Test(
        "an answer from before a ring change or a revocation is given, not kept, and joined by nobody",
        arguments: [true, false])
    func changedInBetween(_ isRing: Bool) throws {
        let world = EmbeddedEnricher()
        let question = try TestQuestion.make()
        let early = world.ask(question)
        if isRing { world.enricher.ringChanged(to: 2) } else { world.enricher.revoked(.subject("user-1")) }
        let late = world.ask(question)
        #expect(world.plant.questions.count == 2)
        world.plant.answer(ScriptedPlant.confirmed)
        #expect(early.mark == .fresh)
        #expect(late.told.isEmpty)
        #expect(world.enricher.cached == 0)
        world.plant.answer(ScriptedPlant.suspended)
        guard case .refused? = late.verdict else {
            Issue.record("the later question got the earlier answer")
            return
        }
    }

    @Test("who goes away takes the answer from nobody")
    func cancelled() throws {
        let world = EmbeddedEnricher()
        let question = try TestQuestion.make()
        let leader = world.ask(question)
        let other = world.ask(question)
        world.enricher.cancel(try #require(leader.ticket))
        world.plant.answer(ScriptedPlant.confirmed)
        #expect(leader.told.isEmpty)
        #expect(other.mark == .fresh)
        #expect(world.ask(question).mark == .cached)
    }

    @Test("without lifetimes every question that is not asked at the same time is a call")
    func always() throws {
        let world = EmbeddedEnricher(lifetimes: .none)
        let question = try TestQuestion.make(stale: StaleBounds(whileRevalidating: 60, ifError: 60))
        world.plant.immediate = { _ in ScriptedPlant.confirmed }
        for _ in 0..<3 { #expect(world.ask(question).mark == .fresh) }
        world.plant.immediate = { _ in ScriptedPlant.suspended }
        for _ in 0..<3 { #expect(world.ask(question).mark == .fresh) }
        world.plant.immediate = { _ in Self.down }
        #expect(world.ask(question).isUnavailable)
        #expect(world.plant.questions.count == 7)
        #expect(world.enricher.cached == 0)
    }

    @Test("calls beyond the budget are not made")
    func budget() throws {
        let world = EmbeddedEnricher(concurrentCalls: 2)
        let askers = try (0..<3).map { world.ask(try TestQuestion.make(subject: "user-\($0)")) }
        #expect(world.plant.questions.count == 2)
        #expect(askers[2].isUnavailable)
        #expect(askers[0].told.isEmpty)
    }

    @Test(
        "a plant that fails is not asked while the circuit is open, and asked by one call when its time is over",
        arguments: [
            PlantAnswer.failed("no answer in time"), .answered(status: 500, body: []),
            .answered(status: 200, body: [0x7B]),
            .answered(status: 429, body: []),
        ])
    func breaker(_ failure: PlantAnswer) throws {
        let world = EmbeddedEnricher(failures: 3, openFor: .seconds(5))
        let questions = try (0..<4).map { _ in try TestQuestion.make() }
        world.plant.immediate = { _ in failure }
        for question in questions[..<3] { #expect(world.ask(question).isUnavailable) }
        #expect(world.enricher.breakerState == .open)
        #expect(world.ask(questions[3]).isUnavailable)
        #expect(world.plant.questions.count == 3)
        world.eventLoop.advanceTime(by: .milliseconds(4999))
        #expect(world.ask(questions[0]).isUnavailable)
        #expect(world.plant.questions.count == 3)
        // The plant is back, and slow.
        world.plant.immediate = nil
        world.eventLoop.advanceTime(by: .milliseconds(1))
        let probe = world.ask(questions[0])
        #expect(world.ask(questions[1]).isUnavailable)
        #expect(world.plant.questions.count == 4)
        world.plant.answer(ScriptedPlant.confirmed)
        #expect(probe.mark == .fresh)
        #expect(world.enricher.breakerState == .closed)
        world.plant.immediate = { _ in ScriptedPlant.confirmed }
        #expect(world.ask(questions[1]).mark == .fresh)
    }

    @Test("while the circuit is open, what is stale stands in without a call")
    func staleWhileOpen() throws {
        let world = EmbeddedEnricher(failures: 1)
        let question = try TestQuestion.make(stale: Self.standIn)
        _ = world.ask(question)
        world.plant.answer(ScriptedPlant.confirmed)
        world.plant.immediate = { _ in Self.down }
        #expect(world.ask(try TestQuestion.make()).isUnavailable)
        #expect(world.plant.questions.count == 2)
        #expect(world.ask(question.after(seconds: 60)).mark == .stale)
        #expect(world.plant.questions.count == 2)
    }

    @Test(
        "a plant that says no is well, and so is one that was not asked",
        arguments: [
            PlantAnswer.answered(status: 401, body: []), .answered(status: 403, body: []), ScriptedPlant.suspended,
            .answered(status: 404, body: []), .notAsked("no ID token"),
        ])
    func alive(_ answer: PlantAnswer) throws {
        let world = EmbeddedEnricher(failures: 1)
        world.plant.immediate = { _ in answer }
        for _ in 0..<30 { _ = world.ask(try TestQuestion.make()) }
        #expect(world.enricher.breakerState == .closed)
        #expect(world.plant.questions.count == 30)
    }
}
