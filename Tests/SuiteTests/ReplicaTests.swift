import Foundation
import TestSupport
import Testing

extension SuiteTests {
    /// Real processes: two replicas each of the portals and the plant, on one PostgreSQL server, behind balancers.
    @Suite(
        "Replicas on PostgreSQL",
        .enabled(if: TestedPostgreSQL.isNamed, "LOCKSTEP_TEST_POSTGRES_URL names no server"),
        .timeLimit(.minutes(10)))
    struct ReplicaTests {
        private static let email = "ada@example.com"
        private static let password = "copper kettle sunday"

        @Test("what one replica did, the other knows: accounts, refresh tokens, lockouts, customers")
        func together() async throws {
            try await TestedPostgreSQL.withSuiteDatabases { replicas in
                try await RunningSuite.run(replicas: replicas) { suite in
                    try await register(suite, replica: 0)
                    let session = try await login(suite, replica: 1)
                    try await refreshRaced(suite, session)
                    try await lockedOut(suite)
                    try await customerArrives(suite)
                }
            }
        }

        @Test("a killed replica leaves the other serving, and comes back to the same data")
        func killed() async throws {
            try await TestedPostgreSQL.withSuiteDatabases { replicas in
                try await RunningSuite.run(replicas: replicas) { suite in
                    try await register(suite, replica: 0)
                    suite.process(.customerPortal, replica: 0).kill()
                    suite.process(.platformPortal, replica: 0).kill()
                    suite.process(.plant, replica: 1).kill()
                    for _ in 0..<6 {
                        _ = try await suite.login(.customerPortal, email: Self.email, password: Self.password)
                        let admin = try await suite.login()
                        let list = try await HTTP.get(
                            suite.url(.gateway) + "/api/v1/customers", token: admin.accessToken)
                        #expect(list.status == 200, "\(list.text)")
                    }
                    try await suite.start(.customerPortal, replica: 0).waitUntilReady()
                    _ = try await login(suite, replica: 0)
                }
            }
        }

        @Test("while the database is away replicas say so and answer 503; when it is back they serve as before")
        func databaseRestarted() async throws {
            try await OwnPostgreSQL.withServer { server in
                try await TestedPostgreSQL.withSuiteDatabases(at: server.url) { replicas in
                    try await RunningSuite.run(replicas: replicas) { suite in
                        try await register(suite, replica: 0)
                        try await server.halt()
                        for replica in 0..<2 {
                            try await ready(suite, replica, is: 503)
                            let refused = try await HTTP.post(
                                suite.url(.customerPortal, replica: replica) + "/api/v1/auth/login",
                                json: ["email": Self.email, "password": Self.password])
                            #expect(refused.status == 503, "\(refused.text)")
                        }
                        try await server.resume()
                        for replica in 0..<2 {
                            try await ready(suite, replica, is: 200)
                            _ = try await login(suite, replica: replica)
                        }
                    }
                }
            }
        }

        // MARK: Steps

        private func register(_ suite: RunningSuite, replica: Int) async throws {
            let reply = try await HTTP.post(
                suite.url(.customerPortal, replica: replica) + "/api/v1/auth/register",
                json: ["email": Self.email, "password": Self.password, "name": "Ada Lovelace"])
            try #require(reply.status == 201, "\(reply.text)")
        }

        private func login(_ suite: RunningSuite, replica: Int) async throws -> RunningSuite.Session {
            let reply = try await HTTP.post(
                suite.url(.customerPortal, replica: replica) + "/api/v1/auth/login",
                json: ["email": Self.email, "password": Self.password])
            try #require(reply.status == 200, "\(reply.text)")
            return try suite.session(reply)
        }

        /// The same token at both replicas at once, again and again: one successor, whoever made it.
        private func refreshRaced(_ suite: RunningSuite, _ session: RunningSuite.Session) async throws {
            var token = session.refreshToken
            for _ in 0..<10 {
                let presented = token
                let replies = try await withThrowingTaskGroup(of: HTTP.Reply.self) { group in
                    for attempt in 0..<6 {
                        group.addTask {
                            try await HTTP.post(
                                suite.url(.customerPortal, replica: attempt % 2) + "/api/v1/auth/refresh",
                                json: ["refresh_token": presented])
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                var successors: Set<String> = []
                for reply in replies {
                    try #require(reply.status == 200, "\(reply.text)")
                    successors.insert(try suite.session(reply).refreshToken)
                }
                #expect(successors.count == 1)
                token = try #require(successors.first)
            }
        }

        /// Five wrong passwords, spread over both replicas, rest the account at both.
        private func lockedOut(_ suite: RunningSuite) async throws {
            var statuses: [Int] = []
            for attempt in 0..<5 {
                statuses.append(try await wrongLogin(suite, replica: attempt % 2))
            }
            #expect(statuses == [401, 401, 401, 401, 401])
            #expect(try await wrongLogin(suite, replica: 0) == 429)
            #expect(try await wrongLogin(suite, replica: 1) == 429)
        }

        private func wrongLogin(_ suite: RunningSuite, replica: Int) async throws -> Int {
            try await HTTP.post(
                suite.url(.customerPortal, replica: replica) + "/api/v1/auth/login",
                json: ["email": "mallory@example.com", "password": "wrong wrong wrong"]
            ).status
        }

        /// Through the outbox of whichever replica took it; at both replicas of the plant.
        private func customerArrives(_ suite: RunningSuite) async throws {
            let admin = try await suite.login()
            for replica in 0..<2 {
                let arrived = await poll(seconds: 30) {
                    let list = try? await HTTP.get(
                        suite.url(.plant, replica: replica) + "/api/v1/customers?email=ada%40example.com",
                        token: admin.accessToken)
                    return list?.text.contains(Self.email) == true
                }
                #expect(arrived)
            }
        }

        private func ready(_ suite: RunningSuite, _ replica: Int, is status: Int) async throws {
            let url = suite.url(.customerPortal, replica: replica) + "/ready"
            var last: HTTP.Reply?
            let said = await poll(seconds: 60) {
                last = try? await HTTP.get(url)
                return last?.status == status
            }
            #expect(said, "\(last?.text ?? "no answer")")
            if status == 503 { #expect(last?.text.contains("database_unreachable") == true, "\(last?.text ?? "")") }
        }
    }
}

extension TestedPostgreSQL {
    /// A database each for the three services that keep something, and two replicas of each.
    static func withSuiteDatabases(
        at server: String? = nil, count: Int = 2,
        _ body: ([RunningSuite.Service: RunningSuite.Replicas]) async throws -> Void
    ) async throws {
        let server = try #require(server ?? url)
        try await withDatabase(at: server) { platform in
            try await withDatabase(at: server) { customer in
                try await withDatabase(at: server) { plant in
                    try await body([
                        .platformPortal: .init(count: count, databaseURL: platform),
                        .customerPortal: .init(count: count, databaseURL: customer),
                        .plant: .init(count: count, databaseURL: plant),
                    ])
                }
            }
        }
    }
}
