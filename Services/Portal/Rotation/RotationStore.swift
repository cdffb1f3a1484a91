import Contracts
import Foundation
import Storage

/// Who may rotate, and what is remembered of it: one row, shared by all replicas of the platform portal, and the last
/// rotations behind it for audits.
struct RotationStore: Sendable {
    /// So many ended rotations are kept.
    static let history: Int64 = 100

    private let database: any Database

    init(database: any Database) { self.database = database }

    enum LeaseAnswer: Equatable {
        case granted(RotationLease)
        case held(by: String, until: Int64)
        /// The token shown is of no lease that still runs.
        case lost
    }

    /// - Parameter token: of a new lease, if it comes to one.
    func lease(_ request: RotationLeaseRequest, newToken token: String, now: Int64) async throws -> LeaseAnswer {
        try await database.write { transaction in
            try await Self.ensureRow(transaction)
            let expiresAt = now + request.seconds
            if let held = request.token {
                let renewed = try await transaction.execute(
                    "UPDATE rotation_state SET expires_at = ? WHERE name = 'rotation' AND token = ? AND expires_at > ?",
                    [.integer(expiresAt), .text(held), .integer(now)])
                return renewed == 1
                    ? .granted(RotationLease(token: held, holder: request.holder, expiresAt: expiresAt)) : .lost
            }
            let taken = try await transaction.execute(
                """
                UPDATE rotation_state SET holder = ?, token = ?, expires_at = ?
                WHERE name = 'rotation' AND expires_at <= ?
                """, [.text(request.holder), .text(token), .integer(expiresAt), .integer(now)])
            if taken == 1 {
                return .granted(RotationLease(token: token, holder: request.holder, expiresAt: expiresAt))
            }
            let rows = try await transaction.query(
                "SELECT holder, expires_at FROM rotation_state WHERE name = 'rotation'", [])
            guard let row = rows.first else { return .lost }
            return .held(by: try row.text("holder"), until: try row.integer("expires_at"))
        }
    }

    /// Giving back what one does not hold changes nothing.
    func release(_ token: String) async throws {
        try await database.write { transaction in
            try await transaction.execute(
                "UPDATE rotation_state SET expires_at = 0, token = '' WHERE name = 'rotation' AND token = ?",
                [.text(token)])
        }
    }

    func record() async throws -> RotationRecord? {
        let rows = try await database.read { transaction in
            try await transaction.query("SELECT record FROM rotation_state WHERE name = 'rotation'", [])
        }
        return try rows.first?.optionalText("record").map(Self.decode)
    }

    /// - Returns: false where the token is of no lease that still runs; then nothing is kept.
    func keep(_ record: RotationRecord, token: String, now: Int64) async throws -> Bool {
        let text = String(decoding: try JSONEncoder().encode(record), as: UTF8.self)
        return try await database.write { transaction in
            let kept = try await transaction.execute(
                "UPDATE rotation_state SET record = ? WHERE name = 'rotation' AND token = ? AND expires_at > ?",
                [.text(text), .text(token), .integer(now)])
            guard kept == 1 else { return false }
            guard let endedAt = record.endedAt else { return true }
            try await transaction.execute(
                """
                INSERT INTO rotation_history (id, ended_at, record) VALUES (?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET ended_at = excluded.ended_at, record = excluded.record
                """, [.text(record.id), .integer(endedAt), .text(text)])
            try await transaction.execute(
                """
                DELETE FROM rotation_history WHERE id NOT IN (
                    SELECT id FROM rotation_history ORDER BY ended_at DESC, id DESC LIMIT ?
                )
                """, [.integer(Self.history)])
            return true
        }
    }

    /// The last ended ones, the newest first.
    func ended() async throws -> [RotationRecord] {
        let rows = try await database.read { transaction in
            try await transaction.query(
                "SELECT record FROM rotation_history ORDER BY ended_at DESC, id DESC LIMIT ?",
                [.integer(Self.history)])
        }
        return try rows.map { try Self.decode(try $0.text("record")) }
    }

    /// When the keeper first saw this key as the current one of a store; at once, if never before.
    func firstSeen(_ kid: String, now: Int64) async throws -> Int64 {
        try await database.write { transaction in
            try await transaction.execute(
                "INSERT INTO rotation_keys (kid, first_seen_at) VALUES (?, ?) ON CONFLICT (kid) DO NOTHING",
                [.text(kid), .integer(now)])
            let rows = try await transaction.query(
                "SELECT first_seen_at FROM rotation_keys WHERE kid = ?", [.text(kid)])
            return try rows.first?.integer("first_seen_at") ?? now
        }
    }

    private static func ensureRow(_ transaction: any SQLTransaction) async throws {
        try await transaction.execute(
            """
            INSERT INTO rotation_state (name, holder, token, expires_at) VALUES ('rotation', '', '', 0)
            ON CONFLICT (name) DO NOTHING
            """, [])
    }

    private static func decode(_ text: String) throws -> RotationRecord {
        do {
            return try JSONDecoder().decode(RotationRecord.self, from: Data(text.utf8))
        } catch let error as DecodingError {
            throw StorageError.decoding("rotation record: \(error)")
        }
    }
}
