import Storage

/// Opens sessions: everything that a sign-in brings, or nothing of it.
struct SessionOpeningStore: Sendable {
    private let database: any Database
    private let revocations: Revocations

    init(database: any Database, revocations: Revocations) {
        self.database = database
        self.revocations = revocations
    }

    struct Opening: Sendable {
        var signIn: SignIn
        var session: Session
        var secret: SessionSecret
        var event: AuditEvent
    }

    /// - Returns: false when the account was disabled or removed while its password was being checked.
    func open(_ opening: Opening) async throws -> Bool {
        let session = opening.session
        return try await database.write { transaction in
            guard let user = try await UserRows.find(id: session.userID, transaction), user.disabledAt == nil else {
                return false
            }
            if let account = opening.signIn.account {
                try await LoginFailureRows.forgive(account: account, transaction)
            }
            if let rehash = opening.signIn.rehash {
                try await UserRows.replaceHash(
                    id: user.id, verified: rehash.verified, with: rehash.renewed, transaction)
            }
            try await UserRows.markLogin(id: user.id, now: session.createdAt, transaction)
            if let former = opening.signIn.replaces {
                try await replace(former, now: session.createdAt, transaction)
            }
            for displaced in try await SessionRows.insert(session, transaction) {
                try await revocations.sessionEnded(displaced, of: user.id, now: session.createdAt, transaction)
            }
            switch opening.secret {
            case .api(let tokenID, let hash, let expiresAt):
                try await RefreshTokenRows.insert(
                    id: tokenID, sessionID: session.id, hash: hash, createdAt: session.createdAt,
                    expiresAt: expiresAt, transaction)
            case .web(let hash):
                try await WebSessionRows.insert(hash: hash, sessionID: session.id, transaction)
            }
            try await AuditRows.insert(opening.event, transaction)
            return true
        }
    }

    private func replace(_ id: String, now: Int64, _ transaction: any SQLTransaction) async throws {
        guard let former = try await SessionRows.find(id: id, transaction),
            try await SessionRows.end(id: id, reason: .replaced, now: now, transaction)
        else { return }
        // Perhaps another user's: the browser is what they have in common.
        try await revocations.sessionEnded(id, of: former.userID, now: now, transaction)
    }
}

/// What a new session hands to its client, as the database keeps it: hashed.
enum SessionSecret: Sendable {
    case api(tokenID: String, hash: String, expiresAt: Int64)
    case web(hash: String)
}
