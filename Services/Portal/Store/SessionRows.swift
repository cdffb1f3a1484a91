import Storage

/// SQL over `sessions`, inside somebody's transaction.
enum SessionRows {
    private static let columns =
        "id, user_id, kind, created_at, last_used_at, expires_at, ends_at, ended_at, address, user_agent, last_address"
    private static let live = "user_id = ? AND ended_at IS NULL AND expires_at > ?"

    /// Makes room first: a user has at most `SessionLimits.perUser` live sessions.
    /// - Returns: those that ended for it.
    static func insert(_ session: Session, _ transaction: any SQLTransaction) async throws -> [String] {
        let displaced = try await transaction.query(
            """
            UPDATE sessions SET ended_at = ?, end_reason = ? WHERE id IN (
                SELECT id FROM sessions WHERE \(live) ORDER BY last_used_at DESC, id LIMIT 1000 OFFSET ?)
            RETURNING id
            """,
            [
                .integer(session.createdAt), .text(Session.EndReason.displaced.rawValue), .text(session.userID),
                .integer(session.createdAt), .integer(Int64(SessionLimits.perUser - 1)),
            ])
        try await transaction.execute(
            "INSERT INTO sessions (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .text(session.id), .text(session.userID), .text(session.kind.rawValue), .integer(session.createdAt),
                .integer(session.lastUsedAt), .integer(session.expiresAt), .integer(session.endsAt),
                .optional(session.endedAt), .text(session.address), .text(session.userAgent),
                .text(session.lastAddress),
            ])
        return try displaced.map { try $0.text("id") }
    }

    static func find(id: String, _ transaction: any SQLTransaction) async throws -> Session? {
        try await transaction.query("SELECT \(columns) FROM sessions WHERE id = ?", [.text(id)]).first.map(session)
    }

    static func addresses(userID: String, _ transaction: any SQLTransaction) async throws -> [String] {
        try await transaction.query(
            "SELECT DISTINCT address FROM sessions WHERE user_id = ? LIMIT 500", [.text(userID)]
        ).map { try $0.text("address") }
    }

    /// Where a user's sessions were opened from, those that ended of late included.
    static func addresses(email: EmailAddress, _ transaction: any SQLTransaction) async throws -> [String] {
        try await transaction.query(
            """
            SELECT DISTINCT sessions.address AS address FROM sessions JOIN users ON users.id = sessions.user_id
            WHERE users.email = ? LIMIT 500
            """, [.text(email.text)]
        ).map { try $0.text("address") }
    }

    static func liveCount(userID: String, now: Int64, _ transaction: any SQLTransaction) async throws -> Int {
        let rows = try await transaction.query(
            "SELECT COUNT(*) AS sessions FROM sessions WHERE \(live)", [.text(userID), .integer(now)])
        return Int(try rows.first?.integer("sessions") ?? 0)
    }

    /// The one used last comes first.
    static func live(
        userID: String, now: Int64, limit: Int, offset: Int, _ transaction: any SQLTransaction
    ) async throws -> [Session] {
        try await transaction.query(
            "SELECT \(columns) FROM sessions WHERE \(live) ORDER BY last_used_at DESC, id LIMIT ? OFFSET ?",
            [.text(userID), .integer(now), .integer(Int64(limit)), .integer(Int64(offset))]
        ).map(session)
    }

    /// - Parameter address: where it was used from.
    static func touch(
        id: String, expiresAt: Int64, address: ClientAddress, now: Int64, _ transaction: any SQLTransaction
    ) async throws {
        try await transaction.execute(
            "UPDATE sessions SET last_used_at = ?, expires_at = ?, last_address = ? WHERE id = ?",
            [.integer(now), .integer(expiresAt), .text(address.text), .text(id)])
    }

    /// - Returns: false when it had ended before.
    static func end(
        id: String, reason: Session.EndReason, now: Int64, _ transaction: any SQLTransaction
    ) async throws -> Bool {
        try await transaction.execute(
            "UPDATE sessions SET ended_at = ?, end_reason = ? WHERE id = ? AND ended_at IS NULL",
            [.integer(now), .text(reason.rawValue), .text(id)]) == 1
    }

    /// - Returns: those that were live.
    static func endOthers(
        than kept: String, userID: String, reason: Session.EndReason, now: Int64, _ transaction: any SQLTransaction
    ) async throws -> [String] {
        try await transaction.query(
            "UPDATE sessions SET ended_at = ?, end_reason = ? WHERE \(live) AND id <> ? RETURNING id",
            [.integer(now), .text(reason.rawValue), .text(userID), .integer(now), .text(kept)]
        ).map { try $0.text("id") }
    }

    /// Sign-ins that wait for their second factor end too: each is a session to be.
    /// - Returns: how many were live.
    static func endAll(
        userID: String, reason: Session.EndReason, now: Int64, _ transaction: any SQLTransaction
    ) async throws -> Int {
        try await SecondFactorTicketRows.removeAll(of: userID, transaction)
        return try await transaction.execute(
            "UPDATE sessions SET ended_at = ?, end_reason = ? WHERE \(live)",
            [.integer(now), .text(reason.rawValue), .text(userID), .integer(now)])
    }

    /// With sign-ins that wait, as above.
    /// - Returns: those that were live.
    static func endOthers(
        userID: String, than kept: String, reason: Session.EndReason, now: Int64, _ transaction: any SQLTransaction
    ) async throws -> [String] {
        try await SecondFactorTicketRows.removeAll(of: userID, transaction)
        return try await transaction.query(
            "UPDATE sessions SET ended_at = ?, end_reason = ? WHERE \(live) AND id <> ? RETURNING id",
            [.integer(now), .text(reason.rawValue), .text(userID), .integer(now), .text(kept)]
        ).map { try $0.text("id") }
    }

    private static func session(_ row: SQLRow) throws -> Session {
        let kind = try row.text("kind")
        guard let kind = Session.Kind(rawValue: kind) else { throw StorageError.decoding("sessions.kind") }
        return Session(
            id: try row.text("id"), userID: try row.text("user_id"), kind: kind,
            createdAt: try row.integer("created_at"), lastUsedAt: try row.integer("last_used_at"),
            expiresAt: try row.integer("expires_at"), endsAt: try row.integer("ends_at"),
            endedAt: try row.optionalInteger("ended_at"),
            address: try row.text("address"), userAgent: try row.text("user_agent"),
            lastAddress: try row.optionalText("last_address") ?? row.text("address"))
    }
}
