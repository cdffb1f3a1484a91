import Foundation
import Testing
import Tokens

extension SuiteTests {
    @Suite("One secret, four services, a real token all the way through", .serialized)
    struct WholePath {
        @Test("an administrator logs in, calls through the gateway, and the plant sees who it is")
        func administrator() async throws {
            try await RunningSuite.run { suite in
                let session = try await suite.login()
                let list = try await HTTP.get(
                    suite.url(.gateway) + "/api/v1/customers", token: session.accessToken)
                #expect(list.status == 200, "\(list.text)")
                #expect(list.json["total"] as? Int == 0)
                #expect(list.header("X-Request-Id") != nil)

                let seen = try await Self.headersAtPlant(suite, session.accessToken)
                #expect(seen["x-user-email"] == RunningSuite.adminEmail)
                #expect(seen["x-user-roles"]?.contains("super_admin") == true)
                #expect(seen["x-enrichment"] == "fresh" || seen["x-enrichment"] == "cached")
                for name in [
                    "authorization", "x-original-authorization", "x-gateway", "x-user-id", "x-request-id",
                    "traceparent", "forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "via",
                    "x-gateway-assertion",
                ] {
                    #expect(seen[name]?.isEmpty == false, "the plant saw no \(name)")
                }
                #expect(seen["x-customer-id"] == nil, "a platform user is no customer")

                let me = try await HTTP.get(suite.url(.gateway) + "/api/v1/auth/me", token: session.accessToken)
                #expect(me.status == 200)
            }
        }

        @Test("a registered customer reaches the plant through the outbox and sees itself")
        func customer() async throws {
            try await RunningSuite.run { suite in
                let password = randomText(bytes: 15)
                suite.treatAsSecret([password])
                let registered = try await HTTP.post(
                    suite.url(.gateway) + "/cp/api/v1/auth/register",
                    json: ["email": "grower@farm.example", "password": password, "name": "A Grower"])
                try #require(registered.status == 201, "\(registered.text)")
                let session = try await suite.login(
                    .customerPortal, email: "grower@farm.example", password: password)
                let arrived = await poll(seconds: 60) {
                    (try? await HTTP.get(
                        suite.url(.gateway) + "/api/v1/customers", token: session.accessToken))?.status == 200
                }
                #expect(arrived, "the customer never arrived at the plant")
                let list = try await HTTP.get(
                    suite.url(.gateway) + "/api/v1/customers", token: session.accessToken)
                #expect(list.json["total"] as? Int == 1)
                let seen = try await Self.headersAtPlant(suite, session.accessToken)
                #expect(seen["x-customer-id"]?.isEmpty == false)
                #expect(seen["x-customer-plan"] == "free")
                #expect(seen["x-user-roles"] == "customer")
            }
        }

        @Test("no token, and each wrong one, is refused with its own code, at the gateway and at the plant")
        func refusals() async throws {
            try await RunningSuite.run { suite in
                let session = try await suite.login()
                let parts = session.accessToken.split(separator: ".").map(String.init)
                let tampered = [parts[0], parts[1], Self.flippingFirstCharacter(of: parts[2])].joined(separator: ".")
                let expired = try await TestTokens.access(
                    secret: suite.jwtSecret, now: Int64(Date().timeIntervalSince1970) - 7_200)
                let foreign = try await TestTokens.access(
                    secret: randomText(bytes: 48), now: Int64(Date().timeIntervalSince1970))
                for service in [RunningSuite.Service.gateway, .plant] {
                    let address = suite.url(service) + "/api/v1/customers"
                    let none = try await HTTP.get(address)
                    #expect(none.status == 401 && none.code == "missing_token")
                    #expect(none.header("WWW-Authenticate")?.contains("error=") == false)
                    #expect(none.header("Content-Type")?.hasPrefix("application/problem+json") == true)
                    for (token, code) in [
                        (tampered, "bad_signature"), (expired, "expired"), (foreign, "unknown_key"),
                        ("x.y.z", "malformed_token"),
                    ] {
                        let reply = try await HTTP.get(address, token: token)
                        #expect(reply.status == 401, "\(service): \(reply.text)")
                        #expect(reply.code == code, "\(service): \(reply.text)")
                        #expect(reply.header("WWW-Authenticate")?.contains("invalid_token") == true)
                    }
                }
            }
        }

        @Test("refresh rotates; logout and logout-all end the refresh token at once, the access token soon after")
        func sessions() async throws {
            try await RunningSuite.run { suite in
                let auth = suite.url(.gateway) + "/api/v1/auth"
                let first = try await suite.login()
                let second = try suite.session(
                    try await HTTP.post(auth + "/refresh", json: ["refresh_token": first.refreshToken]))
                #expect(second.refreshToken != first.refreshToken)

                let out = try await HTTP.post(
                    auth + "/logout", json: ["refresh_token": second.refreshToken], token: second.accessToken)
                #expect((200...204).contains(out.status), "\(out.text)")
                let late = try await HTTP.post(auth + "/refresh", json: ["refresh_token": second.refreshToken])
                #expect(late.status == 401, "\(late.text)")
                #expect(
                    await poll(seconds: 20) {
                        let answer = try? await HTTP.get(
                            suite.url(.gateway) + "/api/v1/customers", token: second.accessToken)
                        return answer?.code == "revoked"
                    })

                let one = try await suite.login()
                let other = try await suite.login()
                let all = try await HTTP.post(auth + "/logout-all", token: one.accessToken)
                #expect((200...204).contains(all.status), "\(all.text)")
                for session in [one, other] {
                    let reply = try await HTTP.post(auth + "/refresh", json: ["refresh_token": session.refreshToken])
                    #expect(reply.status == 401)
                }
            }
        }

