import HTTPTypes
import PlantKit
import PlantTesting
import ServerKit
import Synchronization
import TestSupport
import Testing

@testable import FarmManager

/// Who may open an event stream, how many, and how long it lasts. (What becomes of its connection: `StreamAnswerTests`.)
@Suite("A farm's event stream over the API", .timeLimit(.minutes(10)))
struct FarmStreamTests {
    /// Keeps the guards of streams waiting until the test lets them go, and remembers how long they would have waited.
    private final class Guards: Sendable {
        private struct State {
            var asked: [Duration] = []
            var waiting: [AsyncStream<Void>.Continuation] = []
        }

        private let released: StreamRules.Wait
        private let state = Mutex(State())
        private let arrivals: AsyncStream<Void>
        private let arrival: AsyncStream<Void>.Continuation

        /// - Parameter released: which guard of a stream `open()` lets go.
        init(_ released: StreamRules.Wait) {
            self.released = released
            (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
        }

        var asked: [Duration] { state.withLock { $0.asked } }

        /// Of the stream that was opened last.
        func open() { state.withLock { $0.waiting.popLast() }?.yield() }

        /// Until a stream's guard waits: the stream is open then.
        func streamIsOpen() async { for await _ in arrivals { return } }

        func sleep(_ wait: StreamRules.Wait, _ duration: Duration) async throws {
            guard wait == released else { return try await Task.sleep(for: .seconds(86_400)) }
            let (gate, opening) = AsyncStream.makeStream(of: Void.self)
            state.withLock { state in
                state.asked.append(duration)
                state.waiting.append(opening)
            }
            arrival.yield()
            for await _ in gate { return }
            throw CancellationError()
        }
    }

    /// Holds a stream open while the body runs, and expects that it is cut in the end.
    private func holding(
        _ plant: PlantFixture, _ guards: Guards, token: String, _ body: @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                do {
                    _ = try await plant.send(.get, "/api/v1/farm/events", token: token)
                    return false
                } catch {
                    return true
                }
            }
            await guards.streamIsOpen()
            try await body()
            guards.open()
            #expect(try await group.next() == true, "the stream looked whole")
        }
    }

    private func use(
        _ guards: Guards, _ variables: [String: String] = [:], _ body: @Sendable (PlantFixture) async throws -> Void
    ) async throws {
        try await PlantFixture.use(
            variables, modules: [FarmManagerModule.self], streamSleep: { try await guards.sleep($0, $1) }, body)
    }

    @Test("lasts as long as the token that opened it, and no second longer")
    func tokenEnd() async throws {
        let guards = Guards(.tokenEnd)
        try await use(guards) { plant in
            let token = try plant.token("viewer")
            try await holding(plant, guards, token: token) {}
            plant.clock.advance(600)
            try await holding(plant, guards, token: token) {}
            // Within the leeway a request is answered; a stream has no time left.
            plant.clock.advance(330)
            try await holding(plant, guards, token: token) {}
            #expect(guards.asked == [.seconds(900), .seconds(300), .zero])
        }
    }

    @Test("ends when the role that opened it no longer may")
    func permissionTaken() async throws {
        let guards = Guards(.nextLook)
        try await use(guards) { plant in
            let token = try plant.token("viewer")
            try await holding(plant, guards, token: token) {
                let taken = try await plant.send(
                    .delete, "/api/v1/roles/viewer/permissions/farm.view", token: plant.token("super_admin"))
                #expect(taken.status == .noContent, "\(taken.text)")
            }
            #expect(guards.asked == [.seconds(15)])
            #expect(try await plant.send(.get, "/api/v1/farm/events", token: token).status == .forbidden)
        }
    }

    @Test("one caller can't take the places of others, and all together no more than there are")
    func places() async throws {
        let guards = Guards(.tokenEnd)
        let variables = ["PLANT_MAX_STREAMS": "2", "PLANT_MAX_STREAMS_PER_CALLER": "1"]
        try await use(guards, variables) { plant in
            let (ana, ben) = (try plant.token("viewer", subject: "u-ana"), try plant.token("viewer", subject: "u-ben"))
            let cem = try plant.token("viewer", subject: "u-cem")
            try await holding(plant, guards, token: ana) {
                let second = try await plant.send(.get, "/api/v1/farm/events", token: ana)
                #expect(second.status == .tooManyRequests)
                #expect(second.code == "rate_limited")
                try await holding(plant, guards, token: ben) {
                    let third = try await plant.send(.get, "/api/v1/farm/exports/farms.csv", token: cem)
                    #expect(third.status == .serviceUnavailable)
                    #expect(third.headers[.retryAfter] == "5")
                }
            }
            // All places are free again.
            try await holding(plant, guards, token: ana) {}
        }
    }
}
