import Storage

/// Browsers' sessions by the hash of their cookie.
struct WebSessionStore: Sendable {
    private let database: any Database

    init(database: any Database) { self.database = database }

    struct Found: Sendable {
        var session: Session
        var user: User
        var sealedAccessToken: String?
    }

    func find(hash: String, now: Int64) async throws -> Found? {
        try await database.read { transaction in
            guard let row = try await WebSessionRows.find(hash: hash, transaction),
                let session = try await SessionRows.find(id: row.sessionID, transaction), session.isLive(at: now),
                let user = try await UserRows.find(id: session.userID, transaction), user.disabledAt == nil
            else { return nil }
            return Found(session: session, user: user, sealedAccessToken: row.sealedAccessToken)
        }
    }

    func touch(_ session: Session, idle: Int64, now: Int64) async throws {
        let expiresAt = session.extended(by: idle, at: now)
        try await database.write {
            try await SessionRows.touch(id: session.id, expiresAt: expiresAt, now: now, $0)
        }
    }

    func keep(sealedAccessToken: String, hash: String) async throws {
        try await database.write {
            try await WebSessionRows.keep(sealedAccessToken: sealedAccessToken, hash: hash, $0)
        }
    }
}
