/// What a signed-in person does with their sessions.
struct SessionService: Sendable {
    let store: SessionStore
    let entropy: Entropy

    /// Nil once the session has ended. Others learn it from the revocation feed, or accept the access token until its
    /// `exp`; the portal knows at once.
    func live(id: String, now: Int64) async throws -> (session: Session, user: User)? {
        try await store.live(id: id, now: now)
    }

    func list(userID: String, limit: Int, offset: Int, now: Int64) async throws -> (sessions: [Session], total: Int) {
        try await store.list(userID: userID, now: now, limit: limit, offset: offset)
    }

    /// Ends one session; nothing happens where it is over already.
    func logout(sessionID: String, caller: Caller, now: Int64) async throws {
        _ = try await store.end(id: sessionID, owner: nil, reason: .logout, now: now) { userID in
            AuditEvent(
                .logout, .success, actor: userID, subject: sessionID, caller: caller, entropy: entropy, now: now)
        }
    }

    /// Ends the session that a refresh token belongs to, spent or not: whoever holds one may end what it opens, and
    /// nobody learns whether it was good.
    func logout(refreshToken text: String, caller: Caller, now: Int64) async throws {
        guard let token = OpaqueToken(.refresh, parsing: text),
            let sessionID = try await store.sessionID(refreshTokenHash: token.hash)
        else { return }
        try await logout(sessionID: sessionID, caller: caller, now: now)
    }

    /// Every session of the user but the one that asks.
    /// - Returns: how many ended.
    func endOthers(than sessionID: String, userID: String, caller: Caller, now: Int64) async throws -> Int {
        try await store.endOthers(than: sessionID, userID: userID, now: now) { ended in
            AuditEvent(
                .otherSessionsEnded, .success, actor: userID, subject: sessionID, detail: "\(ended) sessions",
                caller: caller, entropy: entropy, now: now)
        }
    }

    /// - Returns: how many sessions ended.
    func logoutEverywhere(userID: String, caller: Caller, now: Int64) async throws -> Int {
        try await store.endAll(userID: userID, now: now) { ended in
            AuditEvent(
                .logoutEverywhere, .success, actor: userID, subject: userID, detail: "\(ended) sessions",
                caller: caller, entropy: entropy, now: now)
        }
    }

    /// - Returns: false when the user has no live session of that name.
    func end(sessionID: String, ownedBy userID: String, caller: Caller, now: Int64) async throws -> Bool {
        try await store.end(id: sessionID, owner: userID, reason: .endedByUser, now: now) { userID in
            AuditEvent(
                .sessionEnded, .success, actor: userID, subject: sessionID, caller: caller, entropy: entropy, now: now)
        }
    }
}
