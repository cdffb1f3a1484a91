import Storage

/// A row of `refresh_tokens` with what the rotation needs to know of its successor.
struct RefreshTokenRow: Sendable {
    var id: String
    var sessionID: String
    var expiresAt: Int64
    var spentAt: Int64?
    var successorSpent: Bool
    var sealedSuccessor: String?
    var successorExpiresAt: Int64?

    /// The machine's state, as these rows tell it.
    func rotation(of session: Session, now: Int64) -> RefreshRotation {
        let state: RefreshRotation.State =
            if !session.isLive(at: now) {
                .ended
            } else if let spentAt {
                .spent(at: spentAt, successorUsed: successorSpent)
            } else {
                .unused
            }
        return RefreshRotation(state: state, expiresAt: expiresAt)
    }
}

/// SQL over `refresh_tokens`, inside somebody's transaction.
enum RefreshTokenRows {
    static func insert(
        id: String, sessionID: String, hash: String, createdAt: Int64, expiresAt: Int64,
        _ transaction: any SQLTransaction
    ) async throws {
        try await transaction.execute(
            "INSERT INTO refresh_tokens (id, session_id, token_hash, created_at, expires_at) VALUES (?, ?, ?, ?, ?)",
            [.text(id), .text(sessionID), .text(hash), .integer(createdAt), .integer(expiresAt)])
    }

    static func find(hash: String, _ transaction: any SQLTransaction) async throws -> RefreshTokenRow? {
        try await transaction.query(
            """
            SELECT t.id AS id, t.session_id AS session_id, t.expires_at AS expires_at, t.spent_at AS spent_at,
                t.sealed_successor AS sealed_successor, s.spent_at AS successor_spent_at,
                s.expires_at AS successor_expires_at
            FROM refresh_tokens t LEFT JOIN refresh_tokens s ON s.id = t.successor_id
            WHERE t.token_hash = ?
            """,
            [.text(hash)]
        ).first.map { row in
            RefreshTokenRow(
                id: try row.text("id"), sessionID: try row.text("session_id"),
                expiresAt: try row.integer("expires_at"), spentAt: try row.optionalInteger("spent_at"),
                successorSpent: try row.optionalInteger("successor_spent_at") != nil,
                sealedSuccessor: try row.optionalText("sealed_successor"),
                successorExpiresAt: try row.optionalInteger("successor_expires_at"))
        }
    }

    /// The oldest spent ones beyond `SessionLimits.spentTokens`. One of them would be unknown if it came back: refused
    /// like the others, but no evidence any more.
    /// - Parameter before: those spent since are left alone, whatever their number.
    static func forgetOldest(sessionID: String, before: Int64, _ transaction: any SQLTransaction) async throws {
        try await transaction.execute(
            """
            DELETE FROM refresh_tokens WHERE id IN (
                SELECT id FROM refresh_tokens WHERE session_id = ? AND spent_at < ?
                ORDER BY spent_at DESC, id LIMIT 100 OFFSET ?)
            """,
            [.text(sessionID), .integer(before), .integer(Int64(SessionLimits.spentTokens))])
    }

    /// - Returns: false when it was spent already.
    static func spend(
        id: String, successorID: String, sealedSuccessor: String, now: Int64, _ transaction: any SQLTransaction
    ) async throws -> Bool {
        // The predecessor's copy of this token has served: nobody may be answered with it any more.
        try await transaction.execute(
            "UPDATE refresh_tokens SET sealed_successor = NULL WHERE successor_id = ?", [.text(id)])
        return try await transaction.execute(
            """
            UPDATE refresh_tokens SET spent_at = ?, successor_id = ?, sealed_successor = ?
            WHERE id = ? AND spent_at IS NULL
            """,
            [.integer(now), .text(successorID), .text(sealedSuccessor), .text(id)]) == 1
    }
}
