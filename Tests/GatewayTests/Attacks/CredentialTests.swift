import TestSupport
import Testing

@Suite("Attacks: credentials", .timeLimit(.minutes(10)))
struct CredentialTests {
    @Test("two Authorization, `Bearer <jwt> x`, and whatever else is not exactly one bearer token is refused")
    func credentials() async throws {
        let good = try TestTokens.token()
        let cases: [([String], Int, String)] = [
            (["Authorization: Bearer \(good) x"], 401, "malformed_token"),
            (["Authorization: Bearer \(good) \(good)"], 401, "malformed_token"),
            (["Authorization: Bearer\t\(good)"], 401, "malformed_token"),
            (["Authorization: Bearer \(good);x"], 401, "malformed_token"),
            (["Authorization: Bearer \"\(good)\""], 401, "malformed_token"),
            (["Authorization: Token \(good)"], 401, "malformed_token"),
            (["Authorization: \(good)"], 401, "malformed_token"),
            (["Authorization: Basic dTpw"], 401, "malformed_token"),
            (["Authorization: Bearer"], 401, "malformed_token"),
            (["Authorization: Bearer \(good), Bearer \(good)"], 401, "malformed_token"),
            (["Authorization: Bearer \(good)", "Authorization: Bearer \(good)"], 400, "malformed_request"),
            (["Authorization: Bearer \(good)", "authorization: Basic dTpw"], 400, "malformed_request"),
            (["Authorization: Basic dTpw", "Authorization: Bearer \(good)"], 400, "malformed_request"),
            (["Authorization:", "Authorization: Bearer \(good)"], 400, "malformed_request"),
            (["Connection: Authorization", "Authorization: Bearer \(good)"], 401, "missing_token"),
            (["Authorization_: Bearer \(good)"], 401, "missing_token"),
            (["Proxy-Authorization: Bearer \(good)"], 401, "missing_token"),
            (["X-Authorization: Bearer \(good)"], 401, "missing_token"),
            (["X-Original-Authorization: Bearer \(good)"], 401, "missing_token"),
            (["Cookie: access_token=\(good)"], 401, "missing_token"),
        ]
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant) { gateway in
                for (headers, status, code) in cases {
                    let response = try await gateway.get("/api/v1/customers", headers)
                    #expect(response.status == status, "\(headers.count) \(code)")
                    #expect(response.code == code)
                }
                #expect(plant.requests.isEmpty)
            }
        }
    }

    @Test("a token in the query is none")
    func query() async throws {
        let good = try TestTokens.token()
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant) { gateway in
                for name in ["access_token", "token", "jwt", "Authorization"] {
                    let response = try await gateway.get("/api/v1/customers?\(name)=\(good)")
                    #expect(response.code == "missing_token")
                }
                #expect(plant.requests.isEmpty)
                #expect(!gateway.log.text.contains(good))
            }
        }
    }
}
