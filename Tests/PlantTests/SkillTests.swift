import HTTPTypes
import PlantTesting
import Testing

@testable import Plant

private let uri = "/api/v1/skills"

@Suite("Skills", .timeLimit(.minutes(10)))
struct SkillTests {
    @Test("the same life as a customer's: create, read, replace, patch, delete")
    func life() async throws {
        try await PlantFixture.use { plant in
            let token = try plant.token("operator")
            let created = try await plant.send(
                .post, uri, token: token,
                json: #"{"name":"Pruning","category":"orchard","level":3,"description":"Cut\nwell"}"#)
            #expect(created.status == .created)
            #expect(created.integer("level") == 3)
            let one = "\(uri)/\(try #require(created["id"]))"
            #expect(created.headers[.location] == one)
            let patched = try await plant.send(
                .patch, one, token: token, headers: [("If-Match", "\"v1\"")], json: #"{"level":null}"#)
            #expect(patched.status == .ok)
            #expect(!patched.members.contains("level"))
            let replaced = try await plant.send(
                .put, one, token: token, headers: [("If-Match", "\"v2\"")], json: #"{"name":"Grafting"}"#)
            #expect(replaced["category"] == "general")
            let stale = try await plant.send(.delete, one, token: token, headers: [("If-Match", "\"v2\"")])
            #expect(stale.status == .preconditionFailed)
            let deleted = try await plant.send(.delete, one, token: token, headers: [("If-Match", "\"v3\"")])
            #expect(deleted.status == .noContent)
            #expect(try await plant.send(.get, one, token: token).status == .notFound)
            #expect(try await plant.send(.get, uri, token: token).integer("total") == 0)
        }
    }

    @Test("names are unique in any case among the living")
    func uniqueName() async throws {
        try await PlantFixture.use { plant in
            let token = try plant.token("admin")
            #expect(try await plant.send(.post, uri, token: token, json: #"{"name":"Pruning"}"#).status == .created)
            let again = try await plant.send(.post, uri, token: token, json: #"{"name":"PRUNING"}"#)
            #expect(again.status == .conflict)
            #expect(again.fields == ["name"])
        }
    }

    static let refusedLevels = ["0", "6", "2.5", "\"3\"", "1e99", "true", "9223372036854775808"]

    @Test("a level is a whole number from 1 to 5", arguments: refusedLevels)
    func levels(_ level: String) async throws {
        try await PlantFixture.use { plant in
            let answer = try await plant.send(
                .post, uri, token: plant.token("admin"), json: #"{"name":"Pruning","level":\#(level)}"#)
            #expect(answer.fields == ["level"])
        }
    }

    @Test("every verified user reads the catalogue, staff alone writes it")
    func access() async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register()
            _ = try await plant.send(.post, uri, token: plant.token("admin"), json: #"{"name":"Pruning"}"#)
            let tokens = [
                try plant.token("viewer"), try plant.token("auditor"), try plant.token("customer", customerID: "c-1"),
            ]
            for token in tokens {
                let list = try await plant.send(.get, uri, token: token)
                #expect(list.items("name") == ["Pruning"])
                let write = try await plant.send(.post, uri, token: token, json: #"{"name":"Grafting"}"#)
                #expect(write.code == "forbidden")
            }
            let orchestrator = try plant.token("agent_orchestrator")
            let written = try await plant.send(.post, uri, token: orchestrator, json: #"{"name":"Grafting"}"#)
            #expect(written.status == .created)
            #expect(try await plant.send(.get, uri).code == "missing_token")
        }
    }
}
