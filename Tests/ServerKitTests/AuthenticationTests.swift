import HTTPKit
import HTTPTypes
import HummingbirdTesting
import Secrets
import ServerKit
import TestSupport
import Testing

@Suite("Authentication")
struct AuthenticationTests {
    @Test("a valid token makes an identity")
    func valid() async throws {
        let world = try await World()
        let response = try await world.get("/users/me", [.authorization: "Bearer \(try world.token())"])
        #expect(response.status == .ok)
        #expect(response.text == "u-1")
    }

    @Test("no token is a 401 whose challenge names no error")
    func missing() async throws {
        let response = try await World().get("/users/me")
        #expect(response.status == .unauthorized)
        #expect(response.text.contains("\"code\":\"missing_token\""))
        #expect(response.headers[.wwwAuthenticate] == "Bearer realm=\"lockstep\"")
    }

    @Test("a token signed with another key is refused by its code; kids go to the log alone")
    func otherKey() async throws {
        let world = try await World()
        let token = try world.token(secret: "another-secret-another-secret-another-secret")
        let response = try await world.get("/users/me", [.authorization: "Bearer \(token)"])
        let held = try #require(world.verifier.ring.current?.id.rawValue)
        #expect(response.status == .unauthorized)
        #expect(response.text.contains("\"code\":\"unknown_key\""))
        #expect(response.headers[.wwwAuthenticate]?.contains("unknown_key") == true)
        #expect(!response.text.contains(held))
        let line = try #require(world.log.lines.first { $0.message == "Request answered" })
        #expect(line.metadata["code"] == "unknown_key")
        #expect(line.metadata["cause"]?.contains(held) == true)
        #expect(line.metadata["cause"]?.contains("JWT_SECRET") == true)
    }

    @Test("in development the body tells which keys are held, and from where")
    func diagnostics() async throws {
        let world = try await World(.development)
        let token = try world.token(secret: "another-secret-another-secret-another-secret")
        let response = try await world.get("/users/me", [.authorization: "Bearer \(token)"])
        #expect(response.text.contains("\"held_kids\":\"\(try #require(world.verifier.ring.current?.id.rawValue))"))
        #expect(response.text.contains("\"source\":"))
    }

    @Test("an expired token is refused")
    func expired() async throws {
        let world = try await World()
        let token = try world.token(lifetime: 60)
        world.clock.advance(60 + 61)
        let response = try await world.get("/users/me", [.authorization: "Bearer \(token)"])
        #expect(response.text.contains("\"code\":\"expired\""))
    }

    @Test("two Authorization headers are a malformed request, whichever is valid")
    func two() async throws {
        let world = try await World()
        var headers = HTTPFields()
        headers.append(HTTPField(name: .authorization, value: "Bearer \(try world.token())"))
        headers.append(HTTPField(name: .authorization, value: "Bearer \(try world.token())"))
        let response = try await world.get("/users/me", headers)
        #expect(response.status == .badRequest)
        #expect(response.text.contains("\"code\":\"malformed_request\""))
    }

    @Test("a user's context can't be made without an identity")
    func noIdentity() async throws {
        let world = try await World()
        let response = try await world.get("/unauthenticated", [.authorization: "Bearer \(try world.token())"])
        #expect(response.status == .unauthorized)
        #expect(response.text.contains("missing_token"))
    }

    @Test("a role that is needed is needed")
    func roles() async throws {
        let world = try await World()
        let viewer = try await world.get("/users/admin", [.authorization: "Bearer \(try world.token())"])
        #expect(viewer.status == .forbidden)
        #expect(viewer.text.contains("\"code\":\"forbidden\""))
        let token = try world.token(roles: ["admin"])
        let admin = try await world.get("/users/admin", [.authorization: "Bearer \(token)"])
        #expect(admin.status == .ok)
    }

    @Test("the internal token opens no user's route, and a user's token no internal one")
    func separate() async throws {
        let world = try await World()
        let internalAsUser = try await world.get("/users/me", World.asService)
        #expect(internalAsUser.status == .unauthorized)
        let token = try world.token(roles: ["super_admin"])
        let userAsInternal = try await world.get("/internal/v1/keys", [.authorization: "Bearer \(token)"])
        #expect(userAsInternal.status == .unauthorized)
    }
}
