import HTTPTypes
import PlantTesting
import TestSupport
import Testing
import Tokens

@testable import Plant

/// Where a token may be taken from, attacked: on the validation endpoint and on an ordinary one alike.
@Suite("Which token counts", .timeLimit(.minutes(10)))
struct TokenSourceTests {
    static let paths = ["/api/v1/auth/validate", "/api/v1/customers"]

    @Test("identity headers without a token are worth nothing", arguments: paths)
    func identityHeaders(_ path: String) async throws {
        try await PlantFixture.use { plant in
            let answer = try await plant.send(
                .get, path,
                headers: [
                    ("X-User-Id", "root"), ("X-User-Roles", "super_admin"), ("X-User-Email", "root@example.com"),
                    ("X-Customer-Id", "c-1"), ("X-Gateway", "lockstep"), ("X-Enrichment", "fresh"),
                ])
            #expect(answer.status == .unauthorized)
            #expect(answer.code == "missing_token")
        }
    }

    @Test("identity headers beside a token change nothing")
    func identityHeadersBesideToken() async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register()
            _ = try await plant.register(event: "e-2", user: "u-2", customer: "c-2", email: "bob@example.com")
            let answer = try await plant.send(
                .get, "/api/v1/customers/c-2", token: plant.token("customer", customerID: "c-1"),
                headers: [("X-Customer-Id", "c-2"), ("X-User-Roles", "super_admin")])
            #expect(answer.status == .notFound)
        }
    }

    @Test("X-Original-Authorization without an assertion is as if it were not there", arguments: paths)
    func originalAlone(_ path: String) async throws {
        try await PlantFixture.use { plant in
            let token = try plant.token("admin")
            let answer = try await plant.send(
                .get, path, headers: [("X-Original-Authorization", "Bearer \(token)")])
            #expect(answer.status == .unauthorized)
            #expect(answer.code == "missing_token")
        }
    }

    @Test(
        "under a valid assertion the original token counts, before a platform's own in Authorization", arguments: paths)
    func asserted(_ path: String) async throws {
        try await PlantFixture.use { plant in
            let token = try plant.token("admin")
            let answer = try await plant.send(
                .get, path,
                headers: [
                    ("Authorization", "Bearer a.platform.token"), ("X-Original-Authorization", "Bearer \(token)"),
                    ("X-Gateway-Assertion", plant.assertion(for: token)),
                ])
            #expect(answer.status == .ok, "\(answer.text)")
        }
    }

    @Test("an assertion that is not for this plant, this token, this time or this request is worth nothing")
    func badAssertions() async throws {
        try await PlantFixture.use { plant in
            let token = try plant.token("admin")
            let other = try plant.token("viewer")
            let assertions: [(String, String)] = [
                ("another audience", plant.assertion(for: token, audience: "platform-portal")),
                ("another token", plant.assertion(for: other)),
                ("no token", plant.assertion(for: nil)),
                (
                    "another internal token",
                    plant.assertion(for: token, internalToken: "guessed-and-wrong-but-long-enough")
                ),
                ("expired", plant.assertion(for: token, at: plant.clock.now - 60)),
                ("from the future", plant.assertion(for: token, at: plant.clock.now + 60)),
                ("another method", plant.assertion(for: token, method: "POST", path: "/api/v1/customers")),
                ("another path", plant.assertion(for: token, method: "GET", path: "/api/v1/skills")),
                ("an access token in its place", token),
                ("nonsense", "x.y.z"),
            ]
            for (name, assertion) in assertions {
                let answer = try await plant.send(
                    .get, "/api/v1/customers",
                    headers: [
                        ("X-Original-Authorization", "Bearer \(token)"), ("X-Gateway-Assertion", assertion),
                    ])
                #expect(answer.status == .unauthorized, "\(name)")
                #expect(answer.code == "missing_token", "\(name)")
            }
        }
    }

    @Test("an assertion bound to this very method and path counts")
    func boundAssertion() async throws {
        try await PlantFixture.use { plant in
            let token = try plant.token("admin")
            let answer = try await plant.send(
                .get, "/api/v1/customers",
                headers: [
                    ("X-Original-Authorization", "Bearer \(token)"),
                    ("X-Gateway-Assertion", plant.assertion(for: token, method: "GET", path: "/api/v1/customers")),
                ])
            #expect(answer.status == .ok)
        }
    }

    @Test("two assertions, or two tokens, are no assertion and no token")
    func doubled() async throws {
        try await PlantFixture.use { plant in
            let token = try plant.token("admin")
            let assertion = plant.assertion(for: token)
            let original = ("X-Original-Authorization", "Bearer \(token)")
            let twoAssertions = try await plant.send(
                .get, "/api/v1/customers",
                headers: [original, ("X-Gateway-Assertion", assertion), ("X-Gateway-Assertion", assertion)])
            #expect(twoAssertions.code == "missing_token")
            let twoOriginals = try await plant.send(
                .get, "/api/v1/customers", headers: [original, original, ("X-Gateway-Assertion", assertion)])
            #expect(twoOriginals.code == "malformed_request")
            let twoTokens = try await plant.send(
                .get, "/api/v1/customers",
                headers: [("Authorization", "Bearer \(token)"), ("Authorization", "Bearer \(token)")])
            #expect(twoTokens.status == .badRequest)
            #expect(twoTokens.code == "malformed_request")
        }
    }

    @Test(
        "PLANT_TRUST_ORIGINAL_AUTHORIZATION takes the token from the original header, and verifies it", arguments: paths
    )
    func trusted(_ path: String) async throws {
        try await PlantFixture.use(["PLANT_TRUST_ORIGINAL_AUTHORIZATION": "true"]) { plant in
            let good = try await plant.send(
                .get, path, headers: [("X-Original-Authorization", "Bearer \(plant.token("admin"))")])
            #expect(good.status == .ok)
            let bad = try await plant.send(.get, path, headers: [("X-Original-Authorization", "Bearer a.b.c")])
            #expect(bad.status == .unauthorized)
            let plain = try await plant.send(.get, path, token: plant.token("admin"))
            #expect(plain.status == .ok)
        }
    }

    @Test("PLANT_ASSERTION_AUDIENCE says what gateways name this plant as")
    func audience() async throws {
        try await PlantFixture.use(["PLANT_ASSERTION_AUDIENCE": "plant-eu"]) { plant in
            let token = try plant.token("admin")
            for (audience, status) in [("plant-eu", HTTPResponse.Status.ok), ("plant", .unauthorized)] {
                let answer = try await plant.send(
                    .get, "/api/v1/customers",
                    headers: [
                        ("X-Original-Authorization", "Bearer \(token)"),
                        ("X-Gateway-Assertion", plant.assertion(for: token, audience: audience)),
                    ])
                #expect(answer.status == status, "\(audience)")
            }
        }
    }
}
