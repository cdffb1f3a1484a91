import Contracts
import FoundationEssentials
import HTTPKit
import HTTPTypes
import HummingbirdTesting
import Secrets
import ServerKit
import ServiceKit
import TestSupport
import Testing
import Tokens

@Suite("Common routes")
struct CommonRouteTests {
    @Test("health answers anybody", arguments: ["/health", "/api/health"])
    func health(_ path: String) async throws {
        let response = try await World().get(path)
        #expect(response.status == .ok)
        #expect(response.headers[.contentType] == "application/json")
        #expect(response.text.contains("\"service\":\"plant\""))
    }

    @Test("readiness is 503 with a code until the checks are set, and details are for services alone")
    func ready() async throws {
        let world = try await World()
        world.readiness.set("keys", .notReady(code: "key_disagreement", detail: "kid abc"))
        let stranger = try await world.get("/ready")
        #expect(stranger.status == .serviceUnavailable)
        #expect(stranger.text.contains("key_disagreement"))
        #expect(!stranger.text.contains("kid abc"))
        let service = try await world.get("/ready", World.asService)
        #expect(service.text.contains("kid abc"))
        world.readiness.set("keys", .ready)
        #expect(try await world.get("/ready").status == .ok)
    }

    @Test("in development details are for everybody")
    func readyInDevelopment() async throws {
        let world = try await World(.development)
        world.readiness.set("keys", .notReady(code: "key_disagreement", detail: "kid abc"))
        #expect(try await world.get("/ready").text.contains("kid abc"))
    }

    @Test("metrics need the internal token outside development")
    func metrics() async throws {
        let world = try await World()
        #expect(try await world.get("/metrics").status == .unauthorized)
        let response = try await world.get("/metrics", World.asService)
        #expect(response.status == .ok)
        #expect(response.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(response.text.contains("process_resident_memory_bytes"))
        #expect(try await World(.development).get("/metrics").status == .ok)
    }

    @Test(
        "everything below /internal needs the internal token, however the path is spelled",
        arguments: [
            "/internal", "/internal/", "/internal/v1", "/internal/v1/keys", "/internal//v1/keys", "//internal/v1/keys",
            "/internal/v1/keys/probe", "/internal/v1/nothing",
        ], DeploymentEnvironment.allCases.filter { $0 == .development || $0 == .production })
    func gate(_ path: String, _ environment: DeploymentEnvironment) async throws {
        let world = try await World(environment)
        #expect(try await world.get(path).status == .unauthorized)
        let wrong = try await world.get(path, [.authorization: "Bearer \(World.internalToken)x"])
        #expect(wrong.status == .unauthorized)
    }

    @Test(
        "other spellings of /internal are no way in",
        arguments: ["/INTERNAL/v1/keys", "/%69nternal/v1/keys", "/./internal/v1/keys"])
    func spellings(_ path: String) async throws {
        let response = try await World().get(path)
        #expect(response.status == .unauthorized || response.status == .notFound)
        #expect(!response.text.contains("ringVersion"))
    }

    @Test("the key report tells kids and sources and no byte of a secret")
    func keys() async throws {
        let world = try await World()
        let response = try await world.get("/internal/v1/keys", World.asService)
        let report = try JSONDecoder().decode(KeyReport.self, from: Data(response.text.utf8))
        #expect(report.service == "plant")
        #expect(report.secrets.environment == "production")
        #expect(report.secrets.keys.map(\.kid) == [try #require(world.verifier.ring.current?.id.rawValue)])
        #expect(!response.text.contains(World.secret))
        #expect(!response.text.contains(World.internalToken))
    }

    @Test("the probe is a token that the ring verifies, and that opens nothing")
    func probe() async throws {
        let world = try await World()
        let response = try await world.get("/internal/v1/keys/probe", World.asService)
        let probe = try JSONDecoder().decode(KeyProbe.self, from: Data(response.text.utf8))
        let claims = try KeyProbeToken.verify(probe.token, ring: world.verifier.ring, now: world.clock.now)
        #expect(claims.issuer == "lockstep-platform")
        #expect(claims.environment == "production")
        #expect(probe.kid == claims.keyID.rawValue)
        #expect(probe.source == world.verifier.ring.source)
        #expect(probe.expiresAt == world.clock.now + 60)
        let asAccess = try await world.get("/users/me", [.authorization: "Bearer \(probe.token)"])
        #expect(asAccess.status == .unauthorized)
    }

    @Test("a probe may be asked of a key by name; one that is not held is not found")
    func probeByKid() async throws {
        let world = try await World()
        let kid = try #require(world.verifier.ring.current?.id.rawValue)
        #expect(try await world.get("/internal/v1/keys/probe?kid=\(kid)", World.asService).status == .ok)
        let unknown = try await world.get("/internal/v1/keys/probe?kid=stranger", World.asService)
        #expect(unknown.status == .notFound)
        #expect(unknown.text.contains("\"code\":\"not_found\""))
    }
}
