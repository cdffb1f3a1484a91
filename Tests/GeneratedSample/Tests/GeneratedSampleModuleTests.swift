import HTTPTypes
import PlantTesting
import Testing

@testable import GeneratedSample

@Suite("Generated sample", .timeLimit(.minutes(5)))
struct GeneratedSampleModuleTests {
    private let uri = "/api/v1/generated-sample/entries"

    @Test("an entry is made, found, changed and deleted")
    func life() async throws {
        try await PlantFixture.use(modules: [GeneratedSampleModule.self]) { plant in
            let token = try plant.token("operator")
            let made = try await plant.send(.post, uri, token: token, json: #"{"name":"First"}"#)
            #expect(made.status == .created)
            let own = "\(uri)/\(made["id"] ?? "")"
            let tag = made.headers[.eTag] ?? ""
            let found = try await plant.send(.get, uri + "?q=FIRST", token: token)
            #expect(found.items("name") == ["First"])
            let changed = try await plant.send(
                .patch, own, token: token, headers: [("If-Match", tag)], json: #"{"name":"Second"}"#)
            #expect(changed["name"] == "Second")
            let stale = try await plant.send(.delete, own, token: token, headers: [("If-Match", tag)])
            #expect(stale.code == "precondition_failed")
            let deleted = try await plant.send(.delete, own, token: token, headers: [("If-Match", "*")])
            #expect(deleted.status == .noContent)
        }
    }

    @Test("who may only look changes nothing, and who has no role sees nothing")
    func permissions() async throws {
        try await PlantFixture.use(modules: [GeneratedSampleModule.self]) { plant in
            let body = #"{"name":"First"}"#
            let viewer = try await plant.send(.post, uri, token: plant.token("viewer"), json: body)
            #expect(viewer.code == "forbidden")
            let stranger = try await plant.send(.get, uri, token: plant.token("stranger"))
            #expect(stranger.code == "forbidden")
            let list = try await plant.send(.get, uri, token: plant.token("viewer"))
            #expect(list.integer("total") == 0)
        }
    }

    @Test("a name that can't be one is refused", arguments: ["{}", #"{"name":""}"#, #"{"name":7}"#])
    func badNames(_ body: String) async throws {
        try await PlantFixture.use(modules: [GeneratedSampleModule.self]) { plant in
            let answer = try await plant.send(.post, uri, token: plant.token("admin"), json: body)
            #expect(answer.fields == ["name"])
        }
    }
}
