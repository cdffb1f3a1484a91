import HTTPTypes
import Hummingbird
import PlantKit
import PlantTesting
import Testing

@testable import Plant

@Suite("OpenAPI document and documentation page")
struct DocumentTests {
    @Test(
        "what is served is told, and what is told is served", arguments: [[:], ["ENABLE_DB_UPDATES": "true"]])
    func complete(_ variables: [String: String]) async throws {
        try await PlantFixture.use(variables, modules: [NotesModule.self]) { plant in
            let document = plant.plant.document
            #expect(document.faults == [])
            #expect(document.operations.contains { $0.id == "executeStatement" } == !variables.isEmpty)
            let told = Set(document.operations.map { "\($0.method) \(Self.template($0.path))" })
            let served = Set(
                plant.plant.router().routes.map { "\($0.method) \(Self.template($0.path.description))" }
                    .filter { !$0.contains(" /internal/") && !$0.hasPrefix("HEAD ") })
            #expect(told.subtracting(served).sorted() == [], "told and not served")
            #expect(served.subtracting(told).sorted() == [], "served and not told")
        }
    }

    @Test("the document is open, has an entity tag, and is not sent again to who holds it")
    func conditional() async throws {
        try await PlantFixture.use { plant in
            for path in ["/openapi.json", "/docs"] {
                let first = try await plant.send(.get, path)
                #expect(first.status == .ok)
                let tag = try #require(first.headers[.eTag])
                let second = try await plant.send(.get, path, headers: [("If-None-Match", tag)])
                #expect(second.status == .notModified)
                #expect(second.text.isEmpty)
                #expect(try await plant.send(.get, path, headers: [("If-None-Match", "\"v1\"")]).status == .ok)
            }
        }
    }

    @Test("the page comes with a policy that allows no script")
    func policy() async throws {
        try await PlantFixture.use { plant in
            let answer = try await plant.send(.get, "/docs")
            #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
            #expect(answer.headers[.contentSecurityPolicy]?.hasPrefix("default-src 'none'; style-src 'sha256-") == true)
            #expect(!answer.text.contains("<script"))
        }
    }

    @Test("a customer's schema is what its draft enforces")
    func drafts() async throws {
        try await PlantFixture.use { plant in
            let schemas = try #require(plant.plant.document.json["components"]?["schemas"])
            let draft = try #require(schemas["CustomerDraft"])
            #expect(draft["required"] == ["name", "email"])
            #expect(draft["properties"]?["name"] == ["type": "string", "minLength": 1, "maxLength": 200])
            #expect(schemas["CustomerPatch"]?["required"] == nil)
            #expect(schemas["PageOfCustomer"] != nil)
        }
    }

    /// Captures by their place, since a router names them in its own way.
    private static func template(_ path: String) -> String {
        "/"
            + path.split(separator: "/").map { $0.hasPrefix("{") || $0.hasPrefix(":") ? "{}" : $0 }
            .joined(separator: "/")
    }
}
