import Secrets
import ServiceKit
import TestSupport
import Testing
import Tokens

/// What the plant relies on where it serves through the gateway alone (`/api/v1/admin/`).
@Suite("The built-in administrative route", .timeLimit(.minutes(10)))
struct AdministrativeRouteTests {
    private static let path = "/api/v1/admin/db/execute"

    private static func claims(_ word: String?, _ token: String) throws -> GatewayAssertion.Claims {
        try GatewayAssertion(internalToken: SecretBytes(utf8: TestGateway.internalToken))
            .verify(try #require(word), audience: "plant", clientToken: token, now: WallClock.system.now())
    }

    @Test(
        "each request has a word of its own, bound to method, path and token; others of the same token have none such")
    func bound() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant) { gateway in
                let token = try TestTokens.token(scope: "db_updates")
                _ = try await gateway.get("/api/v1/customers", token: token)
                let body = #"{"sql":"SELECT 1","confirm":true}"#
                let answer = try await gateway.send(
                    TestGateway.request("POST", Self.path, token: token, body: body))
                #expect(answer.status == 200)
                _ = try await gateway.get("/api/v1/admin/db/connection-info?a=b", token: token)
                _ = try await gateway.get("/api/v1/skills", token: token)

                let executed = try #require(plant.requests(to: Self.path).first)
                let bound = try Self.claims(executed.values("x-gateway-assertion").first, token)
                #expect(bound.method == "POST")
                #expect(bound.path == Self.path)
                #expect(executed.values("x-enrichment") == ["cached"])
                #expect(executed.values("authorization") == ["Bearer \(token)"])
                #expect(executed.values("x-original-authorization") == ["Bearer \(token)"])
                let looked = try #require(plant.requests(to: "/api/v1/admin/db/connection-info").first)
                let other = try Self.claims(looked.values("x-gateway-assertion").first, token)
                #expect(other.method == "GET")
                #expect(other.path == "/api/v1/admin/db/connection-info")
                for path in ["/api/v1/customers", "/api/v1/skills"] {
                    let plain = try #require(plant.requests(to: path).first)
                    let unbound = try Self.claims(plain.values("x-gateway-assertion").first, token)
                    #expect(unbound.method == nil && unbound.path == nil)
                }
            }
        }
    }

    @Test("a client's own word never arrives, and without a token nothing does")
    func forged() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant) { gateway in
                let token = try TestTokens.token()
                let forged = GatewayAssertion(internalToken: SecretBytes(utf8: "guessed-and-wrong-but-long-enough"))
                    .issue(
                        audience: "plant", clientToken: token, method: "POST", path: Self.path,
                        now: WallClock.system.now())
                for name in ["X-Gateway-Assertion", "x_gateway_assertion", "X-GATEWAY_ASSERTION"] {
                    _ = try await gateway.send(
                        TestGateway.request("POST", Self.path, ["\(name): \(forged)"], token: token, body: "{}"))
                }
                for request in plant.requests(to: Self.path) {
                    #expect(!request.values("x-gateway-assertion").contains(forged))
                    #expect(request.values("x-gateway-assertion").count == 1)
                    #expect(request.values("x_gateway_assertion").isEmpty)
                }
                let before = plant.requests(to: Self.path).count
                let bare = try await gateway.send(
                    TestGateway.request("POST", Self.path, ["X-Gateway-Assertion: \(forged)"], body: "{}"))
                #expect(bare.status == 401)
                #expect(plant.requests(to: Self.path).count == before)
            }
        }
    }

    @Test(
        "another spelling of the path leads to no bound word for the real one",
        arguments: [
            "/api/v1/Admin/db/execute", "/api/v1//admin/db/execute", "/api/v1/x/../admin/db/execute",
            "/api/v1/%61dmin/db/execute",
        ])
    func spellings(_ target: String) async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant) { gateway in
                let token = try TestTokens.token()
                _ = try await gateway.send(TestGateway.request("POST", target, token: token, body: "{}"))
                for request in plant.requests where request.path != TestPlant.validatePath {
                    let claims = try Self.claims(request.values("x-gateway-assertion").first, token)
                    // What is bound is what the plant sees, letter by letter.
                    if let path = claims.path { #expect(path == request.path) }
                }
            }
        }
    }
}
