import Contracts
import Foundation
import Storage

/// The fleet table: one row for each replica that has reported and has not said goodbye. Every replica of the platform
/// portal keeps the same one, in their database.
struct FleetStore: Sendable {
    private let database: any Database
    let settings: FleetKeepingSettings

    init(database: any Database, settings: FleetKeepingSettings) {
        self.database = database
        self.settings = settings
    }

    enum Outcome: Equatable {
        case kept
        /// The table is full of live replicas, and this one is not among them.
        case full
    }

    /// The last report of a replica is the one that counts.
    /// - Parameter report: within `FleetReportRules`.
    func keep(_ report: FleetReport, now: Int64) async throws -> Outcome {
        let text = String(decoding: try JSONEncoder().encode(report), as: UTF8.self)
        return try await database.write { transaction in
            let updated = try await transaction.execute(
                """
                UPDATE fleet_replicas SET started_at = ?, received_at = ?, report = ?
                WHERE service = ? AND instance = ?
                """,
                [
                    .integer(report.startedAt), .integer(now), .text(text), .text(report.service),
                    .text(report.instance),
                ])
            if updated > 0 { return .kept }
            guard try await makeRoom(transaction, now: now) else { return .full }
            try await transaction.execute(
                """
                INSERT INTO fleet_replicas (service, instance, started_at, received_at, report) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (service, instance) DO UPDATE SET started_at = excluded.started_at,
                    received_at = excluded.received_at, report = excluded.report
                """,
                [
                    .text(report.service), .text(report.instance), .integer(report.startedAt), .integer(now),
                    .text(text),
                ])
            return .kept
        }
    }

    /// Who has been missing longest goes first; a live replica never goes.
    private func makeRoom(_ transaction: any SQLTransaction, now: Int64) async throws -> Bool {
        let rows = try await transaction.query("SELECT COUNT(*) AS replicas FROM fleet_replicas", [])
        let excess = try (rows.first?.integer("replicas") ?? 0) - FleetKeepingSettings.maximumReplicas + 1
        guard excess > 0 else { return true }
        let oldest = try await transaction.query(
            """
            SELECT service, instance FROM fleet_replicas WHERE received_at < ?
            ORDER BY received_at, service, instance LIMIT ?
            """, [.integer(now - settings.missingAfter), .integer(excess)])
        guard oldest.count >= Int(excess) else { return false }
        for row in oldest {
            try await transaction.execute(
                "DELETE FROM fleet_replicas WHERE service = ? AND instance = ?",
                [.text(try row.text("service")), .text(try row.text("instance"))])
        }
        return true
    }

    /// - Parameter startedAt: of the process that says goodbye, so that it does not speak for the next one of its name;
    ///   nil: whichever.
    func forget(service: String, instance: String, startedAt: Int64?) async throws {
        try await database.write { transaction in
            if let startedAt {
                try await transaction.execute(
                    "DELETE FROM fleet_replicas WHERE service = ? AND instance = ? AND started_at = ?",
                    [.text(service), .text(instance), .integer(startedAt)])
            } else {
                try await transaction.execute(
                    "DELETE FROM fleet_replicas WHERE service = ? AND instance = ?", [.text(service), .text(instance)])
            }
        }
    }

    /// Ordered by service and instance.
    func replicas(now: Int64) async throws -> [FleetTable.Replica] {
        let rows = try await database.read { transaction in
            try await transaction.query(
                """
                SELECT service, instance, received_at, report FROM fleet_replicas WHERE received_at >= ?
                ORDER BY service, instance LIMIT ?
                """, [.integer(now - settings.forgetAfter), .integer(2 * FleetKeepingSettings.maximumReplicas)])
        }
        let decoder = JSONDecoder()
        return try rows.map { row in
            let report: FleetReport
            do {
                report = try decoder.decode(FleetReport.self, from: Data(try row.text("report").utf8))
            } catch let error as DecodingError {
                throw StorageError.decoding("fleet_replicas.report: \(error)")
            }
            let receivedAt = try row.integer("received_at")
            return FleetTable.Replica(
                report: report, status: settings.status(receivedAt: receivedAt, now: now), receivedAt: receivedAt)
        }
        // Databases order text by their own collation; readers compare tables of several keepers.
        .sorted { ($0.report.service, $0.report.instance) < ($1.report.service, $1.report.instance) }
    }

    /// By status.
    func counts(now: Int64) async throws -> [String: Int64] {
        let rows = try await database.read { transaction in
            try await transaction.query(
                """
                SELECT COUNT(*) AS replicas, COALESCE(SUM(CASE WHEN received_at >= ? THEN 1 ELSE 0 END), 0) AS live
                FROM fleet_replicas WHERE received_at >= ?
                """, [.integer(now - settings.missingAfter), .integer(now - settings.forgetAfter)])
        }
        let all = try rows.first?.integer("replicas") ?? 0
        let live = try rows.first?.integer("live") ?? 0
        return ["live": live, "missing": all - live]
    }

    /// Answers how many were forgotten.
    func sweep(now: Int64) async throws -> Int {
        try await database.write { transaction in
            try await transaction.execute(
                "DELETE FROM fleet_replicas WHERE received_at < ?", [.integer(now - settings.forgetAfter)])
        }
    }
}
