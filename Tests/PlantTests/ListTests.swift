import HTTPTypes
import PlantTesting
import TestSupport
import Testing

@testable import Plant

private let uri = "/api/v1/customers"

@Suite("Lists", .timeLimit(.minutes(10)))
struct ListTests {
    private func populate(_ plant: PlantFixture) async throws {
        for (name, email) in [("Ada", "ada@example.com"), ("Zoë", "zoe@example.com"), ("100%_Bob!", "bob@example.com")]
        {
            _ = try await plant.makeCustomer(email: email, name: name)
            plant.clock.advance(1)
        }
    }

    static let queries: [(String, [String])] = [
        ("", ["bob@example.com", "zoe@example.com", "ada@example.com"]),
        ("?sort=created_at", ["ada@example.com", "zoe@example.com", "bob@example.com"]),
        ("?sort=status,-email", ["zoe@example.com", "bob@example.com", "ada@example.com"]),
        ("?email=ADA@example.com", ["ada@example.com"]),
        ("?q=ZOË", ["zoe@example.com"]), ("?q=zo%C3%AB", ["zoe@example.com"]),
        ("?q=%25", ["bob@example.com"]), ("?q=_", ["bob@example.com"]), ("?q=!", ["bob@example.com"]),
        ("?status=active&plan=free&sort=email", ["ada@example.com", "bob@example.com", "zoe@example.com"]),
        ("?status=suspended", []), ("?plan=pro", []),
        ("?perPage=1&page=2&sort=email", ["bob@example.com"]), ("?perPage=2&page=9", []),
        // Injection: a value is a value.
        ("?email='%20OR%201=1--", []), ("?q='%20OR%20'1'='1", []), ("?status=active'--", []),
    ]

    @Test("filter, search, sort and page", arguments: queries)
    func list(_ query: String, _ emails: [String]) async throws {
        try await PlantFixture.use { plant in
            try await populate(plant)
            let answer = try await plant.send(.get, uri + query, token: plant.token("viewer"))
            #expect(answer.status == .ok)
            #expect(answer.items("email") == emails)
        }
    }

    @Test("a page says where it is in the whole")
    func page() async throws {
        try await PlantFixture.use { plant in
            try await populate(plant)
            let answer = try await plant.send(.get, uri + "?perPage=2&page=2", token: plant.token("viewer"))
            #expect(answer.items("id").count == 1)
            #expect(answer.integer("total") == 3)
            #expect(answer.integer("page") == 2)
            #expect(answer.integer("perPage") == 2)
            #expect(answer.integer("totalPages") == 2)
        }
    }

    static let refusedQueries = [
        "?perPage=100000000", "?perPage=0", "?perPage=-1", "?page=0", "?page=9223372036854775807", "?perPage=x",
        "?sort=notes", "?sort=id;DROP%20TABLE%20customers", "?sort=created_at%20DESC", "?sort=", "?sort=email,email",
        "?sort=--email", "?notes=x", "?deleted_at=1", "?role=admin", "?status=active&status=suspended",
        "?q=\(String(repeating: "x", count: 255))", "?1=1",
    ]

    @Test("a parameter that is unknown, repeated or out of bounds is refused", arguments: refusedQueries)
    func refused(_ query: String) async throws {
        try await PlantFixture.use { plant in
            try await populate(plant)
            let answer = try await plant.send(.get, uri + query, token: plant.token("viewer"))
            #expect(answer.status == .unprocessableContent)
            #expect(answer.code == "invalid_input")
            #expect(try await plant.send(.get, uri, token: plant.token("viewer")).integer("total") == 3)
        }
    }

    @Test("pages of equal sort values hold each row once")
    func stableOrder() async throws {
        try await PlantFixture.use { plant in
            for number in 0..<7 { _ = try await plant.makeCustomer(email: "n\(number)@example.com", name: "Same") }
            var seen: [String] = []
            for page in 1...4 {
                seen += try await plant.send(
                    .get, uri + "?sort=name&perPage=2&page=\(page)", token: plant.token("viewer")
                ).items("id")
            }
            #expect(seen.count == 7)
            #expect(Set(seen).count == 7)
        }
    }
}
