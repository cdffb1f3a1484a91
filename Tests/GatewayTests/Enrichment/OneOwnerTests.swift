import Testing

@testable import Gateway

@Suite("One owner loop per token", .timeLimit(.minutes(10)))
struct OneOwnerTests {
    @Test(
        "10,000 first requests for 100 tokens on four loops make 100 calls, whether the plant answers late or at once",
        arguments: [true, false])
    func hundredCalls(_ isLate: Bool) async throws {
        let questions = try (0..<100).map { _ in try TestQuestion.make() }
        try await EnricherLoops.run(4) { loops in
            if !isLate {
                for number in 0..<4 {
                    try await loops.on(number) { $0.plant.immediate = { _ in ScriptedPlant.confirmed } }
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in 0..<4 {
                    tasks.addTask {
                        for round in 0..<25 {
                            try await loops.on(number) { seat in
                                for index in questions.indices { seat.ask(questions[(index + round) % 100]) }
                            }
                        }
                    }
                }
                try await tasks.waitForAll()
            }
            try await loops.settle()
            if isLate {
                for number in 0..<4 { #expect(try await loops.marks(number).isEmpty) }
                for number in 0..<4 {
                    try await loops.on(number) { $0.plant.answerAll(ScriptedPlant.confirmed) }
                }
                try await loops.settle()
            }
            #expect(try await loops.calls() == 100)
            for number in 0..<4 {
                let verdicts = try await loops.on(number) { $0.told.map(\.verdict) }
                #expect(verdicts.count == 2500)
                #expect(verdicts.allSatisfy { $0 == .confirmed(ScriptedPlant.facts) })
                #expect(try await loops.on(number) { $0.enricher.cached } == 100)
            }
            // Each loop has its own now: no call, and nobody else is asked.
            for number in 0..<4 { try await loops.on(number) { $0.ask(questions[0]) } }
            for number in 0..<4 { #expect(try await loops.marks(number).last == .cached) }
            #expect(try await loops.calls() == 100)
        }
    }

    @Test("every loop owns some tokens")
    func shares() async throws {
        try await EnricherLoops.run(3) { loops in
            let owners = try (0..<200).map { _ in loops.owner(of: try TestQuestion.make()) }
            for number in 0..<3 { #expect((30..<110).contains(owners.filter { $0 == number }.count)) }
        }
    }

    @Test("a verdict that another loop passes on lives no longer than the owner's")
    func noLongerLife() async throws {
        try await EnricherLoops.run(2) { loops in
            let question = try loops.question(ownedBy: 0)
            try await loops.on(0) {
                $0.plant.immediate = { _ in ScriptedPlant.confirmed }
                $0.ask(question)
            }
            try await loops.on(1) { $0.ask(question.after(seconds: 20)) }
            try await loops.settle()
            #expect(try await loops.marks(1) == [.cached])
            try await loops.on(1) { $0.ask(question.after(seconds: 29)) }
            #expect(try await loops.calls() == 1)
            try await loops.on(1) { $0.ask(question.after(seconds: 30)) }
            try await loops.settle()
            #expect(try await loops.marks(1) == [.cached, .cached, .fresh])
            #expect(try await loops.calls() == 2)
        }
    }

    @Test(
        "the owner hears of a change last: neither what it kept nor what is on its way is the asker's",
        arguments: [true, false])
    func ownerIsBehind(_ isRing: Bool) async throws {
        try await EnricherLoops.run(2) { loops in
            let question = try loops.question(ownedBy: 0)
            let pending = try loops.question(ownedBy: 0)
            try await loops.on(0) {
                $0.ask(question)
                $0.plant.answer(ScriptedPlant.confirmed)
                $0.ask(pending)
            }
            try await loops.on(1) {
                if isRing { $0.enricher.ringChanged(to: 2) } else { $0.enricher.revoked(.subject("user-1")) }
                $0.ask(question)
                $0.ask(pending)
            }
            try await loops.settle()
            // Both were asked about anew.
            #expect(try await loops.calls() == 4)
            #expect(try await loops.marks(1).isEmpty)
            try await loops.on(0) { $0.plant.answerAll(ScriptedPlant.suspended) }
            try await loops.settle()
            #expect(try await loops.marks(1) == [.fresh, .fresh])
            let refused = try await loops.on(1) { seat in
                seat.told.allSatisfy { if case .refused = $0.verdict { true } else { false } }
            }
            #expect(refused)
        }
    }

    @Test("the asker hears of a change while the owner asks: the answer is given, and not kept")
    func askerMovesOn() async throws {
        try await EnricherLoops.run(2) { loops in
            let question = try loops.question(ownedBy: 0)
            try await loops.on(1) { $0.ask(question) }
            try await loops.settle()
            try await loops.on(1) { $0.enricher.revoked(.subject("somebody")) }
            try await loops.on(0) { $0.plant.answer(ScriptedPlant.confirmed) }
            try await loops.settle()
            #expect(try await loops.marks(1) == [.fresh])
            #expect(try await loops.on(1) { $0.enricher.cached } == 0)
        }
    }

    @Test("the owner shuts down, before or while it is asked: the asker asks for itself", arguments: [true, false])
    func ownerShutsDown(_ isBefore: Bool) async throws {
        try await EnricherLoops.run(2) { loops in
            let question = try loops.question(ownedBy: 0)
            if isBefore { try await loops.on(0) { $0.enricher.shutDown() } }
            try await loops.on(1) { $0.ask(question) }
            try await loops.settle()
            if !isBefore { try await loops.on(0) { $0.enricher.shutDown() } }
            try await loops.settle()
            #expect(try await loops.on(1) { $0.plant.questions.count } == 1)
            try await loops.on(1) { $0.plant.answer(ScriptedPlant.confirmed) }
            #expect(try await loops.marks(1) == [.fresh])
            // The owner's own call ends as well, and nobody hears of it twice.
            try await loops.on(0) { $0.plant.answerAll(ScriptedPlant.confirmed) }
            try await loops.settle()
            #expect(try await loops.marks(1) == [.fresh])
        }
    }

    @Test("the asker shuts down: nobody is told")
    func askerShutsDown() async throws {
        try await EnricherLoops.run(2) { loops in
            let question = try loops.question(ownedBy: 0)
            try await loops.on(1) { $0.ask(question) }
            try await loops.settle()
            try await loops.on(1) { $0.enricher.shutDown() }
            try await loops.on(0) { $0.plant.answer(ScriptedPlant.confirmed) }
            try await loops.settle()
            #expect(try await loops.marks(1).isEmpty)
        }
    }
}
