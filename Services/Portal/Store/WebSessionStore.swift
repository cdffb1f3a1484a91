import Storage

/// Browsers' sessions by the hash of their cookie.
struct WebSessionStore: Sendable {
    private let database: any Database

    private let policy: SecondFactorPolicy

    init(database: any Database, policy: SecondFactorPolicy) {
        self.database = database
        self.policy = policy
    }

    struct Found: Sendable {
        var session: Session
        var user: User
        var sealedAccessToken: String?
    }

    func find(hash: String, now: Int64) async throws -> Found? {
        try await database.read { try await find(hash: hash, now: now, $0) }
    }

    private func find(hash: String, now: Int64, _ transaction: any SQLTransaction) async throws -> Found? {
        guard let row = try await WebSessionRows.find(hash: hash, transaction),
            let session = try await SessionRows.find(id: row.sessionID, transaction), session.isLive(at: now),
            let user = try await UserRows.find(id: session.userID, transaction),
            try await policy.admits(user, transaction)
        else { return nil }
        return Found(session: session, user: user, sealedAccessToken: row.sealedAccessToken)
    }

    /// Renews a session's token once, however many ask: they take turns, at all replicas, and each looks again when it
    /// is its own.
    /// - Parameters:
    ///   - good: what is made of a token that need not be renewed (any more); nil: it must be.
    ///   - mint: the new one, sealed, with what is made of it. Signs inside of the transaction: when it fails, nothing is
    ///     kept.
    /// - Returns: nil when the session ended meanwhile.
    func renew<Token: Sendable>(
        hash: String, now: Int64, good: @Sendable (Found) async -> Token?,
        mint: @Sendable (Found) async throws -> (sealed: String, token: Token)
    ) async throws -> (found: Found, token: Token)? {
        try await database.writeInTurn { transaction in
            guard let found = try await find(hash: hash, now: now, transaction) else { return nil }
            if let token = await good(found) { return (found, token) }
            let (sealed, token) = try await mint(found)
            let isKept = try await WebSessionRows.replace(
                sealedAccessToken: found.sealedAccessToken, with: sealed, hash: hash, transaction)
            // Writes are serialised, so this can't be. If a database ever breaks that, nothing of this is committed.
            guard isKept else { throw StorageError.busy }
            return (found, token)
        }
    }

    func touch(_ session: Session, idle: Int64, address: ClientAddress, now: Int64) async throws {
        let expiresAt = session.extended(by: idle, at: now)
        try await database.write {
            try await SessionRows.touch(id: session.id, expiresAt: expiresAt, address: address, now: now, $0)
        }
    }
}
