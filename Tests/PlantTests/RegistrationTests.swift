import HTTPTypes
import PlantTesting
import Testing

@testable import Plant

@Suite("Registration of portal users", .timeLimit(.minutes(10)))
struct RegistrationTests {
    @Test("a new customer has the free plan and is active")
    func creates() async throws {
        try await PlantFixture.use { plant in
            let answer = try await plant.register(name: "Ada Lovelace")
            #expect(answer.status == .created)
            #expect(try answer.decoded(RegistrationRoute.Answer.self) == .init(customerID: "c-1", status: "created"))
            let read = try await plant.send(.get, "/api/v1/customers/c-1", token: plant.token("admin"))
            #expect(read["plan"] == "free")
            #expect(read["status"] == "active")
            #expect(read["user_id"] == "u-1")
            #expect(read["name"] == "Ada Lovelace")
        }
    }

    @Test("the same event, and the same customer in another event, are one customer")
    func idempotent() async throws {
        try await PlantFixture.use { plant in
            #expect(try await plant.register().status == .created)
            for event in ["e-1", "e-1", "e-2"] {
                let again = try await plant.register(event: event, name: "Other")
                #expect(again.status == .ok)
                #expect(again["status"] == "known")
            }
            let list = try await plant.send(.get, "/api/v1/customers", token: plant.token("admin"))
            #expect(list.items("name") == ["Ada"])
        }
    }

    @Test("twenty deliveries at once are one customer")
    func concurrent() async throws {
        try await PlantFixture.use { plant in
            let statuses = try await withThrowingTaskGroup(of: HTTPResponse.Status.self) { group in
                for _ in 0..<20 { group.addTask { try await plant.register().status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == .created }.count == 1)
            #expect(statuses.filter { $0 == .ok }.count == 19)
        }
    }

    @Test("a late delivery does not bring a deleted customer back")
    func deletedStays() async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register()
            _ = try await plant.send(
                .delete, "/api/v1/customers/c-1", token: plant.token("admin"), headers: [("If-Match", "*")])
            #expect(try await plant.register().status == .ok)
            #expect(try await plant.register(event: "e-2").status == .ok)
            let read = try await plant.send(.get, "/api/v1/customers/c-1", token: plant.token("admin"))
            #expect(read.status == .notFound)
        }
    }

    @Test("an event, or a customer, with other facts is a conflict")
    func contradictions() async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register()
            #expect(try await plant.register(customer: "c-2").status == .conflict)
            #expect(try await plant.register(event: "e-2", user: "u-2").status == .conflict)
        }
    }

    @Test("an email that another holds: the new one is a customer at once, marked, and sees nothing of the holder")
    func heldEmail() async throws {
        try await PlantFixture.use { plant in
            let (holder, _) = try await plant.makeCustomer(email: "ada@example.com", name: "Made by an operator")
            let answer = try await plant.register()
            #expect(answer.status == .created)
            #expect(answer["duplicate_of"] == holder)
            let token = try plant.token("customer", customerID: "c-1")
            #expect(try await plant.send(.get, "/api/v1/auth/validate", token: token).status == .ok)
            #expect(try await plant.send(.get, "/api/v1/customers/\(holder)", token: token).status == .notFound)
            #expect(try await plant.send(.get, "/api/v1/customers", token: token).items("id") == ["c-1"])
        }
    }

    @Test("the mark stays while the email is held, and goes when the holder is gone")
    func mended() async throws {
        try await PlantFixture.use { plant in
            let admin = try plant.token("admin")
            let (holder, tag) = try await plant.makeCustomer(email: "ada@example.com")
            _ = try await plant.register()
            let patch = #"{"plan":"pro"}"#
            let marked = try await plant.send(
                .patch, "/api/v1/customers/c-1", token: admin, headers: [("If-Match", "*")], json: patch)
            #expect(marked["duplicate_of"] == holder)
            _ = try await plant.send(
                .delete, "/api/v1/customers/\(holder)", token: admin, headers: [("If-Match", tag)])
            let free = try await plant.send(
                .patch, "/api/v1/customers/c-1", token: admin, headers: [("If-Match", "*")], json: patch)
            #expect(free.status == .ok)
            #expect(!free.members.contains("duplicate_of"))
        }
    }

    static let refused: [(event: String, customer: String, email: String, fields: Set<String>)] = [
        ("", "c-1", "ada@example.com", ["event_id"]), ("e 1", "c/1", "ada@example.com", ["event_id", "customer_id"]),
        ("e-1", "c-1", "nobody", ["email"]),
    ]

    @Test("what is no registration is refused, by field", arguments: refused)
    func bounds(_ case: (event: String, customer: String, email: String, fields: Set<String>)) async throws {
        try await PlantFixture.use { plant in
            let answer = try await plant.register(event: `case`.event, customer: `case`.customer, email: `case`.email)
            #expect(answer.status == .unprocessableContent)
            #expect(answer.fields == `case`.fields)
        }
    }

    @Test("an unusual name loses nobody")
    func oddNames() async throws {
        try await PlantFixture.use { plant in
            let long = try await plant.register(name: String(repeating: "x", count: 500))
            #expect(long.status == .created)
            let empty = try await plant.register(
                event: "e-2", user: "u-2", customer: "c-2", email: "bob@example.com", name: " \\u0000 ")
            #expect(empty.status == .created)
            let read = try await plant.send(.get, "/api/v1/customers/c-2", token: plant.token("admin"))
            #expect(read["name"] == "bob")
        }
    }

    @Test("without the internal token nobody registers anybody, also not with a person's token")
    func internalToken() async throws {
        try await PlantFixture.use { plant in
            let body =
                #"{"event_id":"e","user_id":"u","customer_id":"c","email":"a@b.cd","name":"A","registered_at":1}"#
            for token in [nil, "guess", try plant.token("super_admin")] {
                let answer = try await plant.send(.post, "/internal/v1/customers", token: token, json: body)
                #expect(answer.status == .unauthorized)
            }
            let list = try await plant.send(.get, "/api/v1/customers", token: plant.token("admin"))
            #expect(list.integer("total") == 0)
        }
    }
}
