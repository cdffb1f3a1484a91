import Contracts
import HTTPTypes
import PlantTesting
import ServiceKit
import TestSupport
import Testing

@testable import Plant

private let uri = "/api/v1/customers"

@Suite("Customers", .timeLimit(.minutes(10)))
struct CustomerTests {
    @Test("create answers 201 with Location, ETag and the defaults")
    func create() async throws {
        try await PlantFixture.use { plant in
            let answer = try await plant.send(
                .post, uri, token: plant.token("operator"), json: #"{"name":"Ada","email":"Ada@Example.com"}"#)
            #expect(answer.status == .created)
            let id = try #require(answer["id"])
            #expect(answer.headers[.location] == "\(uri)/\(id)")
            #expect(answer.headers[.eTag] == "\"v1\"")
            #expect(answer["email"] == "ada@example.com")
            #expect(answer["plan"] == "free")
            #expect(answer["status"] == "active")
            #expect(answer["created_at"] == Timestamp(seconds: plant.clock.now).text)
            let read = try await plant.send(.get, "\(uri)/\(id)", token: plant.token("viewer"))
            #expect(read.text == answer.text)
            #expect(read.headers[.eTag] == "\"v1\"")
        }
    }

    static let refusedBodies: [(String, Set<String>)] = [
        (#"{}"#, ["name", "email"]),
        (#"{"name":"","email":"nope"}"#, ["name", "email"]),
        (#"{"name":null,"email":null}"#, ["name", "email"]),
        (#"{"name":7,"email":["a@b.c"]}"#, ["name", "email"]),
        (#"{"name":"A\u0000da","email":"ada@example.com"}"#, ["name"]),
        (#"{"name":" Ada","email":"ada@example.com"}"#, ["name"]),
        (#"{"name":"Ada","email":"ada@example.com","status":"deleted"}"#, ["status"]),
        (#"{"name":"Ada","email":"ada@example.com","status":null}"#, ["status"]),
        (#"{"name":"Ada","email":"ada@example.com","plan":"Gold plan!"}"#, ["plan"]),
        (#"{"name":"Ada","email":"ada@example.com","phone":"call me"}"#, ["phone"]),
        (#"{"name":"Ada","email":"ada@localhost@example.com"}"#, ["email"]),
        (#"{"name":"Ada","email":"a da@example.com"}"#, ["email"]),
        (#"{"name":"\#(String(repeating: "x", count: 201))","email":"ada@example.com"}"#, ["name"]),
        (#"{"name":"Ada","email":"ada@example.com","notes":"\#(String(repeating: "x", count: 4001))"}"#, ["notes"]),
        // Mass assignment.
        (
            #"{"name":"Ada","email":"ada@example.com","id":"chosen","created_at":1,"version":9}"#,
            ["id", "created_at", "version"]
        ),
        (
            #"{"name":"Ada","email":"ada@example.com","user_id":"u","duplicate_of":"c","deleted_at":1}"#,
            ["user_id", "duplicate_of", "deleted_at"]
        ),
        (#"[]"#, []), (#""text""#, []),
    ]

    @Test("a body that can't be accepted names every field at fault", arguments: refusedBodies)
    func refused(_ body: String, _ fields: Set<String>) async throws {
        try await PlantFixture.use { plant in
            let answer = try await plant.send(.post, uri, token: plant.token("admin"), json: body)
            #expect(answer.status == .unprocessableContent)
            #expect(answer.code == "invalid_input")
            #expect(answer.fields == fields)
            let list = try await plant.send(.get, uri, token: plant.token("admin"))
            #expect(list.integer("total") == 0)
        }
    }

    @Test("what is no JSON, no JSON type or too large is refused before it is read on")
    func badBodies() async throws {
        try await PlantFixture.use { plant in
            let token = try plant.token("admin")
            for body in [#"{"name":"Ada""#, #"{"name":"Ada","name":"Eve","email":"a@b.cd"}"#, "", "{} {}"] {
                let answer = try await plant.send(.post, uri, token: token, json: body)
                #expect(answer.status == .badRequest, "\(body)")
                #expect(answer.code == "malformed_request", "\(body)")
            }
            let form = try await plant.send(
                .post, uri, token: token, headers: [("Content-Type", "application/x-www-form-urlencoded")],
                json: "name=Ada")
            #expect(form.code == "unsupported_media_type")
            let large = try await plant.send(
                .post, uri, token: token,
                json: #"{"name":"Ada","email":"a@b.cd","notes":"\#(String(repeating: "x", count: 1 << 20))"}"#)
            #expect(large.status == .contentTooLarge)
            #expect(large.code == "payload_too_large")
        }
    }

    @Test("a living customer's email is unique in any case, and free again once that one is deleted")
    func uniqueEmail() async throws {
        try await PlantFixture.use { plant in
            let token = try plant.token("admin")
            let (id, tag) = try await plant.makeCustomer(email: "ada@example.com")
            let second = #"{"name":"Eve","email":"ADA@example.com"}"#
            let taken = try await plant.send(.post, uri, token: token, json: second)
            #expect(taken.status == .conflict)
            #expect(taken.fields == ["email"])
            let deleted = try await plant.send(.delete, "\(uri)/\(id)", token: token, headers: [("If-Match", tag)])
            #expect(deleted.status == .noContent)
            #expect(try await plant.send(.get, "\(uri)/\(id)", token: token).status == .notFound)
            #expect(try await plant.send(.post, uri, token: token, json: second).status == .created)
        }
    }

    @Test("of twenty that want one email at once, one gets it")
    func concurrentEmails() async throws {
        try await PlantFixture.use { plant in
            let token = try plant.token("admin")
            let statuses = try await withThrowingTaskGroup(of: HTTPResponse.Status.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await plant.send(
                            .post, uri, token: token, json: #"{"name":"Ada","email":"ada@example.com"}"#
                        ).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == .created }.count == 1)
            #expect(statuses.filter { $0 == .conflict }.count == 19)
        }
    }
}