        @Test("a spent refresh token ends its session once its successor was used")
        func spentRefreshToken() async throws {
            try await RunningSuite.run { suite in
                let auth = suite.url(.platformPortal) + "/api/v1/auth"
                let first = try await suite.login()
                let second = try suite.session(
                    try await HTTP.post(auth + "/refresh", json: ["refresh_token": first.refreshToken]))
                let again = try suite.session(
                    try await HTTP.post(auth + "/refresh", json: ["refresh_token": first.refreshToken]))
                #expect(again.refreshToken == second.refreshToken, "within 10 s the same successor is answered again")
                let third = try suite.session(
                    try await HTTP.post(auth + "/refresh", json: ["refresh_token": second.refreshToken]))
                let replayed = try await HTTP.post(auth + "/refresh", json: ["refresh_token": first.refreshToken])
                #expect(replayed.status == 401)
                let ended = try await HTTP.post(auth + "/refresh", json: ["refresh_token": third.refreshToken])
                #expect(ended.status == 401, "the replay ended the whole session")
            }
        }

        @Test("identity headers that a client sends never reach the plant")
        func forgedIdentity() async throws {
            try await RunningSuite.run { suite in
                let session = try await suite.login()
                let seen = try await Self.headersAtPlant(
                    suite, session.accessToken,
                    sending: [
                        "X-User-Id": "forged", "x_user_email": "forged", "X-Customer-ID": "forged",
                        "X-User-Roles": "forged", "X-Gateway-Assertion": "forged", "X-Customer-Plan": "forged",
                    ])
                for (name, value) in seen {
                    #expect(!value.contains("forged"), "\(name) was not removed")
                }
            }
        }

        @Test("the sign-in page logs in, and the page behind it shows who one is and how each service's keys stand")
        func pages() async throws {
            try await RunningSuite.run { suite in
                let page = try await HTTP.get(suite.url(.platformPortal) + "/login")
                #expect(page.status == 200)
                #expect(page.header("Content-Security-Policy") != nil)
                let token = try #require(Self.hiddenField(page.text), "no CSRF field on the sign-in page")
                let cookie = page.headers.filter { $0.name.lowercased() == "set-cookie" }
                    .compactMap { $0.value.split(separator: ";").first.map(String.init) }.joined(separator: "; ")
                let fields = [
                    "email": RunningSuite.adminEmail, "password": suite.adminPassword, token.name: token.value,
                ]
                let signedIn = try await HTTP.postForm(
                    suite.url(.platformPortal) + "/login", fields: fields,
                    headers: ["Cookie": cookie, "Origin": suite.url(.platformPortal)])
                #expect(signedIn.status == 303 || signedIn.status == 302, "\(signedIn.status) \(signedIn.text)")
                let sessionCookie = signedIn.headers.filter { $0.name.lowercased() == "set-cookie" }.map(\.value)
                #expect(sessionCookie.contains { $0.contains("HttpOnly") && $0.contains("SameSite") })
                let cookies = sessionCookie.compactMap { $0.split(separator: ";").first.map(String.init) }
                suite.treatAsSecret(cookies.compactMap { $0.split(separator: "=", maxSplits: 1).last.map(String.init) })
                let home = try await HTTP.get(
                    suite.url(.platformPortal) + "/", headers: ["Cookie": cookies.joined(separator: "; ")])
                #expect(home.status == 200)
                #expect(home.text.contains(RunningSuite.adminEmail))
                let keys = try await HTTP.get(
                    suite.url(.platformPortal) + "/keys", headers: ["Cookie": cookies.joined(separator: "; ")])
                #expect(keys.status == 200)
                #expect(keys.text.contains("gateway") && keys.text.contains("plant"))
            }
        }

        // MARK: -

        private static func headersAtPlant(
            _ suite: RunningSuite, _ token: String, sending headers: [String: String] = [:]
        ) async throws -> [String: String] {
            let reply = try await HTTP.get(
                suite.url(.gateway) + "/api/v1/debug/headers", token: token, headers: headers)
            try #require(reply.status == 200, "\(reply.status) \(reply.text)")
            var seen: [String: String] = [:]
            for entry in reply.json["headers"] as? [[String: Any]] ?? [] {
                guard let name = entry["name"] as? String else { continue }
                seen[name.lowercased()] = entry["value"] as? String
            }
            return seen
        }

        private static func hiddenField(_ html: String) -> (name: String, value: String)? {
            let pattern = #/<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"/#
            guard let match = html.firstMatch(of: pattern) else { return nil }
            return (String(match.1), String(match.2))
        }

        private static func flippingFirstCharacter(of text: String) -> String {
            (text.hasPrefix("A") ? "B" : "A") + text.dropFirst()
        }
    }
}
