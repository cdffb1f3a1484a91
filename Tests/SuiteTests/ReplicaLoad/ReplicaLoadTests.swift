import AsyncHTTPClient
import Foundation
import NIOPosix
import TestSupport
import Testing

extension SuiteTests {
    /// Real processes under load, with `kill -9` of each replica and of PostgreSQL in its midst. What is asked of them at
    /// the end does not depend on how fast anything was; limits of minutes bound hangs alone.
    ///
    /// `LOCKSTEP_REPLICA_ROUNDS` (1): how many times all faults come; `scripts/soak` asks for more.
    @Suite(
        "Two replicas of the plant under load",
        .enabled(if: TestedPostgreSQL.isNamed, "LOCKSTEP_TEST_POSTGRES_URL names no server: PostgreSQL can't run here"),
        .timeLimit(.minutes(120)))
    struct ReplicaLoadTests {
        private static let rounds =
            ProcessInfo.processInfo.environment["LOCKSTEP_REPLICA_ROUNDS"].flatMap { Int($0) } ?? 1
        /// Writes before and behind each fault together.
        private static let step = 48
        private static let writers = 6

        @Test("nothing that was answered is lost or done twice, and everybody hears of everything once and in order")
        func faults() async throws {
            try await LoadedReplicas.run { running in
                let token = try await running.suite.login().accessToken
                var writers: [FarmWriter] = []
                for number in 0..<Self.writers {
                    let farm = try await FarmOfWriter.make(number, token: token, at: running.gateway)
                    writers.append(
                        FarmWriter(
                            name: "w\(number)", token: token, gateway: running.gateway, replicas: running.replicas,
                            farm: farm))
                }
                let start = try await running.newestEvent()
                let streams = HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup)
                let followers = ([running.gateway] + running.replicas).flatMap { [$0, $0] }.map {
                    EventFollower($0, token: token, from: start, client: streams)
                }
                do {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for follower in followers { group.addTask { await follower.follow() } }
                        let sent = try await load(running, writers)
                        try await everythingStands(running, writers, sent)
                        try await everybodyHeard(running, followers, from: start)
                        group.cancelAll()
                    }
                } catch {
                    try await streams.shutdown()
                    throw error
                }
                try await streams.shutdown()
            }
        }

        /// The writers at work, and the faults after so many of their writes.
        private func load(_ running: LoadedReplicas, _ writers: [FarmWriter]) async throws -> [[FarmWriter.Sent]] {
            let budget = LoadBudget()
            return try await withThrowingTaskGroup(of: (Int, [FarmWriter.Sent]).self) { group in
                for (index, writer) in writers.enumerated() {
                    group.addTask { (index, try await writer.work(budget)) }
                }
                for _ in 0..<Self.rounds {
                    try await budget.advance(by: Self.step)
                    running.killReplica(0)
                    try await budget.advance(by: Self.step)
                    try await running.startReplica(0)
                    try await budget.advance(by: Self.step)
                    try await running.crashDatabase()
                    try await budget.advance(by: Self.step)
                    running.killReplica(1)
                    try await running.startReplica(1)
                    try await budget.advance(by: Self.step)
                }
                try await budget.finish()
                return try await group.reduce(into: Array(repeating: [], count: writers.count)) { $0[$1.0] = $1.1 }
            }
        }

        // MARK: What has to be so at the end

        private func everythingStands(
            _ running: LoadedReplicas, _ writers: [FarmWriter], _ sent: [[FarmWriter.Sent]]
        ) async throws {
            for replica in 0..<2 { try await running.ready(replica, is: 200) }
            try await answersAreKept(writers, sent)
            for (writer, sent) in zip(writers, sent) { try await stands(sent, of: writer, at: running.gateway) }

            let all = sent.flatMap(\.self)
            #expect(all.count == 5 * Self.step * Self.rounds)
            // Each key was executed once: it has one kept answer, and one entry of the log of changes.
            #expect(try await running.count("idempotency_keys") == all.count)
            for kind in FarmWriter.Kind.allCases {
                let made = kind == .change ? 3 * Self.writers : 0
                #expect(
                    try await running.count("audit_log WHERE action = '\(kind.rawValue)'")
                        == all.count { $0.kind == kind } + made, "\(kind)")
            }
            let verdict = try ServiceCommand.run("lockstep", ["audit", "verify", "--database", running.database])
            #expect(verdict.exitCode == 0, "\(verdict.output)")
            let faults = all.flatMap(\.faults)
            print(
                "replicas under load: \(all.count) writes, \(all.count { !$0.faults.isEmpty }) of them sent again;",
                Dictionary(grouping: faults) { $0 }.mapValues(\.count).sorted { $0.key < $1.key })
        }

        /// The same key with the same request: the same answer, to the byte.
        private func answersAreKept(_ writers: [FarmWriter], _ sent: [[FarmWriter.Sent]]) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (writer, sent) in zip(writers, sent) {
                    group.addTask {
                        for one in sent {
                            let again = try await writer.repeated(one)
                            #expect(again.status == one.status, "\(one.key): \(again.text)")
                            #expect(again.body == one.body, "\(one.key): \(again.text)")
                            #expect(again.header("Idempotency-Replayed") == "true", "\(one.key)")
                        }
                    }
                }
                try await group.waitForAll()
            }
        }

        /// By the API: each of the writer's acts once, and nothing else.
        private func stands(_ sent: [FarmWriter.Sent], of writer: FarmWriter, at url: String) async throws {
            func get(_ path: String) async throws -> HTTP.Reply {
                var last: HTTP.Reply?
                // A gateway may have given up on servers that did not answer its health check in time, for a while.
                _ = await poll(seconds: 120) {
                    last = try? await HTTP.get(url + FarmOfWriter.prefix + path, token: writer.token)
                    return last?.status == 200
                }
                let reply = try #require(last)
                try #require(reply.status == 200, "\(path): \(reply.text)")
                return reply
            }
            func list(_ path: String) async throws -> [[String: Any]] {
                var items: [[String: Any]] = []
                var page = 1
                while true {
                    let separator = path.contains("?") ? "&" : "?"
                    let reply = try await get(path + "\(separator)perPage=500&page=\(page)")
                    items += try #require(reply.json["data"] as? [[String: Any]])
                    if items.count >= reply.json["total"] as? Int ?? 0 { return items }
                    page += 1
                }
            }
            func keys(_ kind: FarmWriter.Kind) -> [String] { sent.filter { $0.kind == kind }.map(\.key).sorted() }

            let harvests = try await list("/harvests?block_id=\(writer.farm.harvested)")
            #expect(harvests.compactMap { $0["note"] as? String }.sorted() == keys(.harvest))
            let alerts = try await list("/alerts?farm_id=\(writer.farm.id)")
            #expect(alerts.compactMap { $0["title"] as? String }.sorted() == keys(.raise))
            #expect(alerts.compactMap { $0["resolution"] as? String }.sorted() == keys(.resolve))
            let transitions = try await list("/blocks/\(writer.farm.turning)/transitions")
            #expect(transitions.count == keys(.change).count)
            let dashboard = try await get("/dashboard/farms/\(writer.farm.id)")
            #expect(dashboard.json["harvested_kg"] as? Double == 1.5 * Double(keys(.harvest).count))
        }

        /// Each client has every event of the log, once, in the log's order, with the log's own words.
        private func everybodyHeard(
            _ running: LoadedReplicas, _ followers: [EventFollower], from start: String
        ) async throws {
            let newest = try await running.newestEvent()
            let position = try #require(start.split(separator: ".").last)
            let log = try await running.rows(
                """
                SELECT (SELECT log_id FROM farm_manager_events_head) || '.' || position || ' ' || payload \
                FROM farm_manager_events WHERE position > \(position) ORDER BY position
                """)
            #expect(!log.isEmpty)
            for (number, follower) in followers.enumerated() {
                let arrived = await poll(seconds: 300) { follower.current.place == newest }
                let seen = follower.current
                #expect(arrived, "client \(number) stands at \(seen.place) of \(newest)")
                #expect(!seen.events.contains { $0.name == "reset" })
                #expect(seen.events.map { "\($0.id) \($0.data)" } == log, "client \(number) of \(follower.url)")
                print("client \(number): \(seen.events.count) events over \(seen.connections) connections")
            }
        }
    }
}
