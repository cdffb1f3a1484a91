import Storage
import Tokens

/// That a browser's session may do DB updates until a moment (docs/decisions/0005): the token that the password opened,
/// sealed, in a row of its own beside the session. So it holds at every replica, for that session alone, no longer than
/// the token lives, and the browser never has it.
struct DBUpdatesOpenings: Sendable {
    struct Opening: Sendable {
        /// Of the scope `db_updates`.
        let token: String
        /// Seconds since the epoch.
        let expiresAt: Int64
        /// What the plant told of the database, JSON; nil: nobody asked yet.
        let connection: [UInt8]?
    }

    let database: any Database
    let tokens: DBUpdatesTokens
    let seal: DataKeySeal
    let entropy: Entropy

    /// A token with less left, in seconds, opens nothing: it must still hold when the plant looks at it.
    private static let margin: Int64 = 5

    /// For the password once more, and a code where there is a second factor; told in the audit trail either way.
    ///
    /// - Throws: `DBUpdatesTokens.Failure`, `LoginService.Failure`.
    func open(_ visitor: Visitor, password: Password?, answer: SecondFactorAnswer?) async throws {
        let token = try await tokens.issue(
            for: visitor.user, session: visitor.session, identity: visitor.identity, password: password,
            answer: answer, caller: visitor.caller, now: visitor.now)
        let sealed = try seal.seal(Array(token.text.utf8), for: visitor.session.id)
        try await database.write { transaction in
            try await transaction.execute(
                """
                INSERT INTO db_updates_openings (session_id, sealed_token, expires_at) VALUES (?, ?, ?)
                ON CONFLICT (session_id) DO UPDATE SET sealed_token = excluded.sealed_token, sealed_connection = NULL,
                expires_at = excluded.expires_at
                """, [.text(visitor.session.id), .text(sealed), .integer(token.expiresAt)])
        }
    }

    /// Nil where it must be opened (again).
    func current(_ visitor: Visitor) async throws -> Opening? {
        let rows = try await database.read { transaction in
            try await transaction.query(
                """
                SELECT sealed_token, sealed_connection, expires_at FROM db_updates_openings
                WHERE session_id = ? AND expires_at > ?
                """, [.text(visitor.session.id), .integer(visitor.now + Self.margin)])
        }
        guard let row = rows.first, let token = seal.open(try row.text("sealed_token"), for: visitor.session.id) else {
            return nil
        }
        return Opening(
            token: String(decoding: token, as: UTF8.self), expiresAt: try row.integer("expires_at"),
            connection: try row.optionalText("sealed_connection").flatMap {
                seal.open($0, for: Self.connectionRow(visitor))
            })
    }

    /// Asked once for each opening, as the plant tells each look in its audit log.
    func keep(connection: [UInt8], for visitor: Visitor) async throws {
        let sealed = try seal.seal(connection, for: Self.connectionRow(visitor))
        try await database.write { transaction in
            try await transaction.execute(
                "UPDATE db_updates_openings SET sealed_connection = ? WHERE session_id = ?",
                [.text(sealed), .text(visitor.session.id)])
        }
    }

    /// Before its time. What was answered so far goes too. The audit trail has it where something was open.
    func close(_ visitor: Visitor) async throws {
        let session = visitor.session.id
        let event = AuditEvent(
            .dbUpdatesClosed, .success, actor: visitor.user.id, subject: visitor.user.email,
            detail: "session \(session)",
            caller: visitor.caller, entropy: entropy, now: visitor.now)
        try await database.write { transaction in
            let open = try await transaction.query(
                "DELETE FROM db_updates_openings WHERE session_id = ? RETURNING expires_at", [.text(session)])
            try await transaction.execute("DELETE FROM db_updates_runs WHERE session_id = ?", [.text(session)])
            if let row = open.first, try row.integer("expires_at") > visitor.now {
                try await AuditRows.insert(event, transaction)
            }
        }
    }

    /// No session's name has a line break in it.
    private static func connectionRow(_ visitor: Visitor) -> String { visitor.session.id + "\nconnection" }
}
