import Storage

/// What a login reads and writes.
struct LoginStore: Sendable {
    private let database: any Database

    init(database: any Database) { self.database = database }

    /// Counts an attempt before its password is looked at.
    /// - Parameter account: names the account without saying whether there is one (`LoginService.accountKey`).
    func begin(account: String, limits: LoginLockout.Limits, now: Int64) async throws -> LoginLockout.Action {
        try await database.write {
            try await LoginFailureRows.begin(account: account, limits: limits, now: now, $0)
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
    func confirm(account: String, user: String, event: AuditEvent?) async throws -> Bool {
        try await database.write { transaction in
            guard let user = try await UserRows.find(id: user, transaction), user.disabledAt == nil else {
                return false
            }
            try await LoginFailureRows.forgive(account: account, transaction)
            if let event { try await AuditRows.insert(event, transaction) }
            return true
        }
    }

    func fail(_ events: [AuditEvent]) async throws {
        try await database.write { transaction in
            for event in events { try await AuditRows.insert(event, transaction) }
        }
    }
}
