import Foundation
import Storage

/// A session's statements and what came of them, sealed, for half an hour: so that a page can be loaded again, gone back
/// to, or read as CSV without running anything twice, and at another replica too. Each is run once: whoever turns `asked`
/// into `running` runs it.
struct StatementRuns: Sendable {
    let database: any Database
    let seal: DataKeySeal
    let entropy: Entropy

    /// Seconds.
    static let kept: Int64 = 1800
    /// Of one session; older ones go.
    static let maximum: Int64 = 10

    func ask(_ statement: Statement, by visitor: Visitor) async throws -> RecordID {
        let id = entropy.identifier()
        guard let recordID = RecordID(id) else { throw StorageError.decoding("db_updates_runs.id") }
        let sealed = try seal.seal(Array(try JSONEncoder().encode(statement)), for: Self.row(id, visitor, "statement"))
        try await database.write { transaction in
            try await transaction.execute(
                """
                INSERT INTO db_updates_runs (id, session_id, state, sealed_statement, created_at, expires_at)
                VALUES (?, ?, 'asked', ?, ?, ?)
                """,
                [
                    .text(id), .text(visitor.session.id), .text(sealed), .integer(visitor.now),
                    .integer(visitor.now + Self.kept),
                ])
            try await transaction.execute(
                """
                DELETE FROM db_updates_runs WHERE state <> 'running' AND id <> ? AND id IN (
                    SELECT id FROM db_updates_runs WHERE session_id = ? ORDER BY created_at DESC, id LIMIT 100000 OFFSET ?)
                """, [.text(id), .text(visitor.session.id), .integer(Self.maximum)])
        }
        return recordID
    }

    /// Nil for what is not this session's, or is kept no longer.
    func find(_ id: RecordID, for visitor: Visitor) async throws -> StatementRun? {
        let rows = try await database.read { transaction in
            try await transaction.query(
                """
                SELECT state, sealed_statement, sealed_outcome, created_at, begun_at FROM db_updates_runs
                WHERE id = ? AND session_id = ? AND expires_at > ?
                """, [.text(id.text), .text(visitor.session.id), .integer(visitor.now)])
        }
        guard let row = rows.first,
            let json = seal.open(try row.text("sealed_statement"), for: Self.row(id.text, visitor, "statement"))
        else { return nil }
        return StatementRun(
            id: id, statement: try JSONDecoder().decode(Statement.self, from: Data(json)),
            state: try state(row, id, visitor), createdAt: try row.integer("created_at"))
    }

    /// How far it is, with nothing of it opened; nil as above.
    func stage(of id: RecordID, for visitor: Visitor, now: Int64) async throws -> StatementRun.Stage? {
        let rows = try await database.read { transaction in
            try await transaction.query(
                "SELECT state, begun_at FROM db_updates_runs WHERE id = ? AND session_id = ? AND expires_at > ?",
                [.text(id.text), .text(visitor.session.id), .integer(now)])
        }
        guard let row = rows.first else { return nil }
        switch try row.text("state") {
        case "asked": return .asked
        case "running": return .begun(at: try row.integer("begun_at"), now: now)
        default: return .ended
        }
    }

    private func state(_ row: SQLRow, _ id: RecordID, _ visitor: Visitor) throws -> StatementRun.State {
        switch try row.text("state") {
        case "asked": return .asked
        case "running": return .running(since: try row.integer("begun_at"))
        default:
            guard let sealed = try row.optionalText("sealed_outcome"),
                let bytes = seal.open(sealed, for: Self.row(id.text, visitor, "outcome"))
            else { throw StorageError.decoding("db_updates_runs.sealed_outcome") }
            return .ended(try Self.outcome(bytes))
        }
    }

    /// - Returns: true for the one who runs it; false for everybody after that.
    func begin(_ id: RecordID, by visitor: Visitor) async throws -> Bool {
        try await database.write { transaction in
            try await transaction.execute(
                """
                UPDATE db_updates_runs SET state = 'running', begun_at = ?
                WHERE id = ? AND session_id = ? AND state = 'asked' AND expires_at > ?
                """,
                [.integer(visitor.now), .text(id.text), .text(visitor.session.id), .integer(visitor.now)]) == 1
        }
    }

    func end(_ id: RecordID, _ outcome: StatementOutcome, by visitor: Visitor) async throws {
        let sealed = try seal.seal(try Self.bytes(outcome), for: Self.row(id.text, visitor, "outcome"))
        try await database.write { transaction in
            try await transaction.execute(
                """
                UPDATE db_updates_runs SET state = 'ended', sealed_outcome = ?
                WHERE id = ? AND session_id = ? AND state = 'running'
                """, [.text(sealed), .text(id.text), .text(visitor.session.id)])
        }
    }

    /// A letter tells which it is; what follows is JSON.
    private static func bytes(_ outcome: StatementOutcome) throws -> [UInt8] {
        switch outcome {
        case .answered(let answer): [UInt8(ascii: "a")] + answer
        case .failed(let failure): [UInt8(ascii: "f")] + Array(try JSONEncoder().encode(failure))
        }
    }

    private static func outcome(_ bytes: [UInt8]) throws -> StatementOutcome {
        let json = Array(bytes.dropFirst())
        return bytes.first == UInt8(ascii: "a")
            ? .answered(json) : .failed(try JSONDecoder().decode(StatementFailure.self, from: Data(json)))
    }

    /// What was sealed for one session or place opens in no other.
    private static func row(_ id: String, _ visitor: Visitor, _ place: String) -> String {
        "\(visitor.session.id)\n\(id)\n\(place)"
    }
}
