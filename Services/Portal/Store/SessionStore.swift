import Storage

/// What people and browsers do with sessions that are open.
struct SessionStore: Sendable {
    private let database: any Database
    private let revocations: Revocations
    private let policy: SecondFactorPolicy

    init(database: any Database, revocations: Revocations, policy: SecondFactorPolicy) {
        self.database = database
        self.revocations = revocations
        self.policy = policy
    }

    /// The session with its user, while both are good.
    func live(id: String, now: Int64) async throws -> (session: Session, user: User)? {
        try await database.read { transaction in
            guard let session = try await SessionRows.find(id: id, transaction), session.isLive(at: now),
                let user = try await UserRows.find(id: session.userID, transaction),
                try await policy.admits(user, transaction)
            else { return nil }
            return (session, user)
        }
    }

    func list(userID: String, now: Int64, limit: Int, offset: Int) async throws -> (sessions: [Session], total: Int) {
        try await database.read { transaction in
            let sessions = try await SessionRows.live(
                userID: userID, now: now, limit: limit, offset: offset, transaction)
            return (sessions, try await SessionRows.liveCount(userID: userID, now: now, transaction))
        }
    }

    /// Nil for a token that this portal never gave, or gave too long ago.
    func sessionID(refreshTokenHash hash: String) async throws -> String? {
        try await database.read { try await RefreshTokenRows.find(hash: hash, $0)?.sessionID }
    }

    /// - Parameters:
    ///   - owner: nil when holding one of the session's tokens is title enough.
    ///   - event: recorded if the session was live.
    /// - Returns: false when there is no live session of that name, or it is somebody else's.
    func end(
        id: String, owner: String?, reason: Session.EndReason, now: Int64,
        event: @Sendable (_ userID: String) -> AuditEvent
    ) async throws -> Bool {
        try await database.write { transaction in
            guard let session = try await SessionRows.find(id: id, transaction), session.isLive(at: now),
                owner == nil || session.userID == owner
            else { return false }
            _ = try await SessionRows.end(id: id, reason: reason, now: now, transaction)
            try await revocations.sessionEnded(id, of: session.userID, now: now, transaction)
            try await AuditRows.insert(event(session.userID), transaction)
            return true
        }
    }

    /// All live sessions of a user but one.
    /// - Returns: how many ended.
    func endOthers(
        than kept: String, userID: String, now: Int64, event: @Sendable (_ ended: Int) -> AuditEvent
    ) async throws -> Int {
        try await database.write { transaction in
            let ended = try await SessionRows.endOthers(
                than: kept, userID: userID, reason: .endedByUser, now: now, transaction)
            for session in ended {
                try await revocations.sessionEnded(session, of: userID, now: now, transaction)
            }
            try await AuditRows.insert(event(ended.count), transaction)
            return ended.count
        }
    }

    /// - Returns: how many sessions ended.
    func endAll(userID: String, now: Int64, event: @Sendable (_ ended: Int) -> AuditEvent) async throws -> Int {
        try await database.write { transaction in
            let ended = try await SessionRows.endAll(
                userID: userID, reason: .logoutEverywhere, now: now, transaction)
            if let version = try await UserRows.raiseTokenVersion(id: userID, transaction) {
                try await revocations.sessionsEnded(
                    of: userID, tokenVersion: version, now: now, transaction)
            }
            try await AuditRows.insert(event(ended), transaction)
            return ended
        }
    }
}
