import TestSupport
import Testing

@Suite("Who gets in", .timeLimit(.minutes(10)))
struct AuthenticationTests {
    @Test("without a token: 401 with a challenge that names no error, and nothing reaches the plant")
    func missing() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant) { gateway in
                let response = try await gateway.get("/api/v1/customers")
                #expect(response.status == 401)
                #expect(response.code == "missing_token")
                #expect(response.values("content-type") == ["application/problem+json"])
                #expect(response.values("x-request-id").count == 1)
                let challenge = try #require(response.values("www-authenticate").first)
                #expect(challenge.hasPrefix("Bearer"))
                #expect(!challenge.contains("error"))
                #expect(plant.requests.isEmpty)
            }
        }
    }

    @Test("each wrong token gets its own code, and nothing reaches the plant")
    func wrong() async throws {
        let good = try TestTokens.token()
        let cases = [
            (try TestTokens.token(secret: "another-secret-that-is-long-enough-0123456789"), "unknown_key"),
            (try TestTokens.token(now: 1_700_000_000), "expired"),
            (try TestTokens.token(issuer: "somebody"), "wrong_issuer"),
            (try TestTokens.token(roles: ["super_admin"], issuer: "lockstep-customer"), "role_not_allowed"),
            (String(good.dropLast(4)) + "AAAA", "bad_signature"), ("x.y.z", "malformed_token"),
            ("e30.e30.e30", "malformed_token"),
        ]
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant) { gateway in
                for (token, code) in cases {
                    let response = try await gateway.get("/api/v1/customers", token: token)
                    #expect(response.status == 401)
                    #expect(response.code == code)
                    #expect(response.values("www-authenticate").first?.contains("error=\"invalid_token\"") == true)
                }
                #expect(plant.requests.isEmpty)
                #expect(!gateway.log.text.contains(good))
            }
        }
    }

    @Test("a route's roles and scopes: without them 403 with the reason, and nothing reaches the plant")
    func rolesAndScopes() async throws {
        let file = try TemporaryFile(
            """
            [{"prefix": "/ops/", "upstream": "plant", "roles": ["ops", "super_admin"]},
             {"prefix": "/write/", "upstream": "plant", "scopes": ["write"]}]
            """)
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant, ["GW_ROUTES_FILE": file.path]) { gateway in
                let admin = try TestTokens.token()
                let role = try await gateway.get("/ops/x", token: admin)
                #expect(role.status == 403 && role.code == "forbidden", "\(role.text)")
                let scope = try await gateway.get("/write/x", token: admin)
                #expect(scope.status == 403 && scope.code == "insufficient_scope", "\(scope.text)")
                #expect(scope.values("www-authenticate").first?.contains("error=\"insufficient_scope\"") == true)
                #expect(plant.requests.isEmpty)
                let superAdmin = try TestTokens.token(roles: ["super_admin"])
                #expect(try await gateway.get("/ops/x", token: superAdmin).status == 200)
                let writer = try TestTokens.token(scope: "read write")
                #expect(try await gateway.get("/write/x", token: writer).status == 200)
                let lookalike = try TestTokens.token(scope: "rewrite write2 WRITE")
                #expect(try await gateway.get("/write/x", token: lookalike).status == 403)
            }
        }
    }

    @Test("public routes need no token, pass one on unjudged, and name nobody")
    func open() async throws {
        try await UpstreamServer.with({ _ in .json("{}") }) { portal in
            try await UpstreamServer.with(TestPlant.friendly) { plant in
                try await TestGateway.run(plant: plant, portal: portal) { gateway in
                    #expect(try await gateway.get("/.well-known/jwks.json").status == 200)
                    let foreign = try TestTokens.token(secret: "another-secret-that-is-long-enough-0123456789")
                    #expect(try await gateway.get("/api/v1/auth/me", token: foreign).status == 200)
                    let request = try #require(portal.requests(to: "/api/v1/auth/me").first)
                    #expect(request.values("authorization") == ["Bearer \(foreign)"])
                    #expect(request.values("x-user-id").isEmpty)
                    #expect(request.values("x-enrichment") == ["skipped"])
                    #expect(plant.requests.isEmpty)
                }
            }
        }
    }

    @Test("/cp leads to the customer portal without its prefix")
    func customerPortal() async throws {
        try await UpstreamServer.with({ _ in .json("{}") }) { customer in
            try await UpstreamServer.with(TestPlant.friendly) { plant in
                try await TestGateway.run(plant: plant, customer: customer) { gateway in
                    let login = TestGateway.request("POST", "/cp/api/v1/auth/login?x=1", body: "{}")
                    let answer = try await gateway.send(login)
                    #expect(answer.status == 200)
                    #expect(customer.requests.first?.target == "/api/v1/auth/login?x=1")
                    #expect(customer.requests.first?.body == Array("{}".utf8))
                    #expect(plant.requests.isEmpty)
                }
            }
        }
    }

    @Test("logins are limited per client address, with Retry-After; reading is not")
    func rateLimit() async throws {
        try await UpstreamServer.with({ _ in .json("{}") }) { plant in
            try await TestGateway.run(plant: plant, ["GW_AUTH_RATE_LIMIT_PER_MINUTE": "2"]) { gateway in
                let login = TestGateway.request("POST", "/api/v1/auth/login", body: "{}")
                #expect(try await gateway.send(login).status == 200)
                #expect(try await gateway.send(login).status == 200)
                let refused = try await gateway.send(login)
                #expect(refused.status == 429)
                #expect(refused.code == "rate_limited")
                #expect(refused.values("retry-after").first.flatMap(Int.init).map { $0 >= 1 } == true)
                #expect(try await gateway.get("/api/v1/auth/me").status == 200)
                #expect(plant.requests(to: "/api/v1/auth/login").count == 2)
                // A client that says it is somebody else is still the same.
                let lie = TestGateway.request("POST", "/api/v1/auth/login", ["X-Forwarded-For: 9.9.9.9"], body: "{}")
                #expect(try await gateway.send(lie).status == 429)
            }
        }
    }
}
