import Foundation
import Testing

extension SuiteTests {
    @Suite("What operators see, and what nobody reaches through the gateway", .serialized)
    struct Observability {
        @Test("each service counts requests, token outcomes by code, and key loads; only the internal token sees them")
        func metrics() async throws {
            try await RunningSuite.run(environment: "test") { suite in
                let session = try await suite.login()
                let expired = try await TestTokens.access(
                    secret: suite.jwtSecret, now: Int64(Date().timeIntervalSince1970) - 7_200)
                let asked: [(RunningSuite.Service, path: String, route: String)] = [
                    (.platformPortal, "/api/v1/auth/me", "/api/v1/auth/me"),
                    (.gateway, "/api/v1/customers", "plant"),
                    (.plant, "/api/v1/customers", "/api/v1/customers"),
                ]
                for (service, path, route) in asked {
                    let before = try await Metrics.of(service, in: suite)
                    for token in [session.accessToken, expired, nil] {
                        _ = try await HTTP.get(suite.url(service) + path, token: token)
                    }
                    // The gateway's loops hand over what they counted ten times a second.
                    let requests = "lockstep_http_requests_total"
                    _ = await poll(seconds: 30) {
                        guard let now = try? await Metrics.of(service, in: suite) else { return false }
                        return now.sum(requests, ["route": route]) - before.sum(requests, ["route": route]) >= 3
                    }
                    let after = try await Metrics.of(service, in: suite)
                    func grown(_ name: String, _ labels: [String: String]) -> Double {
                        after.sum(name, labels) - before.sum(name, labels)
                    }
                    #expect(grown(requests, ["route": route, "code": "200", "method": "GET"]) == 1, "\(service)")
                    #expect(grown(requests, ["route": route, "code": "401"]) == 2, "\(service)")
                    #expect(grown("lockstep_http_request_duration_seconds_count", ["route": route]) == 3, "\(service)")
                    for code in ["expired", "missing_token"] {
                        #expect(
                            grown("lockstep_token_verifications_total", ["code": code]) == 1, "\(service): \(code)")
                    }
                    #expect(grown("lockstep_token_verifications_total", ["code": "valid"]) == 1, "\(service)")
                    // Without a token there is nothing to time.
                    #expect(grown("lockstep_token_verification_seconds_count", [:]) >= 2, "\(service)")
                }
                // An alarm on growth needs the zero that it grows from.
                for service in [RunningSuite.Service.gateway, .plant] {
                    for portal in [RunningSuite.Service.platformPortal, .customerPortal] {
                        let metrics = try await Metrics.of(service, in: suite)
                        #expect(metrics.has("lockstep_key_drift_total", ["issuer": suite.url(portal)]), "\(service)")
                    }
                }
                for service in RunningSuite.Service.allCases {
                    let metrics = try await Metrics.of(service, in: suite)
                    #expect(metrics.sum("lockstep_key_loads_total", ["result": "loaded"]) == 1, "\(service)")
                    #expect(metrics.sum("lockstep_ring_version") == 1, "\(service)")
                    #expect(metrics.sum("lockstep_build_info") == 1, "\(service)")
                    for token in [nil, session.accessToken] {
                        let closed = try await HTTP.get(suite.url(service) + "/metrics", token: token)
                        #expect(closed.status == 404 || closed.status == 401, "\(service): \(closed.status)")
                        #expect(!closed.text.contains("lockstep_"), "\(service) shows metrics to everyone")
                    }
                }
            }
        }

        @Test("one request has one id in the logs of gateway and plant, and every line of every log is JSON")
        func requestIDs() async throws {
            try await RunningSuite.run { suite in
                let session = try await suite.login()
                let reply = try await HTTP.get(suite.url(.gateway) + "/api/v1/customers", token: session.accessToken)
                let made = try #require(reply.header("X-Request-Id"))
                let given = "given-\(UUID().uuidString.lowercased())"
                let echoed = try await HTTP.get(
                    suite.url(.gateway) + "/api/v1/customers", token: session.accessToken,
                    headers: ["X-Request-Id": given])
                #expect(echoed.header("X-Request-Id") == given)
                let failed = try await HTTP.get(suite.url(.gateway) + "/api/v1/customers")
                #expect(failed.json["request_id"] as? String == failed.header("X-Request-Id"))

                for service in [RunningSuite.Service.gateway, .plant] {
                    for id in [made, given] {
                        let logged = await poll(seconds: 30) {
                            (try? Self.lines(suite.process(service).log))?.contains {
                                $0["request_id"] as? String == id && $0["status"] as? String == "200"
                                    && $0["path"] as? String == "/api/v1/customers"
                            } == true
                        }
                        #expect(logged, "\(service) has no access line of \(id)")
                    }
                }
                for service in RunningSuite.Service.allCases {
                    for line in try Self.lines(suite.process(service).log) {
                        for key in ["ts", "level", "service", "instance", "msg"] {
                            #expect(line[key] is String, "\(service): a line without \(key): \(line)")
                        }
                    }
                }
            }
        }

