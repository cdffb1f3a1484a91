import Gateway
import Synchronization
import TestSupport
import Testing
import Tokens

@Suite("Attacks: the token cache", .timeLimit(.minutes(10)))
struct TokenCacheTests {
    private static let now: Int64 = 1_800_000_000

    @Test("a token that only shares its beginning, its payload or its end with a remembered one is judged by itself")
    func siblings() throws {
        var verifier = LoopVerifier(TokenVerifier(ring: TestTokens.ring(), policy: VerificationPolicy(leeway: 60)))
        let token = try TestTokens.token(subject: "user-1", now: Self.now)
        _ = try verifier.verify(token.utf8Span.span.bytes, now: Self.now)
        let parts = token.split(separator: ".").map(String.init)
        let other = try TestTokens.token(subject: "user-2", now: Self.now).split(separator: ".").map(String.init)
        let forged = [
            "\(parts[0]).\(parts[1]).\(other[2])", "\(parts[0]).\(other[1]).\(parts[2])", "\(parts[0]).\(parts[1]).",
            token + "A", String(token.dropLast()), token.lowercased(), token + ".", " " + token,
        ]
        for text in forged {
            #expect(throws: TokenError.self, "\(text)") { try verifier.verify(text.utf8Span.span.bytes, now: Self.now) }
            #expect(verifier.cachedTokens == 1)
        }
    }

    @Test("tokens that share a prefix or a suffix with one whose verdict is cached get no verdict of it")
    func verdicts() async throws {
        let users = Mutex<[String: String]>([:])
        let handler: UpstreamServer.Handler = { request in
            guard request.path == TestPlant.validatePath else { return .json("{}") }
            let token = String(request.values("authorization").first?.dropFirst(7) ?? "")
            guard let user = users.withLock({ $0[token] }) else { return .json(#"{"code":"expired"}"#, status: 401) }
            return .json(TestPlant.confirmation(user: user, customer: "customer-of-\(user)", plan: nil))
        }
        try await UpstreamServer.with(handler) { plant in
            try await TestGateway.run(plant: plant) { gateway in
                let one = try TestTokens.token(subject: "user-1")
                let two = try TestTokens.token(subject: "user-2")
                users.withLock { $0 = [one: "user-1", two: "user-2"] }
                let (first, second) = (one.split(separator: "."), two.split(separator: "."))
                // The same header, and so the same beginning.
                #expect(first[0] == second[0])
                for _ in 0..<2 {
                    for (user, token) in [("user-1", one), ("user-2", two)] {
                        #expect(try await gateway.get("/api/v1/\(user)", token: token).status == 200)
                    }
                    let forged = [
                        "\(first[0]).\(first[1]).\(second[2])", "\(first[0]).\(second[1]).\(first[2])",
                        "\(first[0]).\(first[1]).", one + "A", String(one.dropLast()), one + ".", one + "." + two,
                        String(one.reversed()), one.uppercased(),
                    ]
                    for token in forged {
                        #expect(try await gateway.get("/api/v1/forged", token: token).status == 401)
                    }
                }
                for user in ["user-1", "user-2"] {
                    for request in plant.requests(to: "/api/v1/\(user)") {
                        #expect(request.values("x-user-id") == [user])
                        #expect(request.values("x-customer-id") == ["customer-of-\(user)"])
                    }
                }
                #expect(plant.requests(to: "/api/v1/forged").isEmpty)
                #expect(plant.requests(to: TestPlant.validatePath).count == 2)
            }
        }
    }

    @Test("the same token on another route is held to that route's policy, before and after it was let in elsewhere")
    func otherRoute() async throws {
        let file = try TemporaryFile(
            """
            [{"prefix": "/any/", "upstream": "plant"},
             {"prefix": "/maybe/", "upstream": "plant", "auth": "optional"},
             {"prefix": "/public/", "upstream": "plant", "auth": "public"},
             {"prefix": "/ops/", "upstream": "plant", "roles": ["ops"]},
             {"prefix": "/write/", "upstream": "plant", "scopes": ["write"]},
             {"prefix": "/asked/", "upstream": "plant", "enrichment": true}]
            """)
        let handler: UpstreamServer.Handler = { request in
            request.path == TestPlant.validatePath ? .json(#"{"code":"customer_suspended"}"#, status: 403) : .json("{}")
        }
        try await UpstreamServer.with(handler) { plant in
            try await TestGateway.run(plant: plant, ["GW_ROUTES_FILE": file.path]) { gateway in
                let token = try TestTokens.token(scope: "read")
                let expected = [
                    ("/ops/x", 403, "forbidden"), ("/any/x", 200, nil), ("/write/x", 403, "insufficient_scope"),
                    ("/asked/x", 403, "customer_suspended"), ("/maybe/x", 200, nil), ("/public/x", 200, nil),
                ]
                for (path, status, code) in expected + expected.reversed() + expected {
                    let response = try await gateway.get(path, token: token)
                    #expect(response.status == status, "\(path)")
                    if let code { #expect(response.code == code, "\(path)") }
                }
                #expect(plant.requests(to: "/ops/x").isEmpty)
                #expect(plant.requests(to: "/write/x").isEmpty)
                #expect(plant.requests(to: "/asked/x").isEmpty)
                // What was verified for others names nobody where nothing is.
                #expect(plant.requests(to: "/public/x").allSatisfy { $0.values("x-user-id").isEmpty })
            }
        }
    }
}
