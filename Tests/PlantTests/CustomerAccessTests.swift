import HTTPTypes
import PlantTesting
import Testing

@testable import Plant

private let uri = "/api/v1/customers"

@Suite("Who may do what with customers", .timeLimit(.minutes(10)))
struct CustomerAccessTests {
    static let roles: [(String, HTTPResponse.Status, HTTPResponse.Status)] = [
        ("super_admin", .ok, .created), ("admin", .ok, .created), ("operator", .ok, .created),
        ("subscription_manager", .ok, .created), ("helpdesk_agent", .ok, .forbidden),
        ("agent_orchestrator", .forbidden, .forbidden), ("infrastructure_engineer", .forbidden, .forbidden),
        ("industry_manager", .forbidden, .forbidden),
        ("viewer", .ok, .forbidden), ("auditor", .forbidden, .forbidden),
    ]

    @Test("platform roles read or write, and a role that means nothing here does neither", arguments: roles)
    func platform(_ role: String, _ read: HTTPResponse.Status, _ write: HTTPResponse.Status) async throws {
        try await PlantFixture.use { plant in
            let token = try plant.token(role)
            #expect(try await plant.send(.get, uri, token: token).status == read)
            let created = try await plant.send(
                .post, uri, token: token, json: #"{"name":"Ada","email":"ada@example.com"}"#)
            #expect(created.status == write)
            if write == .forbidden { #expect(created.code == "forbidden") }
        }
    }

    @Test("a customer lists and reads itself alone, and not what operators note about it")
    func ownRow() async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register()
            _ = try await plant.register(event: "e-2", user: "u-2", customer: "c-2", email: "bob@example.com")
            _ = try await plant.send(
                .patch, "\(uri)/c-1", token: plant.token("admin"), headers: [("If-Match", "*")],
                json: #"{"notes":"pays late"}"#)
            for role in ["customer", "customer_admin"] {
                let token = try plant.token(role, customerID: "c-1")
                let list = try await plant.send(.get, uri, token: token)
                #expect(list.items("id") == ["c-1"])
                #expect(list.integer("total") == 1)
                #expect(!list.text.contains("pays late"))
                let own = try await plant.send(.get, "\(uri)/c-1", token: token)
                #expect(own.status == .ok)
                #expect(!own.text.contains("pays late"))
            }
        }
    }

    @Test("a customer's text with marks without end is refused before it is compared")
    func endlessMarks() async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register()
            let marks = String(repeating: "\u{345}\u{301}\u{323}\u{334}", count: 25_000)
            for json in [#"{"a\#(marks)":1}"#, #"{"name":"a\#(marks)"}"#] {
                let answer = try await plant.send(
                    .patch, "\(uri)/c-1", token: plant.token("customer", customerID: "c-1"),
                    headers: [("If-Match", "*")], json: json)
                #expect(answer.status == .badRequest)
            }
        }
    }

    @Test("the answer to a patch tells a customer nothing of what it does not see")
    func noOracle() async throws {
        try await PlantFixture.use { plant in
            // The second has the first's email: operators see it marked as a duplicate, it does not.
            _ = try await plant.register()
            _ = try await plant.register(event: "e-2", user: "u-2", customer: "c-2")
            for (id, user) in [("c-1", "u-1"), ("c-2", "u-2")] {
                let token = try plant.token("customer", subject: user, customerID: id)
                for (guess, status) in [("null", HTTPResponse.Status.ok), (#""c-1""#, .unprocessableContent)] {
                    let answer = try await plant.send(
                        .patch, "\(uri)/\(id)", token: token, headers: [("If-Match", "*")],
                        json: #"{"duplicate_of":\#(guess)}"#)
                    #expect(answer.status == status, "\(id): \(guess)")
                }
            }
        }
    }

    @Test("to a customer the others do not exist, whatever it tries")
    func othersRow() async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register()
            _ = try await plant.register(event: "e-2", user: "u-2", customer: "c-2", email: "bob@example.com")
            let token = try plant.token("customer", customerID: "c-1")
            #expect(try await plant.send(.get, "\(uri)/c-2", token: token).status == .notFound)
            let patch = try await plant.send(
                .patch, "\(uri)/c-2", token: token, headers: [("If-Match", "*")], json: #"{"name":"Mine"}"#)
            #expect(patch.status == .notFound)
            for query in ["?q=bob", "?email=bob@example.com", "?page=2", "?sort=-email", "?status=active"] {
                let list = try await plant.send(.get, uri + query, token: token)
                #expect(!list.text.contains("c-2"), "\(query)")
            }
        }
    }

    @Test("a customer mends its own name and phone, and nothing else")
    func ownPatch() async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register()
            let token = try plant.token("customer", customerID: "c-1")
            let allowed = try await plant.send(
                .patch, "\(uri)/c-1", token: token, headers: [("If-Match", "\"v1\"")],
                json: #"{"name":"Ada L.","phone":"0123456"}"#)
            #expect(allowed.status == .ok)
            #expect(allowed["name"] == "Ada L.")
            for patch in [
                #"{"plan":"enterprise"}"#, #"{"name":"x","status":"active"}"#, #"{"email":"new@example.com"}"#,
                #"{"notes":"x"}"#,
            ] {
                let answer = try await plant.send(
                    .patch, "\(uri)/c-1", token: token, headers: [("If-Match", "*")], json: patch)
                #expect(answer.code == "forbidden", "\(patch)")
            }
            let body = #"{"name":"Ada","email":"ada@example.com","plan":"enterprise"}"#
            let put = try await plant.send(.put, "\(uri)/c-1", token: token, headers: [("If-Match", "*")], json: body)
            let delete = try await plant.send(.delete, "\(uri)/c-1", token: token, headers: [("If-Match", "*")])
            let post = try await plant.send(.post, uri, token: token, json: body)
            for answer in [put, delete, post] { #expect(answer.code == "forbidden") }
            let read = try await plant.send(.get, "\(uri)/c-1", token: token)
            #expect(read["plan"] == "free")
        }
    }

    @Test("a customer's address becomes the one that its token tells, which the portal has verified, and no other")
    func ownAddress() async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register()
            _ = try await plant.register(event: "e-2", user: "u-2", customer: "c-2", email: "bob@example.com")
            func patch(_ email: String, as own: String, _ role: String = "customer") async throws -> Answer {
                try await plant.send(
                    .patch, "\(uri)/c-1", token: plant.token(role, customerID: "c-1", email: own),
                    headers: [("If-Match", "*")], json: #"{"email":"\#(email)"}"#)
            }
            #expect(try await patch("new@example.com", as: "ada@example.com").code == "forbidden")
            #expect(try await patch("new@example.com", as: "").code == "forbidden")
            #expect(try await patch("bob@example.com", as: "bob@example.com").code == "conflict")
            // Who works for a customer does not have its mail sent to themselves.
            #expect(
                try await patch("user@example.com", as: "user@example.com", "customer_user").code == "forbidden")
            let taken = try await patch("New@example.com", as: "new@example.com")
            #expect(taken.status == .ok)
            #expect(taken["email"] == "new@example.com")
        }
    }

    @Test("a customer's token whose customer the plant does not know gets nowhere")
    func unknown() async throws {
        try await PlantFixture.use { plant in
            let answer = try await plant.send(.get, uri, token: plant.token("customer", customerID: "c-none"))
            #expect(answer.status == .unauthorized)
            #expect(answer.code == "customer_unknown")
        }
    }

    @Test(
        "an id that could not be one is not found",
        arguments: ["%00", "a%20b", "'%20OR%201=1--", String(repeating: "x", count: 129)])
    func oddIDs(_ id: String) async throws {
        try await PlantFixture.use { plant in
            let answer = try await plant.send(.get, "\(uri)/\(id)", token: plant.token("admin"))
            #expect(answer.status == .notFound)
        }
    }
}
