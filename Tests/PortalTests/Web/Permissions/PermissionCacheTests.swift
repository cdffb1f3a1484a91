import Synchronization
import Testing

@testable import Portal

@Suite struct PermissionCacheTests {
    /// Answers in turn, and counts how often it was asked.
    private final class Plant: Sendable {
        private let state: Mutex<(asked: Int, answers: [Result<PlantPermissions, PlantFailure>])>

        init(_ answers: Result<PlantPermissions, PlantFailure>...) { state = Mutex((0, answers)) }

        var asked: Int { state.withLock { $0.asked } }

        @Sendable func answer() async throws(PlantFailure) -> PlantPermissions {
            let answer = state.withLock { state in
                state.asked += 1
                return state.answers.count > 1 ? state.answers.removeFirst() : state.answers[0]
            }
            return try answer.get()
        }
    }

    private static let some = PlantPermissions([.operateFarms])
    private static let other = PlantPermissions([.changeSkills])

    @Test(
        "an answer is kept for half a minute, and not by a clock that was set back",
        arguments: [(0, 1), (29, 1), (30, 2), (3600, 2), (-1, 2)])
    func lifetime(later: Int64, asked: Int) async throws {
        let (cache, plant) = (PermissionCache(), Plant(.success(Self.some), .success(Self.other)))
        let first = try await cache.permissions(of: ["viewer"], now: 1_000, ask: plant.answer)
        #expect(first == Self.some)
        let second = try await cache.permissions(of: ["viewer"], now: 1_000 + later, ask: plant.answer)
        #expect(second == (asked == 1 ? Self.some : Self.other))
        #expect(plant.asked == asked)
    }

    @Test("what one set of roles may do says nothing of another, not of a larger and not of a smaller one")
    func sets() async throws {
        let cache = PermissionCache()
        for (number, roles) in [["admin"], ["viewer"], ["admin", "viewer"], []].enumerated() {
            let plant = Plant(.success(number == 0 ? Self.some : .untold))
            let told = try await cache.permissions(of: Set(roles), now: 0, ask: plant.answer)
            #expect(told == (number == 0 ? Self.some : .untold))
            #expect(plant.asked == 1)
        }
        let unasked = Plant(.failure(.unreachable))
        #expect(try await cache.permissions(of: ["viewer", "admin"], now: 0, ask: unasked.answer) == .untold)
        #expect(unasked.asked == 0)
    }

    @Test("a failure is told and not kept; nor does an answer outlive its time because the plant is away")
    func failures() async throws {
        let (cache, plant) = (
            PermissionCache(), Plant(.failure(.unreachable), .success(Self.some), .failure(.unreachable))
        )
        await #expect(throws: PlantFailure.unreachable) {
            try await cache.permissions(of: ["viewer"], now: 0, ask: plant.answer)
        }
        #expect(try await cache.permissions(of: ["viewer"], now: 0, ask: plant.answer) == Self.some)
        await #expect(throws: PlantFailure.unreachable) {
            try await cache.permissions(of: ["viewer"], now: 30, ask: plant.answer)
        }
    }

    @Test("the oldest of many answers makes room")
    func bounded() async throws {
        let (cache, plant) = (PermissionCache(), Plant(.success(Self.some)))
        let sets = (0..<(PermissionCache.maximum + 40)).map { Set(["role-\($0)"]) }
        for (number, roles) in sets.enumerated() {
            _ = try await cache.permissions(of: roles, now: Int64(number / 40), ask: plant.answer)
            #expect(cache.count <= PermissionCache.maximum)
        }
        #expect(cache.count == PermissionCache.maximum)
        // Of the newest second all are there still.
        let asked = plant.asked
        for roles in sets.suffix(10) { _ = try await cache.permissions(of: roles, now: 8, ask: plant.answer) }
        #expect(plant.asked == asked)
        _ = try await cache.permissions(of: sets[0], now: 8, ask: plant.answer)
        #expect(plant.asked == asked + 1)
    }

    @Test("many who come at once ask one question, and get its answer also when the first of them goes away")
    func together() async throws {
        let (cache, plant) = (PermissionCache(), Plant(.success(Self.some)))
        let (gate, opener) = AsyncStream<Void>.makeStream()
        let (arrivals, arrival) = AsyncStream<Void>.makeStream()
        let first = Task {
            try await cache.permissions(of: ["viewer"], now: 0) { () async throws(PlantFailure) in
                arrival.yield()
                for await _ in gate {}
                // As a request does that is given up.
                guard !Task.isCancelled else { throw .unreachable }
                return try await plant.answer()
            }
        }
        for await _ in arrivals { break }
        let others = (0..<20).map { _ in
            Task { try await cache.permissions(of: ["viewer"], now: 0, ask: plant.answer) }
        }
        first.cancel()
        opener.finish()
        for task in others { #expect(try await task.value == Self.some) }
        #expect(plant.asked == 1)
    }

    @Test("who waited for a question that was refused to its asker asks for themselves")
    func refusedToAnother() async throws {
        let (cache, plant) = (PermissionCache(), Plant(.success(Self.some)))
        let (gate, opener) = AsyncStream<Void>.makeStream()
        let (arrivals, arrival) = AsyncStream<Void>.makeStream()
        let first = Task {
            try await cache.permissions(of: ["customer"], now: 0) { () async throws(PlantFailure) in
                arrival.yield()
                for await _ in gate {}
                throw .forbidden(code: "customer_suspended")
            }
        }
        for await _ in arrivals { break }
        let second = Task { try await cache.permissions(of: ["customer"], now: 0, ask: plant.answer) }
        opener.finish()
        #expect(try await second.value == Self.some)
        await #expect(throws: PlantFailure.forbidden(code: "customer_suspended")) { try await first.value }
    }

    @Test("names that no page asks about are not kept")
    func names() {
        let told = PlantPermissions(names: ["farm.operate", "farm.OPERATE", "roles.change", "", "farm.operate"])
        #expect(told == Self.some)
        #expect(PlantPermission.allCases.filter(told.may) == [.operateFarms])
    }
}
