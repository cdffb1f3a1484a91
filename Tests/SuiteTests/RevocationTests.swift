import Foundation
import Testing

/// From a logout to the first refusal at the gateway, with real processes.
extension SuiteTests {
    @Suite("Revocations arrive at the gateway", .serialized)
    struct Revoked {
        /// What the gateway says of its feeds: `ready`, or the check's code.
        private static func revocations(_ suite: RunningSuite) async -> String? {
            guard let reply = try? await HTTP.get(suite.url(.gateway) + "/ready", token: suite.internalToken),
                let checks = reply.json["checks"] as? [[String: Any]],
                let check = checks.first(where: { $0["name"] as? String == "revocations" })
            else { return nil }
            return check["code"] as? String ?? check["status"] as? String
        }

        /// Asks the plant through the gateway.
        private static func ask(_ suite: RunningSuite, _ token: String) async -> HTTP.Reply? {
            try? await HTTP.get(suite.url(.gateway) + "/api/v1/customers?perPage=1", token: token)
        }

        private static func arrives(_ suite: RunningSuite, seconds: Int = 30) async -> Bool {
            await poll(seconds: seconds) { await revocations(suite) == "ready" }
        }

        @Test("with 1,000 sessions: logout-all is known within a moment, and nobody else is refused")
        func latency() async throws {
            try await RunningSuite.run { suite in
                try #require(await Self.arrives(suite))
                let rounds = 20
                // 1,000 sessions in all, a user's share at a time: a user has at most 100.
                let password = randomText(bytes: 15)
                suite.treatAsSecret([password])
                var sessions: [[RunningSuite.Session]] = []
                for user in 0..<rounds {
                    let email = "user\(user)@farm.example"
                    let reply = try await HTTP.post(
                        suite.url(.customerPortal) + "/api/v1/auth/register",
                        json: ["email": email, "password": password, "name": "User \(user)"])
                    try #require(reply.status == 201, "\(reply.text)")
                    var own: [RunningSuite.Session] = []
                    for _ in 0..<50 {
                        own.append(try await suite.login(.customerPortal, email: email, password: password))
                    }
                    sessions.append(own)
                }
                let known = await poll(seconds: 60) {
                    await Self.ask(suite, sessions[rounds - 1][0].accessToken)?.status == 200
                }
                try #require(known, "the last customer never arrived")
                var delays: [Double] = []
                for user in 0..<rounds - 1 {
                    let own = sessions[user]
                    #expect(await Self.ask(suite, own[0].accessToken)?.status == 200)
                    let begin = ContinuousClock.now
                    let reply = try await HTTP.post(
                        suite.url(.customerPortal) + "/api/v1/auth/logout-all", token: own[0].accessToken)
                    try #require(reply.status == 204, "\(reply.text)")
                    var last: HTTP.Reply?
                    while ContinuousClock.now < begin + .seconds(30) {
                        last = await Self.ask(suite, own[0].accessToken)
                        if last?.status == 401 { break }
                    }
                    let delay = ContinuousClock.now - begin
                    delays.append(Double(delay.components.attoseconds) / 1e15 + Double(delay.components.seconds) * 1e3)
                    #expect(last?.code == "revoked")
                    // All the others of that user, at once.
                    for session in own.dropFirst() {
                        #expect(await Self.ask(suite, session.accessToken)?.code == "revoked")
                    }
                }
                // Who did not log out is served.
                for session in sessions[rounds - 1] {
                    #expect(await Self.ask(suite, session.accessToken)?.status == 200)
                }
                delays.sort()
                let p99 = delays[Int((Double(delays.count) * 0.99).rounded(.up)) - 1]
                print(
                    "logout-all to first refusal, \(rounds * 50) sessions, \(delays.count) rounds: "
                        + "median \(delays[delays.count / 2]) ms, p99 \(p99) ms")
                // Generous: this machine does other things too.
                #expect(p99 < 5000)
            }
        }

