import HTTPTypes
import PlantTesting
import Secrets
import TestSupport
import Testing

@testable import Plant

@Suite("GET /api/v1/debug/headers", .timeLimit(.minutes(10)))
struct HeaderEchoTests {
    private let uri = "/api/v1/debug/headers"

    @Test("names and values, with credentials cut down to scheme and kid")
    func echo() async throws {
        try await PlantFixture.use { plant in
            let token = try plant.token("viewer")
            let kid = try #require(plant.ring.current?.id.rawValue)
            let assertion = plant.assertion(for: token)
            let answer = try await plant.send(
                .get, uri, token: token,
                headers: [
                    ("X-User-Id", "u-1"), ("X-Original-Authorization", "Bearer \(token)"),
                    ("X-Gateway-Assertion", assertion), ("Cookie", "session=hush"), ("X-Odd", token),
                ])
            #expect(answer.status == .ok)
            let headers = try answer.decoded(HeaderEcho.Answer.self).headers
            let shown = Dictionary(headers.map { ($0.name.lowercased(), $0.value) }) { $1 }
            #expect(shown["x-user-id"] == "u-1")
            #expect(shown["authorization"] == "Bearer <redacted, kid \(kid)>")
            #expect(shown["x-original-authorization"] == "Bearer <redacted, kid \(kid)>")
            #expect(shown["x-gateway-assertion"]?.hasPrefix("<redacted, kid ") == true)
            #expect(shown["cookie"] == "<redacted>")
            let signature = try #require(token.split(separator: ".").last)
            for secret in [String(signature), "hush", String(assertion.suffix(20))] {
                #expect(!answer.text.contains(secret))
            }
        }
    }

    @Test("without a token there is nothing to see")
    func token() async throws {
        try await PlantFixture.use { plant in
            let answer = try await plant.send(.get, uri)
            #expect(answer.status == .unauthorized)
        }
    }

    @Test("in staging and production the route does not exist", arguments: ["staging", "production"])
    func absent(_ environment: String) async throws {
        let variables = [
            "ENVIRONMENT": environment, "JWT_SECRET": "q8Jx2mPz7Lw4Rt9Vb3Nc6Yd1Ks5Hf0Gu-aE_oIjXeZ",
            "LOCKSTEP_INTERNAL_TOKEN": "mX4v9Tq2Lz7Bp5Rk8Wn3Jc6Yd1Hs0GfKeUaOiP",
        ]
        try await PlantFixture.use(variables) { plant in
            let answer = try await plant.send(.get, uri, token: plant.token("super_admin"))
            #expect(answer.status == .notFound)
        }
    }

    @Test("no header's value is logged, only the names")
    func logged() async throws {
        try await PlantFixture.use { plant in
            let token = try plant.token("viewer")
            _ = try await plant.send(.get, "/api/v1/customers", token: token, headers: [("X-Odd", "hush-hush")])
            let names = plant.log.lines.filter { $0.message == "Request headers" }.compactMap { $0.metadata["names"] }
            #expect(names.contains { $0.split(separator: " ").contains("x-odd") })
            #expect(!plant.log.text.contains("hush-hush"))
            #expect(!plant.log.text.contains(token))
        }
    }
}
