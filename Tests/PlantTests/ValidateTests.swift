import Contracts
import HTTPTypes
import PlantTesting
import Secrets
import Storage
import TestSupport
import Testing
import Tokens

@testable import Plant

private let uri = "/api/v1/auth/validate"

@Suite("GET /api/v1/auth/validate", .timeLimit(.minutes(10)))
struct ValidateTests {
    @Test("a platform user is valid and nobody's customer: the members are there, as null")
    func platformUser() async throws {
        try await PlantFixture.use { plant in
            let answer = try await plant.send(.get, uri, token: plant.token("admin", subject: "op"))
            #expect(answer.status == .ok)
            #expect(answer.text.contains(#""customer_id":null"#))
            let token = try answer.decoded(ValidatedToken.self)
            #expect(token.userID == "op")
            #expect(token.email == "op@example.com")
            #expect(token.roles == ["admin"])
            #expect(token.kid == plant.ring.current?.id.rawValue)
            #expect(token.expiresAt == plant.clock.now + 900)
            #expect(answer.headers[.cacheControl] == "no-store")
        }
    }

    @Test("a service account's token is valid: a program has no session and no email address")
    func serviceAccount() async throws {
        try await PlantFixture.use { plant in
            let token = try TokenIssuer(issuer: "lockstep-platform", audience: "lockstep", lifetime: 900)
                .issue(
                    AccessClaims(subject: "sa-1", email: "", roles: ["viewer"], sessionID: nil, tokenVersion: 0),
                    ring: plant.ring, now: plant.clock.now)
            let answer = try await plant.send(.get, uri, token: token.text)
            #expect(answer.status == .ok)
            let validated = try answer.decoded(ValidatedToken.self)
            #expect(validated.userID == "sa-1")
            #expect(validated.email.isEmpty)
            #expect(validated.roles == ["viewer"])
        }
    }

    @Test("a registered customer is valid, with id and plan")
    func customer() async throws {
        try await PlantFixture.use { plant in
            #expect(try await plant.register().status == .created)
            let answer = try await plant.send(.get, uri, token: plant.token("customer", customerID: "c-1"))
            #expect(answer.status == .ok)
            #expect(answer["customer_id"] == "c-1")
            #expect(answer["plan"] == "free")
        }
    }

    @Test("a customer's token without customer_id is found by its user")
    func customerByUser() async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register(user: "u-9", customer: "c-9")
            let answer = try await plant.send(.get, uri, token: plant.token("customer", subject: "u-9"))
            #expect(answer["customer_id"] == "c-9")
        }
    }

    @Test("a customer role without its customer row is 404 customer_unknown")
    func unknownCustomer() async throws {
        try await PlantFixture.use { plant in
            let answer = try await plant.send(.get, uri, token: plant.token("customer", customerID: "c-none"))
            #expect(answer.status == .notFound)
            #expect(answer.code == "customer_unknown")
            #expect(answer.integer("status") == 404)
            #expect(answer.headers[.contentType]?.hasPrefix("application/problem+json") == true)
        }
    }

    @Test("a suspended customer is 403 customer_suspended, here and on every other path")
    func suspended() async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register()
            let patch = try await plant.send(
                .patch, "/api/v1/customers/c-1", token: plant.token("operator"), headers: [("If-Match", "*")],
                json: #"{"status":"suspended"}"#)
            #expect(patch.status == .ok)
            let token = try plant.token("customer", customerID: "c-1")
            for path in [uri, "/api/v1/customers", "/api/v1/customers/c-1", "/api/v1/skills"] {
                let answer = try await plant.send(.get, path, token: token)
                #expect(answer.status == .forbidden, "\(path)")
                #expect(answer.code == "customer_suspended", "\(path)")
            }
        }
    }

    @Test("a deleted customer is unknown")
    func deleted() async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register()
            _ = try await plant.send(
                .delete, "/api/v1/customers/c-1", token: plant.token("admin"), headers: [("If-Match", "*")])
            let token = try plant.token("customer", customerID: "c-1")
            #expect(try await plant.send(.get, uri, token: token).status == .notFound)
            #expect(try await plant.send(.get, "/api/v1/skills", token: token).code == "customer_unknown")
        }
    }

    static let foreignRing = KeyRing(
        keys: [
            RingKey(
                id: KeyID.derived(from: SecretBytes(utf8: "another-signing-key-nobody-here-holds")), algorithm: .hs256,
                secret: SecretBytes(utf8: "another-signing-key-nobody-here-holds"), state: .current)
        ], source: "elsewhere", environment: .test, version: 1)

    @Test("what is wrong with a token is said with its code")
    func refusedTokens() async throws {
        try await PlantFixture.use { plant in
            let good = try plant.token("admin")
            let cases: [(String?, String)] = [
                (nil, "missing_token"),
                ("nonsense", "malformed_token"),
                (String(good.dropLast(4)) + "AAAA", "bad_signature"),
                (try plant.token("admin", ring: Self.foreignRing), "unknown_key"),
                (try plant.token("admin", at: plant.clock.now - 3600), "expired"),
                (try plant.token("admin", at: plant.clock.now + 3600), "not_yet_valid"),
                (try plant.token("admin", issuer: "somebody"), "wrong_issuer"),
                (try plant.token("super_admin", issuer: "lockstep-customer"), "role_not_allowed"),
            ]
            for (token, code) in cases {
                let answer = try await plant.send(.get, uri, token: token)
                #expect(answer.status == .unauthorized, "\(code)")
                #expect(answer.code == code)
                #expect(answer.headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true, "\(code)")
            }
        }
    }

    @Test("every answer is audited: outcome, source and subject, and never the token")
    func audited() async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register()
            _ = try await plant.send(.get, uri, token: plant.token("customer", customerID: "c-1"))
            _ = try await plant.send(.get, uri, token: plant.token("customer", customerID: "c-2"))
            _ = try await plant.send(.get, uri)
            await plant.plant.audit.flush()
            let rows = try await plant.plant.database.read {
                try await $0.query(
                    "SELECT outcome, token_source, subject, customer_id FROM validation_audit ORDER BY outcome", [])
            }
            let outcomes = try rows.map { try $0.text("outcome") }
            #expect(outcomes == ["customer_unknown", "missing_token", "valid"])
            let sources = try rows.map { try $0.text("token_source") }
            #expect(sources == ["authorization", "none", "authorization"])
            #expect(try rows[2].optionalText("subject") == "u-1")
            #expect(try rows[2].optionalText("customer_id") == "c-1")
        }
    }
}