        @Test("a customer that is suspended is refused, whatever verdict was remembered")
        func suspended() async throws {
            try await RunningSuite.run { suite in
                try #require(await Self.arrives(suite))
                let password = randomText(bytes: 15)
                suite.treatAsSecret([password])
                let registered = try await HTTP.post(
                    suite.url(.customerPortal) + "/api/v1/auth/register",
                    json: ["email": "ada@farm.example", "password": password, "name": "Ada"])
                try #require(registered.status == 201)
                let session = try await suite.login(.customerPortal, email: "ada@farm.example", password: password)
                try #require(
                    await poll(seconds: 60) { await Self.ask(suite, session.accessToken)?.status == 200 })
                let admin = try await suite.login()
                let list = try await HTTP.get(
                    suite.url(.gateway) + "/api/v1/customers?email=ada@farm.example", token: admin.accessToken)
                let customer = try #require((list.json["data"] as? [[String: Any]])?.first?["id"] as? String)
                let reply = try await HTTP.send(
                    "PATCH", suite.url(.gateway) + "/api/v1/customers/\(customer)", json: ["status": "suspended"],
                    token: admin.accessToken, headers: ["If-Match": "*"])
                try #require(reply.status == 200, "\(reply.text)")
                #expect(await poll(seconds: 20) { await Self.ask(suite, session.accessToken)?.code == "revoked" })
                // A token issued after that second meets the plant's own word.
                #expect(
                    await poll(seconds: 20) {
                        guard
                            let next = try? await suite.login(
                                .customerPortal, email: "ada@farm.example", password: password)
                        else { return false }
                        return await Self.ask(suite, next.accessToken)?.code == "customer_suspended"
                    })
                #expect(await Self.ask(suite, admin.accessToken)?.status == 200)
            }
        }

        @Test(
            "a customer that is suspended and returns: its next token is good, its old one never; then its trial ends")
        func returns() async throws {
            try await RunningSuite.run { suite in
                try #require(await Self.arrives(suite))
                let password = randomText(bytes: 15)
                suite.treatAsSecret([password])
                let registered = try await HTTP.post(
                    suite.url(.customerPortal) + "/api/v1/auth/register",
                    json: ["email": "ada@farm.example", "password": password, "name": "Ada"])
                try #require(registered.status == 201)
                let first = try await suite.login(.customerPortal, email: "ada@farm.example", password: password)
                try #require(await poll(seconds: 60) { await Self.ask(suite, first.accessToken)?.status == 200 })
                let admin = try await suite.login().accessToken
                let list = try await HTTP.get(
                    suite.url(.gateway) + "/api/v1/customers?email=ada@farm.example", token: admin)
                let id = try #require((list.json["data"] as? [[String: Any]])?.first?["id"] as? String)
                let customer = suite.url(.gateway) + "/api/v1/customers/\(id)"

                let suspended = try await HTTP.post(
                    customer + "/suspend", json: ["reason": "late payment"], token: admin)
                try #require(suspended.status == 200, "\(suspended.text)")
                #expect(await poll(seconds: 20) { await Self.ask(suite, first.accessToken)?.code == "revoked" })
                try #require(try await HTTP.post(customer + "/reactivate", token: admin).status == 200)
                // A token of the very second of the suspension is revoked with it: the next one is good.
                let second = try #require(await Self.served(suite, password))
                #expect(await Self.ask(suite, first.accessToken)?.code == "revoked")

                try #require(try await HTTP.post(customer + "/trial", json: ["days": 7], token: admin).status == 200)
                #expect(await Self.ask(suite, second)?.status == 200)
                try #require(try await HTTP.send("DELETE", customer + "/trial", token: admin).status == 200)
                #expect(await poll(seconds: 20) { await Self.ask(suite, second)?.code == "revoked" })
                let plan = try await HTTP.post(customer + "/plan", json: ["plan": "pro"], token: admin)
                try #require(plan.status == 200)
                #expect(await Self.served(suite, password) != nil)
            }
        }

        /// An access token of Ada's that the plant answers; nil when none comes.
        private static func served(_ suite: RunningSuite, _ password: String) async -> String? {
            for _ in 0..<20 {
                guard
                    let session = try? await suite.login(
                        .customerPortal, email: "ada@farm.example", password: password)
                else { return nil }
                if await ask(suite, session.accessToken)?.status == 200 { return session.accessToken }
                try? await Task.sleep(for: .milliseconds(250))
            }
            return nil
        }

        @Test("a feed that is cut is told of, and what happened meanwhile arrives when it is back")
        func cut() async throws {
            try await RunningSuite.run { suite in
                try #require(await Self.arrives(suite))
                let (early, late) = (try await suite.login(), try await suite.login())
                let kept = try await suite.login()
                let portal = suite.url(.platformPortal) + "/api/v1/auth/logout"
                #expect(try await HTTP.post(portal, token: early.accessToken).status == 204)
                #expect(await poll(seconds: 20) { await Self.ask(suite, early.accessToken)?.code == "revoked" })

                await suite.process(.platformPortal).stop()
                #expect(await poll(seconds: 30) { await Self.revocations(suite) == "lost" })
                let ready = try await HTTP.get(suite.url(.gateway) + "/ready")
                #expect(ready.status == 200, "a lost feed stops nobody")
                // What was revoked stays so; what was not is served.
                #expect(await Self.ask(suite, early.accessToken)?.code == "revoked")
                #expect(await Self.ask(suite, late.accessToken)?.status == 200)

                try await suite.start(.platformPortal).waitUntilReady()
                #expect(try await HTTP.post(portal, token: late.accessToken).status == 204)
                #expect(await poll(seconds: 30) { await Self.ask(suite, late.accessToken)?.code == "revoked" })
                #expect(await Self.arrives(suite))
                #expect(await Self.ask(suite, early.accessToken)?.code == "revoked")
                #expect(await Self.ask(suite, kept.accessToken)?.status == 200)
            }
        }

        @Test("a gateway that starts anew learns what was revoked before")
        func restarted() async throws {
            try await RunningSuite.run { suite in
                let (ended, kept) = (try await suite.login(), try await suite.login())
                let reply = try await HTTP.post(
                    suite.url(.platformPortal) + "/api/v1/auth/logout", token: ended.accessToken)
                try #require(reply.status == 204)
                suite.process(.gateway).kill()
                try await suite.start(.gateway).waitUntilReady()
                try #require(await Self.arrives(suite))
                #expect(await Self.ask(suite, ended.accessToken)?.code == "revoked")
                #expect(await Self.ask(suite, kept.accessToken)?.status == 200)
            }
        }
    }
}
