import Foundation
import Testing

/// What was answered with success must be there after `kill -9` and a restart.
extension SuiteTests {
    @Suite("kill -9 during load loses nothing that was committed", .serialized)
    struct Killed {
        @Test("the plant keeps every customer that it answered 201 for")
        func plant() async throws {
            try await RunningSuite.run { suite in
                let session = try await suite.login()
                let created = try await Self.killUnderLoad(suite, .plant) { number in
                    let reply = try await HTTP.post(
                        suite.url(.gateway) + "/api/v1/customers",
                        json: ["name": "Customer \(number)", "email": "c\(number)@farm.example", "plan": "free"],
                        token: session.accessToken)
                    return reply.status == 201 ? reply.json["id"] as? String : nil
                }
                for id in created {
                    let reply = try await HTTP.get(
                        suite.url(.gateway) + "/api/v1/customers/\(id)", token: session.accessToken)
                    #expect(reply.status == 200, "customer \(id) is lost: \(reply.status)")
                }
            }
        }

        @Test("the customer portal keeps every user that it registered, and the plant gets each as a customer")
        func customerPortal() async throws {
            try await RunningSuite.run { suite in
                let password = randomText(bytes: 15)
                suite.treatAsSecret([password])
                let registered = try await Self.killUnderLoad(suite, .customerPortal, atLeast: 8) { number in
                    let email = "user\(number)@farm.example"
                    let reply = try await HTTP.post(
                        suite.url(.customerPortal) + "/api/v1/auth/register",
                        json: ["email": email, "password": password, "name": "User \(number)"])
                    return reply.status == 201 ? email : nil
                }
                let admin = try await suite.login()
                for email in registered {
                    let session = try await suite.login(.customerPortal, email: email, password: password)
                    #expect(!session.accessToken.isEmpty)
                    let arrived = await poll(seconds: 60) {
                        let reply = try? await HTTP.get(
                            suite.url(.gateway) + "/api/v1/customers?email=\(email)", token: admin.accessToken)
                        return reply?.json["total"] as? Int == 1
                    }
                    #expect(arrived, "\(email) never became a customer")
                }
            }
        }

        @Test("the plant being down loses no registration")
        func plantDownWhileRegistering() async throws {
            try await RunningSuite.run { suite in
                suite.process(.plant).kill()
                let password = randomText(bytes: 15)
                suite.treatAsSecret([password])
                let reply = try await HTTP.post(
                    suite.url(.customerPortal) + "/api/v1/auth/register",
                    json: ["email": "patient@farm.example", "password": password, "name": "Patient"])
                try #require(reply.status == 201, "\(reply.text)")
                try await suite.start(.plant).waitUntilReady()
                let session = try await suite.login(
                    .customerPortal, email: "patient@farm.example", password: password)
                let arrived = await poll(seconds: 90) {
                    let list = try? await HTTP.get(
                        suite.url(.gateway) + "/api/v1/customers", token: session.accessToken)
                    return list?.json["total"] as? Int == 1
                }
                #expect(arrived, "the customer never arrived")
            }
        }

        @Test("a spent refresh token never gives a second, different successor, whenever the portal dies")
        func refreshAcrossKill() async throws {
            try await RunningSuite.run { suite in
                let auth = suite.url(.platformPortal) + "/api/v1/auth"
                for round in 0..<5 {
                    let first = try await suite.login()
                    let answers = Shared<Set<String>>([])
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for _ in 0..<6 {
                            group.addTask {
                                guard
                                    let reply = try? await HTTP.post(
                                        auth + "/refresh", json: ["refresh_token": first.refreshToken]),
                                    reply.status == 200, let next = reply.json["refresh_token"] as? String
                                else { return }
                                _ = answers.withLock { $0.insert(next) }
                            }
                        }
                        // In each round the portal dies at another point of the six requests.
                        for _ in 0..<round { await Task.yield() }
                        suite.process(.platformPortal).kill()
                        try await group.waitForAll()
                    }
                    try await suite.start(.platformPortal).waitUntilReady()
                    let after = try await HTTP.post(auth + "/refresh", json: ["refresh_token": first.refreshToken])
                    if after.status == 200, let next = after.json["refresh_token"] as? String {
                        _ = answers.withLock { $0.insert(next) }
                    }
                    let successors = answers.withLock { $0 }
                    suite.treatAsSecret(Array(successors))
                    #expect(successors.count <= 1, "\(successors.count) different successors of one token")
                }
            }
        }

        @Test("the gateway killed under load serves again after a restart, sessions untouched")
        func gateway() async throws {
            try await RunningSuite.run { suite in
                let session = try await suite.login()
                _ = try await Self.killUnderLoad(suite, .gateway) { _ in
                    let reply = try await HTTP.get(
                        suite.url(.gateway) + "/api/v1/customers", token: session.accessToken)
                    return reply.status == 200 ? "ok" : nil
                }
                let reply = try await HTTP.post(
                    suite.url(.gateway) + "/api/v1/auth/refresh", json: ["refresh_token": session.refreshToken])
                #expect(reply.status == 200, "\(reply.text)")
            }
        }

        /// Four clients send until enough has succeeded, the service is killed in their midst and started again.
        /// What had been answered with success comes back.
        private static func killUnderLoad(
            _ suite: RunningSuite, _ service: RunningSuite.Service, atLeast enough: Int = 30,
            send: @escaping @Sendable (Int) async throws -> String?
        ) async throws -> [String] {
            let successes = Shared<[String]>([])
            let stopped = Shared(false)
            let numbers = Shared(0)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        while !stopped.withLock({ $0 }) {
                            let number = numbers.withLock { value in
                                value += 1
                                return value
                            }
                            guard let success = try? await send(number) else { continue }
                            successes.withLock { $0.append(success) }
                        }
                    }
                }
                let reached = await poll(seconds: 120) { successes.withLock { $0.count } >= enough }
                suite.process(service).kill()
                stopped.withLock { $0 = true }
                try await group.waitForAll()
                try #require(reached, "only \(successes.withLock { $0.count }) requests succeeded before the kill")
            }
            try await suite.start(service).waitUntilReady()
            return successes.withLock { $0 }
        }
    }
}