        /// Throws on a line that is no JSON object. The last may be half-written.
        private static func lines(_ log: String) throws -> [[String: Any]] {
            let whole = log.prefix(through: log.lastIndex(of: "\n") ?? log.startIndex)
            return try whole.split(separator: "\n").map { line in
                try #require(
                    try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "no JSON: \(line)")
            }
        }

        static let hidden = [
            "/internal/v1/keys/probe", "/internal/v1/customers/registrations", "/Internal/v1/keys/probe",
            "//internal/v1/keys/probe", "/%69nternal/v1/keys/probe", "/internal%2fv1/keys/probe",
            "/%2finternal/v1/keys/probe", "/api/../internal/v1/keys/probe", "/api/%2e%2e/internal/v1/keys/probe",
            "/api/..%2finternal/v1/keys/probe", "/cp/internal/v1/keys/probe", "/cp/../internal/v1/keys/probe",
            "/cp/api/v1/auth/../../../internal/v1/keys/probe", "/.well-known/../internal/v1/keys/probe",
            "/./internal/v1/keys/probe", "/api/v1/auth/..;/../../internal/v1/keys/probe", "\\internal\\v1\\keys\\probe",
            "http://plant/internal/v1/keys/probe",
            "/api/v1/auth/validate", "/api/v1/auth/validate/", "/api/v1/auth/validate?x=1",
            "/API/v1/auth/validate", "/api/v1/auth/VALIDATE", "/api/v1//auth/validate", "/api/v1/auth//validate",
            "/api/v1/auth/%76alidate", "/api/v1/auth%2fvalidate", "/api/v1/auth/./validate",
            "/api/v1/auth/x/../validate", "/api/v1/customers/../auth/validate", "/api/v1/auth/validate%2f",
            "/api/v1/auth/validate%00", "/api/v1/auth/validate;x", "/api/v1/auth\\validate",
            "/cp/api/v1/auth/validate", "http://plant/api/v1/auth/validate",
        ]

        @Test("neither /internal nor the validation endpoint is reached through the gateway, however it is spelled")
        func hiddenPaths() async throws {
            try await RunningSuite.run { suite in
                let session = try await suite.login()
                for credential in [suite.internalToken, session.accessToken] {
                    for target in Self.hidden {
                        let id = "hidden-\(UUID().uuidString.lowercased())"
                        let answer = RawRequest.get(
                            target, port: suite.port(.gateway),
                            headers: ["Authorization": "Bearer \(credential)", "X-Request-Id": id])
                        let status = answer.split(separator: " ").dropFirst().first ?? "none"
                        #expect(["400", "401", "404"].contains(status), "\(target): \(answer.prefix(200))")
                        for service in RunningSuite.Service.allCases where service != .gateway {
                            #expect(!suite.process(service).log.contains(id), "\(target) reached \(service)")
                        }
                        #expect(!answer.contains("probe+jwt") && !answer.contains(#""valid""#), "\(target)")
                    }
                }
                // The same look at the log sees what does pass.
                let id = "open-\(UUID().uuidString.lowercased())"
                let open = RawRequest.get(
                    "/api/v1/customers", port: suite.port(.gateway),
                    headers: ["Authorization": "Bearer \(session.accessToken)", "X-Request-Id": id])
                #expect(open.hasPrefix("HTTP/1.1 200"))
                #expect(await suite.process(.plant).logs(id))
            }
        }

        @Test("a head that is too large is refused, and neither log nor metrics are silent about it")
        func tooLargeHeads() async throws {
            try await RunningSuite.run { suite in
                for service in RunningSuite.Service.allCases {
                    func refused() async throws -> Double {
                        let metrics = try await Metrics.of(service, in: suite)
                        return ["400", "431"].map { metrics.sum("lockstep_http_requests_total", ["code": $0]) }
                            .reduce(0, +)
                    }
                    let before = try await refused()
                    let answer = RawRequest.get(
                        "/health", port: suite.port(service),
                        headers: ["X-Large": String(repeating: "a", count: 40_000)])
                    let expected = service == .gateway ? "HTTP/1.1 431 " : "HTTP/1.1 400 "
                    #expect(answer.hasPrefix(expected), "\(service): \(answer.prefix(200))")
                    let isCounted = await poll(seconds: 10) { (try? await refused()) == before + 1 }
                    #expect(isCounted, "\(service)")
                    let words = service == .gateway ? "headers_too_large" : "Request can't be read"
                    #expect(await suite.process(service).logs(words), "\(service)")
                }
            }
        }

        @Test("behind the gateway each client has a login limit of its own")
        func limitsByClient() async throws {
            let trust = ["TRUSTED_PROXIES": "127.0.0.1"]
            try await RunningSuite.run(
                changes: [
                    .gateway: trust.mapValues { $0 },
                    .platformPortal: trust.merging(["LOGIN_ADDRESS_LIMIT_PER_MINUTE": "3"]) { $1 }.mapValues { $0 },
                ]
            ) { suite in
                func login(from address: String, _ account: Int) async throws -> Int {
                    try await HTTP.post(
                        suite.url(.gateway) + "/api/v1/auth/login",
                        json: ["email": "nobody-\(account)@lockstep.example", "password": "not the password"],
                        headers: ["X-Forwarded-For": address]
                    ).status
                }
                var answers: [Int] = []
                for account in 0..<4 { answers.append(try await login(from: "203.0.113.7", account)) }
                #expect(answers == [401, 401, 401, 429])
                #expect(try await login(from: "203.0.113.8", 4) == 401, "one client's limit holds another")
            }
        }
    }
}
