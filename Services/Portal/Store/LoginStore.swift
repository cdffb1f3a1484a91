import Storage

/// What a login reads and writes.
struct LoginStore: Sendable {
    private let database: any Database
    private let revocations: Revocations

    init(database: any Database, revocations: Revocations) {
        self.database = database
        self.revocations = revocations
    }

    /// Counts an attempt before its password is looked at.
    /// - Parameter account: names the account without saying whether there is one (`LoginService.accountKey`).
    func begin(account: String, limits: LoginLockout.Limits, now: Int64) async throws -> LoginLockout.Action {
        try await database.write { transaction in
            let rows = try await transaction.query(
                "SELECT failures, rests_until, updated_at FROM login_failures WHERE account = ?", [.text(account)])
            var lockout =
                try rows.first.map { row in
                    LoginLockout(
                        failures: try row.integer("failures"), restsUntil: try row.integer("rests_until"),
                        updatedAt: try row.integer("updated_at"))
                } ?? LoginLockout()
            let action = lockout.on(.attempt, limits: limits, now: now)
            guard case .proceed = action else { return action }
            try await transaction.execute(
                """
                INSERT INTO login_failures (account, failures, rests_until, updated_at) VALUES (?, ?, ?, ?)
                ON CONFLICT (account) DO UPDATE SET failures = excluded.failures,
                    rests_until = excluded.rests_until, updated_at = excluded.updated_at
                """,
                [
                    .text(account), .integer(lockout.failures), .integer(lockout.restsUntil),
                    .integer(lockout.updatedAt),
                ])
            return action
        }
    }

    /// Whether a session that is remembered was opened from there.
    func hasSignedIn(_ email: EmailAddress, from address: ClientAddress) async throws -> Bool {
        try await database.read { try await SessionRows.addresses(email: email, $0) }
            .contains { ClientAddress($0).limitKey == address.limitKey }
    }

    func credential(_ email: EmailAddress) async throws -> Credential? {
        try await database.read { try await UserRows.credential(email: email, $0) }
    }

    /// A right password of somebody who is signed in: forgives the guesses before it.
    /// - Returns: false when the account was disabled or removed while its password was being checked.
    func confirm(account: String, user: String, event: AuditEvent) async throws -> Bool {
        try await database.write { transaction in
            guard let user = try await UserRows.find(id: user, transaction), user.disabledAt == nil else {
                return false
            }
            try await transaction.execute("DELETE FROM login_failures WHERE account = ?", [.text(account)])
            try await AuditRows.insert(event, transaction)
            return true
        }
    }

    func fail(_ events: [AuditEvent]) async throws {
        try await database.write { transaction in
            for event in events { try await AuditRows.insert(event, transaction) }
        }
    }

    /// Everything that a right password brings, or nothing of it.
    struct Success: Sendable {
        var account: String
        var session: Session
        var opening: SessionOpening
        /// The hash that was verified and the one to replace it with, where its parameters are outdated.
        var rehash: (verified: String, renewed: String)?
        /// A browser's former session, which this one replaces.
        var replaces: String?
        var event: AuditEvent
    }

    /// - Returns: false when the account was disabled or removed while its password was being checked.
    func complete(_ success: Success) async throws -> Bool {
        let session = success.session
        return try await database.write { transaction in
            guard let user = try await UserRows.find(id: session.userID, transaction), user.disabledAt == nil else {
                return false
            }
            try await transaction.execute("DELETE FROM login_failures WHERE account = ?", [.text(success.account)])
            if let rehash = success.rehash {
                try await UserRows.replaceHash(
                    id: user.id, verified: rehash.verified, with: rehash.renewed, transaction)
            }
            try await UserRows.markLogin(id: user.id, now: session.createdAt, transaction)
            if let former = success.replaces {
                try await replace(former, now: session.createdAt, transaction)
            }
            for displaced in try await SessionRows.insert(session, transaction) {
                try await revocations.sessionEnded(displaced, of: user.id, now: session.createdAt, transaction)
            }
            switch success.opening {
            case .api(let tokenID, let hash, let expiresAt):
                try await RefreshTokenRows.insert(
                    id: tokenID, sessionID: session.id, hash: hash, createdAt: session.createdAt,
                    expiresAt: expiresAt, transaction)
            case .web(let hash):
                try await WebSessionRows.insert(hash: hash, sessionID: session.id, transaction)
            }
            try await AuditRows.insert(success.event, transaction)
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
enum SessionOpening: Sendable {
    case api(tokenID: String, hash: String, expiresAt: Int64)
    case web(hash: String)
}
