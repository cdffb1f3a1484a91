import Storage

/// Service accounts and what administrators do with them.
struct ServiceAccountStore: Sendable {
    /// The last use of a secret is written down no more often, in seconds.
    static let useInterval: Int64 = 60

    enum Refused: Error, Equatable {
        case nameTaken
        case tooManyAccounts
        case tooManySecrets
        case unknownAccount
    }

    private let database: any Database
    private let revocations: Revocations

    init(database: any Database, revocations: Revocations) {
        self.database = database
        self.revocations = revocations
    }

    func create(
        _ account: ServiceAccount, secret: ServiceAccount.Secret, hash: String, event: AuditEvent
    ) async throws {
        do {
            try await database.write { transaction in
                guard try await ServiceAccountRows.count(transaction) < ServiceAccount.maximum else {
                    throw Refused.tooManyAccounts
                }
                try await ServiceAccountRows.insert(account, transaction)
                try await ServiceAccountRows.insert(secret, hash: hash, of: account.id, transaction)
                try await AuditRows.insert(event, transaction)
            }
        } catch StorageError.uniqueViolation {
            throw Refused.nameTaken
        }
    }

    func list(limit: Int, offset: Int) async throws -> (accounts: [ServiceAccount], total: Int) {
        try await database.read { transaction in
            (
                try await ServiceAccountRows.list(limit: limit, offset: offset, transaction),
                try await ServiceAccountRows.count(transaction)
            )
        }
    }

    /// Those that have expired make room.
    func add(
        _ secret: ServiceAccount.Secret, hash: String, to accountID: String, event: AuditEvent
    ) async throws {
        try await database.write { transaction in
            guard let account = try await ServiceAccountRows.find(id: accountID, transaction),
                account.disabledAt == nil
            else { throw Refused.unknownAccount }
            try await ServiceAccountRows.forgetExpiredSecrets(of: accountID, now: secret.createdAt, transaction)
            guard
                try await ServiceAccountRows.secrets(of: accountID, transaction).count < ServiceAccount.maximumSecrets
            else { throw Refused.tooManySecrets }
            try await ServiceAccountRows.insert(secret, hash: hash, of: accountID, transaction)
            try await AuditRows.insert(event, transaction)
        }
    }

    func find(id: String) async throws -> ServiceAccount? {
        try await database.read { try await ServiceAccountRows.find(id: id, $0) }
    }

    /// - Returns: false where there is no such secret.
    func remove(secretID: String, of accountID: String, event: AuditEvent) async throws -> Bool {
        try await database.write { transaction in
            guard try await ServiceAccountRows.delete(secretID: secretID, of: accountID, transaction) else {
                return false
            }
            try await AuditRows.insert(event, transaction)
            return true
        }
    }

    /// Its tokens are good no more, everywhere.
    /// - Returns: false where there is no such account that is enabled.
    func disable(id: String, now: Int64, event: AuditEvent) async throws -> Bool {
        try await database.write { transaction in
            guard try await ServiceAccountRows.disable(id: id, now: now, transaction) else { return false }
            try await revocations.accountDisabled(id, now: now, transaction)
            try await AuditRows.insert(event, transaction)
            return true
        }
    }

    /// As `disable`, and its name is free again.
    func delete(id: String, now: Int64, event: AuditEvent) async throws -> Bool {
        try await database.write { transaction in
            guard try await ServiceAccountRows.delete(id: id, transaction) else { return false }
            try await revocations.accountDisabled(id, now: now, transaction)
            try await AuditRows.insert(event, transaction)
            return true
        }
    }

    /// The account, when the secret is one of its own and both are good.
    func account(id: String, secretHash: String, now: Int64) async throws -> ServiceAccount? {
        let found = try await database.read { transaction -> (ServiceAccount, ServiceAccount.Secret)? in
            guard let account = try await ServiceAccountRows.find(id: id, transaction), account.disabledAt == nil,
                let secret = try await ServiceAccountRows.secret(hash: secretHash, of: id, transaction),
                now < secret.expiresAt
            else { return nil }
            return (account, secret)
        }
        guard let (account, secret) = found else { return nil }
        if now - (secret.lastUsedAt ?? .min / 2) >= Self.useInterval {
            try await database.write { try await ServiceAccountRows.used(secretID: secret.id, now: now, $0) }
        }
        return account
    }

    func tell(_ event: AuditEvent) async throws {
        try await database.write { try await AuditRows.insert(event, $0) }
    }
}
