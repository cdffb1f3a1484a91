import AsyncHTTPClient
import Foundation
import TestSupport
import Testing

/// Two replicas of the plant on a PostgreSQL server of their own, behind the gateway's group of two.
struct LoadedReplicas: Sendable {
    let suite: RunningSuite
    let server: OwnPostgreSQL
    /// Of the plant's database.
    let database: String

    var gateway: String { suite.url(.gateway) }
    var replicas: [String] { (0..<2).map { suite.url(.plant, replica: $0) } }

    static func run(_ body: (LoadedReplicas) async throws -> Void) async throws {
        try await OwnPostgreSQL.withServer { server in
            try await TestedPostgreSQL.withDatabase(at: server.url) { database in
                try await RunningSuite.run(
                    // The platform's portal alone: keys are agreed on with those that are named.
                    changes: Dictionary(
                        uniqueKeysWithValues: RunningSuite.Service.allCases.map {
                            ($0, ["LOG_LEVEL": "info", "FLEET_REPORT_INTERVAL_SECONDS": "2"])
                        }),
                    replicas: [.plant: .init(count: 2, databaseURL: database)], starting: [], awaitReadiness: false
                ) { suite in
                    let running = LoadedReplicas(suite: suite, server: server, database: database)
                    try await running.start()
                    try await body(running)
                }
            }
        }
    }

    private func start() async throws {
        let alone = ["PORTAL_URLS": suite.url(.platformPortal)]
        let routes = suite.folder.appendingPathComponent("routes.yaml")
        try self.routes.write(to: routes, atomically: true, encoding: .utf8)
        try suite.start(.platformPortal, changes: alone)
        for replica in 0..<2 { try suite.start(.plant, replica: replica, changes: alone) }
        try await suite.process(.platformPortal).waitUntilReady()
        for replica in 0..<2 { try await suite.process(.plant, replica: replica).waitUntilReady() }
        // Last: a gateway that asks plants that are not ready yet passes them over until it asks again.
        try suite.start(.gateway, changes: alone.merging(["GW_ROUTES_FILE": routes.path]) { $1 })
        try await suite.process(.gateway).waitUntilReady()
    }

    private var routes: String {
        """
        version: 1
        upstreams:
          plants:
            targets: [\(replicas.map { "\"\($0)\"" }.joined(separator: ", "))]
            health: {path: /ready, interval: 1s, timeout: 1s, healthy_after: 1, unhealthy_after: 3}
        routes:
          - {name: login, prefix: /api/v1/auth/, upstream: platform, auth: public}
          - {name: plant, prefix: /api/, upstream: plants, enrichment: true}
        """
    }

    // MARK: Faults

    func killReplica(_ number: Int) { suite.process(.plant, replica: number).kill() }

    func startReplica(_ number: Int) async throws {
        try await suite.start(.plant, replica: number, changes: ["PORTAL_URLS": suite.url(.platformPortal)])
            .waitUntilReady()
    }

    /// `kill -9` of the database, and a new start once both replicas have seen that it is gone; they have to come back
    /// by themselves.
    func crashDatabase() async throws {
        try await server.crash()
        for replica in 0..<2 { try await ready(replica, is: 503) }
        try await server.resume()
        for replica in 0..<2 { try await ready(replica, is: 200) }
    }

    func ready(_ replica: Int, is status: Int) async throws {
        var last: HTTP.Reply?
        let said = await poll(seconds: 180) {
            last = try? await HTTP.get(suite.url(.plant, replica: replica) + "/ready")
            return last?.status == status
        }
        try #require(said, "replica \(replica): \(last?.text ?? "no answer")")
    }

    // MARK: What stands in the database

    /// Rows of one column each.
    func rows(_ sql: String) async throws -> [String] {
        try await TestedPostgreSQL.run(sql, at: database).split(separator: "\n").map(String.init)
    }

    func count(_ sql: String) async throws -> Int {
        try #require(Int(try await rows("SELECT count(*) FROM \(sql)").first ?? ""))
    }

    /// Where the log of farm events stands, as its readers name it.
    func newestEvent() async throws -> String {
        try #require(try await rows("SELECT log_id || '.' || head FROM farm_manager_events_head").first)
    }
}
