import Contracts
import Storage

/// What administrators do with service accounts.
struct ServiceAccountService: Sendable {
    enum Failure: Error, Equatable, Sendable {
        /// Administrators alone, with a token of their own session.
        case forbidden
        /// Field → what is wrong with it.
        case invalid([String: String])
        case refused(ServiceAccountStore.Refused)
    }

    /// Shown once.
    struct NewSecret: Sendable {
        var token: OpaqueToken
        var secret: ServiceAccount.Secret
    }

    /// What somebody asks for, as it came.
    struct Draft: Sendable {
        var name: String
        var roles: [String]
        var scopes: [String]
        /// Nil: `defaultDays`.
        var secretDays: Int?
    }

    static let defaultDays = 365
    static let days = 1...730

    let store: ServiceAccountStore
    let kind: PortalKind
    let entropy: Entropy

    func create(
        _ draft: Draft, by administrator: User, caller: Caller, now: Int64
    ) async throws -> (account: ServiceAccount, secret: NewSecret) {
        try admit(administrator)
        let rules = ServiceAccountRules(kind: kind)
        var faults = rules.faults(in: draft, administrator: administrator)
        faults.merge(Self.faults(inDays: draft.secretDays)) { $1 }
        guard faults.isEmpty else { throw Failure.invalid(faults) }
        let secret = newSecret(days: draft.secretDays, now: now)
        let account = ServiceAccount(
            id: entropy.identifier(), name: draft.name, roles: draft.roles, scopes: draft.scopes, tokenVersion: 0,
            createdAt: now, createdBy: administrator.id, secrets: [secret.secret])
        try await refusing {
            try await store.create(
                account, secret: secret.secret, hash: secret.token.hash,
                event: event(
                    .serviceAccountCreated, administrator, account.name,
                    "account \(account.id), roles \(account.roles.joined(separator: " "))", caller, now))
        }
        return (account, secret)
    }

    /// Roles that the administrator may give to one, least first.
    func grantable(by administrator: User) -> [String] {
        ServiceAccountRules(kind: kind).grantable.filter { ServiceAccountRules.mayGrant([$0], administrator) }
            .reversed()
    }

    func list(
        by administrator: User, limit: Int, offset: Int
    ) async throws -> (accounts: [ServiceAccount], total: Int) {
        try admit(administrator)
        return try await store.list(limit: limit, offset: offset)
    }

    /// A second secret, so that programs can be moved to it before the first one goes.
    func addSecret(
        to id: String, days: Int?, by administrator: User, caller: Caller, now: Int64
    ) async throws -> (account: ServiceAccount, secret: NewSecret) {
        try admit(administrator)
        let faults = Self.faults(inDays: days)
        guard faults.isEmpty else { throw Failure.invalid(faults) }
        let account = try await account(id)
        // Its holder acts with the account's roles.
        try admit(administrator, for: account)
        let secret = newSecret(days: days, now: now)
        try await refusing {
            try await store.add(
                secret.secret, hash: secret.token.hash, to: id,
                event: event(
                    .serviceAccountSecretAdded, administrator, account.name,
                    "account \(id), secret \(secret.secret.id)", caller, now))
        }
        return (account, secret)
    }

    /// Tokens that it opened live on to their end, a few minutes; `disable` is for what must end now.
    func removeSecret(
        _ secretID: String, of id: String, by administrator: User, caller: Caller, now: Int64
    ) async throws {
        try admit(administrator)
        let account = try await account(id)
        let event = event(
            .serviceAccountSecretRemoved, administrator, account.name, "account \(id), secret \(secretID)", caller,
            now)
        guard try await store.remove(secretID: secretID, of: id, event: event) else {
            throw Failure.refused(.unknownAccount)
        }
    }

    /// For good, with every token that it has.
    func disable(_ id: String, by administrator: User, caller: Caller, now: Int64) async throws {
        try admit(administrator)
        let account = try await account(id)
        let event = event(.serviceAccountDisabled, administrator, account.name, "account \(id)", caller, now)
        guard try await store.disable(id: id, now: now, event: event) else {
            throw Failure.refused(.unknownAccount)
        }
    }

    func delete(_ id: String, by administrator: User, caller: Caller, now: Int64) async throws {
        try admit(administrator)
        let account = try await account(id)
        let event = event(.serviceAccountDeleted, administrator, account.name, "account \(id)", caller, now)
        guard try await store.delete(id: id, now: now, event: event) else {
            throw Failure.refused(.unknownAccount)
        }
    }

    private func account(_ id: String) async throws -> ServiceAccount {
        guard let account = try await store.find(id: id) else { throw Failure.refused(.unknownAccount) }
        return account
    }

    private func admit(_ user: User, for account: ServiceAccount? = nil) throws(Failure) {
        guard user.roles.contains(Role.superAdmin) || user.roles.contains(Role.admin) else { throw .forbidden }
        guard let account else { return }
        guard ServiceAccountRules.mayGrant(account.roles, user) else { throw .forbidden }
    }

    private static func faults(inDays days: Int?) -> [String: String] {
        guard let days, !Self.days.contains(days) else { return [:] }
        return ["secret_days": "must be \(Self.days.lowerBound) to \(Self.days.upperBound)"]
    }

    private func newSecret(days: Int?, now: Int64) -> NewSecret {
        NewSecret(
            token: OpaqueToken(.serviceSecret, entropy: entropy),
            secret: ServiceAccount.Secret(
                id: entropy.identifier(), createdAt: now,
                expiresAt: now + Int64(days ?? Self.defaultDays) * 86_400))
    }

    private func refusing(_ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let refused as ServiceAccountStore.Refused {
            throw Failure.refused(refused)
        }
    }

    private func event(
        _ kind: AuditEvent.Kind, _ administrator: User, _ subject: String, _ detail: String, _ caller: Caller,
        _ now: Int64
    ) -> AuditEvent {
        AuditEvent(
            kind, .success, actor: administrator.id, subject: subject, detail: detail, caller: caller,
            entropy: entropy, now: now)
    }
}
