import Contracts
import HTTPTypes
import Hummingbird
import PlantTesting
import Secrets
import Testing

@testable import Plant

@Suite("A diagnostic token at the plant", .timeLimit(.minutes(10)))
struct DiagnosticTokenTests {
    /// All that no token of a user is asked for, or that looks at it and tells nothing else. Whatever route is added
    /// beside these must refuse a diagnostic token.
    private static let others: Set<String> = [
        "GET /health", "GET /api/health", "GET /ready", "GET /metrics",
        // Open to everybody: what is served, and no data.
        "GET /openapi.json", "GET /docs",
        // For the internal token alone.
        "GET /internal/v1/keys", "POST /internal/v1/customers", "GET /internal/v1/revocations",
        // Tell of the token, and of nothing behind it.
        "GET /api/v1/auth/validate", "GET /api/v1/diagnostics/token",
        // Development and test alone: the sender's own headers.
        "GET /api/v1/debug/headers",
    ]

    private static func isOther(_ method: HTTPRequest.Method, _ path: String) -> Bool {
        others.contains("\(method == .head ? .get : method) \(path)")
    }

    private static func token(_ plant: PlantFixture, customerID: String? = nil) throws -> String {
        try plant.token(Role.diagnostic, subject: DiagnosticToken.subject, customerID: customerID)
    }

    @Test("each route of a resource answers 403, whatever is sent, and nothing has changed")
    func resources() async throws {
        try await PlantFixture.use { plant in
            let (id, tag) = try await plant.makeCustomer(email: "ada@example.com")
            _ = try await plant.register()
            let resources = plant.plant.router().routes.filter { !Self.isOther($0.method, $0.path.description) }
            // Customers and skills, six each, what roles may do, and the modules.
            #expect(resources.count >= 16)
            for token in [try Self.token(plant), try Self.token(plant, customerID: "c-1")] {
                for route in resources {
                    for own in [id, "c-1", DiagnosticToken.subject] {
                        let path = route.path.description.split(separator: "/")
                            .map { $0.contains("{") || $0.hasPrefix(":") ? own : String($0) }.joined(separator: "/")
                        let answer = try await plant.send(
                            route.method, "/" + path, token: token, headers: [("If-Match", tag)],
                            json: [.get, .head, .delete].contains(route.method)
                                ? nil : #"{"name":"Eve","email":"eve@example.com"}"#)
                        #expect(answer.status == .forbidden, "\(route.method) \(path): \(answer.text)")
                        #expect(!answer.text.contains("ada@example.com"))
                    }
                }
            }
            let list = try await plant.send(.get, "/api/v1/customers", token: plant.token("admin"))
            #expect(list.integer("total") == 2)
            #expect(list.items("name") == ["Ada", "Ada"])
        }
    }

    @Test("below /internal it is not the internal token")
    func internalRoutes() async throws {
        try await PlantFixture.use { plant in
            let routes = plant.plant.router().routes.filter { $0.path.description.hasPrefix("/internal") }
            #expect(!routes.isEmpty)
            for route in routes {
                let answer = try await plant.send(
                    route.method, route.path.description, token: Self.token(plant),
                    json: route.method == .post ? "{}" : nil)
                #expect(answer.status == .unauthorized, "\(route)")
            }
        }
    }

    @Test("it learns what became of itself, and nobody else learns that")
    func itself() async throws {
        try await PlantFixture.use { plant in
            let path = "/api/v1/diagnostics/token"
            let answer = try await plant.send(.get, path, token: Self.token(plant))
            #expect(answer.status == .ok)
            let token = try answer.decoded(DiagnosedToken.self)
            #expect(token.kid == plant.ring.current?.id.rawValue)
            #expect(!token.cameThroughGateway)
            for role in [Role.superAdmin, Role.admin, Role.viewer, Role.customer] {
                let refused = try await plant.send(.get, path, token: plant.token(role))
                #expect(refused.status == .forbidden)
                #expect(!refused.text.contains("kid"))
            }
            #expect(try await plant.send(.get, path).status == .unauthorized)
        }
    }

    @Test("another issuer can't make one: the role is of the platform's family")
    func foreign() async throws {
        try await PlantFixture.use { plant in
            let token = try plant.token(
                Role.diagnostic, subject: DiagnosticToken.subject, issuer: "lockstep-customer")
            let answer = try await plant.send(.get, "/api/v1/diagnostics/token", token: token)
            #expect(answer.code == "role_not_allowed")
        }
    }

    @Test("validating it tells that it is valid, and finds no customer")
    func validate() async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register()
            let answer = try await plant.send(.get, "/api/v1/auth/validate", token: Self.token(plant))
            #expect(answer.status == .ok)
            #expect(!answer.text.contains("c-1") && !answer.text.contains("ada@example.com"))
        }
    }
}
