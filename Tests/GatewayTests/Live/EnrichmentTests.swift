import Logging
import Secrets
import ServiceKit
import TestSupport
import Testing
import Tokens

@Suite("Who the customer is", .timeLimit(.minutes(10)))
struct EnrichmentTests {
    private static func problem(_ code: String, _ status: Int) -> UpstreamServer.Answer {
        .respond(
            status: status, headers: [("Content-Type", "application/problem+json")],
            body: Array(#"{"code":"\#(code)","status":\#(status)}"#.utf8))
    }

    private static func plant(_ answer: UpstreamServer.Answer) -> UpstreamServer.Handler {
        { $0.path == TestPlant.validatePath ? answer : .json("{}") }
    }

    @Test("the plant is asked with the client's token and the gateway's word, once while its answer is fresh")
    func cached() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant) { gateway in
                let token = try TestTokens.token()
                for _ in 0..<3 { #expect(try await gateway.get("/api/v1/x", token: token).status == 200) }
                #expect(
                    plant.requests(to: "/api/v1/x").map { $0.values("x-enrichment") } == [
                        ["fresh"], ["cached"], ["cached"],
                    ])
                #expect(plant.requests(to: "/api/v1/x").allSatisfy { $0.values("x-customer-id") == ["customer-7"] })
                let calls = plant.requests(to: TestPlant.validatePath)
                #expect(calls.count == 1)
                let call = try #require(calls.first)
                #expect(call.method == "GET")
                #expect(call.values("authorization") == ["Bearer \(token)"])
                #expect(call.values("x-original-authorization") == ["Bearer \(token)"])
                #expect(call.values("x-request-id") == plant.requests(to: "/api/v1/x")[0].values("x-request-id"))
                let assertion = try #require(call.values("x-gateway-assertion").first)
                let claims = try GatewayAssertion(internalToken: SecretBytes(utf8: TestGateway.internalToken))
                    .verify(assertion, audience: "plant", clientToken: token, now: WallClock.system.now())
                #expect(claims.tokenHash != nil)
            }
        }
    }

    @Test("GW_ALWAYS_VALIDATE_WITH_PLANT keeps no verdict, GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT=false asks never")
    func switches() async throws {
        let cases = [
            ("GW_ALWAYS_VALIDATE_WITH_PLANT", "true", 3, "fresh"),
            ("GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT", "false", 0, "skipped"),
        ]
        for (name, value, calls, mark) in cases {
            try await UpstreamServer.with(TestPlant.friendly) { plant in
                try await TestGateway.run(plant: plant, [name: value]) { gateway in
                    let token = try TestTokens.token()
                    for _ in 0..<3 { _ = try await gateway.get("/api/v1/x", token: token) }
                    #expect(plant.requests(to: TestPlant.validatePath).count == calls)
                    #expect(plant.requests(to: "/api/v1/x").allSatisfy { $0.values("x-enrichment") == [mark] })
                }
            }
        }
    }

    @Test(
        "what the plant says becomes what DESIGN says",
        arguments: [
            (problem("bad_signature", 401), 401, "bad_signature"), (problem("unknown_key", 401), 401, "unknown_key"),
            (problem("customer_unknown", 404), 401, "customer_unknown"),
            (problem("customer_suspended", 403), 403, "customer_suspended"),
            (problem("forbidden", 403), 503, "enrichment_unavailable"),
            (.respond(status: 403, body: Array("<html>IAM".utf8)), 503, "enrichment_unavailable"),
            (.respond(status: 500), 503, "enrichment_unavailable"), (.json("{}"), 503, "enrichment_unavailable"),
            (.close, 503, "enrichment_unavailable"), (.silence, 503, "enrichment_unavailable"),
            (.raw("nonsense\r\n\r\n", thenClose: true), 503, "enrichment_unavailable"),
            (.stream(bytes: 1_000_000), 503, "enrichment_unavailable"),
        ])
    func verdicts(_ answer: UpstreamServer.Answer, _ status: Int, _ code: String) async throws {
        try await UpstreamServer.with(Self.plant(answer)) { plant in
            let milliseconds = if case .silence = answer { "100" } else { "30000" }
            try await TestGateway.run(plant: plant, ["GW_ENRICHMENT_TIMEOUT_MS": milliseconds]) { gateway in
                let response = try await gateway.get("/api/v1/x", token: try TestTokens.token())
                #expect(response.status == status)
                #expect(response.code == code)
                #expect((response.values("retry-after").count == 1) == (status == 503))
                #expect((response.values("www-authenticate").count == 1) == (status == 401))
                #expect(plant.requests(to: "/api/v1/x").isEmpty)
            }
        }
    }

    @Test("fail-open forwards without customer headers, and a refusal is still a refusal")
    func open() async throws {
        let variables = ["GW_ENRICHMENT_FAILURE": "open", "GW_ENRICHMENT_TIMEOUT_MS": "300"]
        for answer in [UpstreamServer.Answer.silence, .respond(status: 500), Self.problem("forbidden", 403)] {
            try await UpstreamServer.with(Self.plant(answer)) { plant in
                try await TestGateway.run(plant: plant, variables) { gateway in
                    let token = try TestTokens.token(
                        roles: ["customer"], customerID: "claimed", issuer: "lockstep-customer")
                    #expect(try await gateway.get("/api/v1/x", token: token).status == 200)
                    let request = try #require(plant.requests(to: "/api/v1/x").first)
                    #expect(request.values("x-enrichment") == ["unavailable"])
                    #expect(request.values("x-customer-id").isEmpty)
                    #expect(request.values("x-user-id") == ["user-1"])
                    // Open never skips verification.
                    #expect(try await gateway.get("/api/v1/x").status == 401)
                }
            }
        }
        try await UpstreamServer.with(Self.plant(Self.problem("customer_suspended", 403))) { plant in
            try await TestGateway.run(plant: plant, ["GW_ENRICHMENT_FAILURE": "open"]) { gateway in
                let token = try TestTokens.token()
                #expect(try await gateway.get("/api/v1/x", token: token).status == 403)
            }
        }
    }

    @Test("a plant with another key is said out loud: request, kid and source")
    func disagreement() async throws {
        try await UpstreamServer.with(Self.plant(Self.problem("unknown_key", 401))) { plant in
            try await TestGateway.run(plant: plant) { gateway in
                let token = try TestTokens.token()
                let response = try await gateway.get("/api/v1/x", ["X-Request-Id: request-0042"], token: token)
                #expect(response.status == 401)
                let line = try #require(gateway.log.lines.first { $0.level == .error })
                #expect(
                    line.message.hasPrefix(
                        "plant refused a token that this gateway verified: plant holds another key; compare"))
                #expect(line.metadata["request_id"] == "request-0042")
                #expect(line.metadata["plant_code"] == "unknown_key")
                let kid = KeyID.derived(from: SecretBytes(utf8: TestGateway.secret)).rawValue
                #expect(line.metadata["gateway_kid"] == kid)
                #expect(line.metadata["gateway_source"]?.contains("JWT_SECRET") == true)
                #expect(!gateway.log.text.contains(TestGateway.secret))
                #expect(!gateway.log.text.contains(token))
            }
        }
    }

    @Test("in development the body says it too; elsewhere it does not")
    func diagnostics() async throws {
        for (environment, shows) in [("development", true), ("test", false)] {
            try await UpstreamServer.with(Self.plant(Self.problem("unknown_key", 401))) { plant in
                try await TestGateway.run(plant: plant, ["ENVIRONMENT": environment]) { gateway in
                    let response = try await gateway.get("/api/v1/x", token: try TestTokens.token())
                    #expect(response.text.contains("gateway_source") == shows)
                }
            }
        }
    }

    @Test("many first requests for one token make one call")
    func coalesced() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant) { gateway in
                let request = TestGateway.request("GET", "/api/v1/x", token: try TestTokens.token())
                try await withThrowingTaskGroup(of: Int.self) { tasks in
                    for _ in 0..<100 { tasks.addTask { try await gateway.send(request).status } }
                    for try await status in tasks { #expect(status == 200) }
                }
                #expect(plant.requests(to: TestPlant.validatePath).count == 1)
                #expect(plant.requests(to: "/api/v1/x").count == 100)
            }
        }
    }

    @Test("answers are for their own tokens, under load")
    func noMixUp() async throws {
        let handler: UpstreamServer.Handler = { request in
            guard request.path == TestPlant.validatePath else {
                return .json("\"\(request.values("x-customer-id").first ?? "none")\"")
            }
            let user = request.values("x-request-id").first ?? ""
            return .json(TestPlant.confirmation(user: user, customer: "customer-of-\(user)"))
        }
        try await UpstreamServer.with(handler) { plant in
            try await TestGateway.run(plant: plant, ["GW_THREADS": "2"]) { gateway in
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for user in 0..<200 {
                        let name = "user-name-\(user)"
                        let token = try TestTokens.token(subject: name)
                        tasks.addTask {
                            let response = try await gateway.get("/api/v1/x", ["X-Request-Id: \(name)"], token: token)
                            #expect(response.text == "\"customer-of-\(name)\"")
                        }
                    }
                    try await tasks.waitForAll()
                }
            }
        }
    }

    @Test("when the ring changes, verdicts that were given under the old one are asked for again")
    func ringChange() async throws {
        let file = try TemporaryFile(TestGateway.secret)
        let newSecret = "the-next-secret-of-the-tests-0123456789-abcdef"
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            let variables = ["JWT_SECRET": "", "JWT_SECRET_FILE": file.path, "JWT_SECRET_PREVIOUS": TestGateway.secret]
            try await TestGateway.run(plant: plant, variables) { gateway in
                let old = try TestTokens.token()
                #expect(try await gateway.get("/api/v1/x", token: old).status == 200)
                #expect(try await gateway.get("/api/v1/x", token: old).status == 200)
                #expect(plant.requests(to: TestPlant.validatePath).count == 1)
                let new = try TestTokens.token(secret: newSecret)
                #expect(try await gateway.get("/api/v1/x", token: new).code == "unknown_key")
                try file.write(newSecret)
                // Twice: what is being written is not adopted before it has stayed the same.
                for _ in 0..<2 { await gateway.manager.poll() }
                #expect(try await gateway.get("/api/v1/x", token: new).status == 200)
                // The old key still verifies, and its verdict is asked for anew.
                #expect(try await gateway.get("/api/v1/x", token: old).status == 200)
                #expect(plant.requests(to: TestPlant.validatePath).count == 3)
            }
        }
    }

    @Test("with Cloud Run IAM the plant sees the ID token, and the client's in X-Original-Authorization alone")
    func idToken() async throws {
        // {"exp":4102444800}
        let idToken = "aGVhZGVy.eyJleHAiOjQxMDI0NDQ4MDB9.c2lnbmF0dXJl"
        let metadata: UpstreamServer.Handler = { request in
            request.values("metadata-flavor") == ["Google"]
                ? .respond(status: 200, body: Array(idToken.utf8)) : .respond(status: 403)
        }
        try await UpstreamServer.with(metadata) { metadata in
            try await UpstreamServer.with(TestPlant.friendly) { plant in
                try await UpstreamServer.with({ _ in .json("{}") }) { portal in
                    let variables = [
                        "PLANT_BACKEND_USE_ID_TOKEN": "true", "GCE_METADATA_HOST": "127.0.0.1:\(metadata.port)",
                    ]
                    try await TestGateway.run(plant: plant, portal: portal, variables) { gateway in
                        let token = try TestTokens.token()
                        var response = try await gateway.get("/api/v1/x", token: token)
                        // Until the first ID token has come, the plant can't be asked.
                        while response.status == 503 { response = try await gateway.get("/api/v1/x", token: token) }
                        #expect(response.status == 200)
                        for path in ["/api/v1/x", TestPlant.validatePath] {
                            let request = try #require(plant.requests(to: path).last)
                            #expect(request.values("authorization") == ["Bearer \(idToken)"])
                            #expect(request.values("x-original-authorization") == ["Bearer \(token)"])
                        }
                        _ = try await gateway.get("/api/v1/auth/me", token: token)
                        #expect(portal.requests.first?.values("authorization") == ["Bearer \(token)"])
                        #expect(metadata.requests.count == 1)
                        #expect(
                            metadata.requests.first?.target
                                == "/computeMetadata/v1/instance/service-accounts/default/identity?audience=http%3A%2F%2F127.0.0.1%3A\(plant.port)"
                        )
                    }
                }
            }
        }
    }

    @Test("a metadata server that fails makes the gateway not ready, and requests 503")
    func noIDToken() async throws {
        try await UpstreamServer.with({ _ in .respond(status: 500) }) { metadata in
            try await UpstreamServer.with(TestPlant.friendly) { plant in
                let variables = [
                    "PLANT_BACKEND_USE_ID_TOKEN": "true", "GCE_METADATA_HOST": "127.0.0.1:\(metadata.port)",
                    "GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": "false",
                ]
                try await TestGateway.run(plant: plant, variables) { gateway in
                    await metadata.received(1)
                    let response = try await gateway.get("/api/v1/x", token: try TestTokens.token())
                    #expect(response.status == 503)
                    #expect(response.code == "unavailable")
                    #expect(plant.requests.isEmpty)
                    #expect(!gateway.readiness.isReady)
                }
            }
        }
    }
}
