import NIOCore
import NIOPosix
import TestSupport

@testable import Gateway

/// Several loops whose enrichers know each other, each with a plant of its own that answers when told.
struct EnricherLoops: Sendable {
    /// What one loop has; touched on it alone.
    final class Seat {
        let enricher: Enricher
        let plant: ScriptedPlant
        private(set) var told: [(verdict: Verdict, mark: EnrichmentMark)] = []

        init(eventLoop: any EventLoop, number: Int) {
            let plant = ScriptedPlant()
            let settings = Enricher.Settings(
                lifetimes: VerdictLifetimes(confirmed: 30, refused: 5), stale: .none, timeout: .seconds(3),
                concurrentCalls: 256, breaker: CircuitBreaker.Settings(failures: 5, openFor: .seconds(5)))
            let metrics = LoopMetrics(loop: number)
            let desk = ValidationDesk(
                concurrentCalls: settings.concurrentCalls, breaker: settings.breaker, eventLoop: eventLoop,
                metrics: metrics, logger: CapturedLog().logger, askPlant: plant.ask)
            self.plant = plant
            enricher = Enricher(settings: settings, desk: desk, eventLoop: eventLoop, metrics: metrics, ring: 1)
        }

        func ask(_ question: ValidationQuestion) { _ = enricher.ask(question) { self.told.append(($0, $1)) } }
    }

    let seats: [NIOLoopBound<Seat>]

    /// Runs `body` with that many loops, which end with it.
    static func run(_ count: Int, _ body: @Sendable (EnricherLoops) async throws -> Void) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: count)
        do {
            var seats: [NIOLoopBound<Seat>] = []
            var enrichers: [NIOLoopBound<Enricher>] = []
            for (number, eventLoop) in group.makeIterator().enumerated() {
                let (seat, enricher) = try await eventLoop.submit {
                    let seat = Seat(eventLoop: eventLoop, number: number)
                    return (
                        NIOLoopBound(seat, eventLoop: eventLoop), NIOLoopBound(seat.enricher, eventLoop: eventLoop)
                    )
                }.get()
                seats.append(seat)
                enrichers.append(enricher)
            }
            let loops = EnricherLoops(seats: seats)
            let peers = EnricherPeers(enrichers)
            for number in seats.indices { try await loops.on(number) { $0.enricher.peers = peers } }
            try await body(loops)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
        try await group.shutdownGracefully()
    }

    /// Whose token it is.
    func owner(of question: ValidationQuestion) -> Int {
        Int(TokenDigest(question.token).share % UInt64(seats.count))
    }

    /// A question about a token that this loop owns.
    func question(ownedBy number: Int) throws -> ValidationQuestion {
        while true {
            let question = try TestQuestion.make()
            if owner(of: question) == number { return question }
        }
    }

    @discardableResult
    func on<T: Sendable>(_ number: Int, _ body: @escaping @Sendable (Seat) -> T) async throws -> T {
        let seat = seats[number]
        return try await seat.eventLoop.submit { body(seat.value) }.get()
    }

    /// Behind all that loops had to tell each other, there and back.
    func settle() async throws {
        for _ in 0..<3 { for number in seats.indices { try await on(number) { _ in } } }
    }

    func calls() async throws -> Int {
        var sum = 0
        for number in seats.indices { sum += try await on(number) { $0.plant.questions.count } }
        return sum
    }

    func marks(_ number: Int) async throws -> [EnrichmentMark] { try await on(number) { $0.told.map(\.mark) } }
}
