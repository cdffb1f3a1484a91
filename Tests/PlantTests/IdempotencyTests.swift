import HTTPTypes
import PlantKit
import PlantTesting
import TestSupport
import Testing

@testable import Plant

@Suite("Idempotency keys", .timeLimit(.minutes(10)))
struct IdempotencyTests {
    private let uri = "/api/v1/skills"

    private func post(
        _ plant: PlantFixture, key: String, name: String = "Pruning", subject: String = "u-1", uri: String? = nil
    ) async throws -> Answer {
        try await plant.send(
            .post, uri ?? self.uri, token: plant.token("admin", subject: subject),
            headers: [("Idempotency-Key", key)], json: #"{"name":"\#(name)"}"#)
    }

    private func count(_ plant: PlantFixture) async throws -> Int? {
        try await plant.send(.get, uri, token: plant.token("admin")).integer("total")
    }

    @Test("the same request again answers the same, byte for byte, and does nothing more")
    func again() async throws {
        try await PlantFixture.use { plant in
            let first = try await post(plant, key: "k-1")
            plant.clock.advance(5)
            let second = try await post(plant, key: "k-1")
            #expect(first.status == .created)
            #expect(second.status == .created)
            #expect(second.text == first.text)
            #expect(second.headers[.location] == first.headers[.location])
            #expect(second.headers[.eTag] == first.headers[.eTag])
            let replayed = try #require(HTTPField.Name("Idempotency-Replayed"))
            #expect(second.headers[replayed] == "true")
            #expect(try await count(plant) == 1)
            let audit = try await plant.send(.get, "/api/v1/audit", token: plant.token("admin"))
            #expect(audit.items("action") == ["core.createSkill"])
        }
    }

    @Test("a key that comes with another request is refused, and another caller's key is another key")
    func reused() async throws {
        try await PlantFixture.use { plant in
            _ = try await post(plant, key: "k-1")
            #expect(try await post(plant, key: "k-1", name: "Grafting").code == "idempotency_key_reused")
            #expect(try await post(plant, key: "k-1", uri: uri + "?x=1").code == "invalid_input")
            #expect(try await post(plant, key: "k-1", name: "Grafting", subject: "u-2").status == .created)
            #expect(try await count(plant) == 2)
        }
    }

    @Test("what was refused did nothing, and may be sent again with its key")
    func refusedOnce() async throws {
        try await PlantFixture.use { plant in
            let refused = try await post(plant, key: "k-1", name: "")
            #expect(refused.code == "invalid_input")
            let accepted = try await post(plant, key: "k-1")
            #expect(accepted.status == .created)
        }
    }

    @Test("of twenty at once one is done, and all hear of it")
    func atOnce() async throws {
        try await PlantFixture.use { plant in
            let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
                for _ in 0..<20 { group.addTask { try await post(plant, key: "k-1") } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(answers.map(\.text)).count == 1)
            #expect(answers.allSatisfy { $0.status == .created })
            #expect(try await count(plant) == 1)
        }
    }

    @Test("an answer is kept for a day")
    func expiry() async throws {
        try await PlantFixture.use { plant in
            _ = try await post(plant, key: "k-1")
            plant.clock.advance(IdempotencyKeys.kept + 1)
            #expect(try await post(plant, key: "k-1", name: "Grafting").status == .created)
            plant.clock.advance(IdempotencyKeys.kept + 1)
            try await IdempotencyKeys.sweep(now: plant.clock.now, in: plant.plant.database)
            let left = try await plant.plant.database.read {
                try await $0.query("SELECT scope FROM idempotency_keys", []).count
            }
            #expect(left == 0)
        }
    }

    @Test("a key that is none is refused", arguments: ["", "a b", "ä", String(repeating: "x", count: 256)])
    func badKeys(_ key: String) async throws {
        try await PlantFixture.use { plant in
            let answer = try await post(plant, key: key)
            #expect(answer.code == "invalid_input")
            #expect(answer.fields == ["Idempotency-Key"])
            #expect(try await count(plant) == 0)
        }
    }
}
