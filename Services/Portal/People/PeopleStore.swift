import Contracts
import Storage

/// Accounts as administrators see and change them. Each act is checked in the transaction that does it.
struct PeopleStore: Sendable {
    enum Fault: Error, Equatable, Sendable {
        case rules(PeopleRules.Fault)
        case unknown
        /// Somebody else changed the account since it was looked at.
        case changedMeanwhile
        /// Nobody would be left who may do everything.
        case lastSuperAdmin
        /// There is no second factor to reset.
        case noSecondFactor
    }

    struct Person: Sendable, Equatable {
        var user: User
        /// Seconds since the epoch.
        var lastLoginAt: Int64?
        /// Nil: there is none that counts.
        var secondFactorAt: Int64?
    }

    private let database: any Database
    let rules: PeopleRules
    private let revocations: Revocations
    private let post: PostOffice

    init(database: any Database, rules: PeopleRules, revocations: Revocations, post: PostOffice) {
        self.database = database
        self.rules = rules
        self.revocations = revocations
        self.post = post
    }

    /// - Parameter search: part of a name or an address; empty for all.
    func list(
        for actorID: String, search: String, limit: Int, offset: Int
    ) async throws -> (people: [Person], total: Int) {
        try await database.read { transaction in
            let actor = try await manager(actorID, transaction)
            return try await PeopleRows.list(
                scope: rules.kind == .customer ? actor.customerID ?? "" : nil, search: search, limit: limit,
                offset: offset, transaction)
        }
    }

    func find(_ id: String, for actorID: String) async throws -> Person {
        try await database.read { transaction in
            let actor = try await manager(actorID, transaction)
            guard let person = try await PeopleRows.find(id, transaction), rules.sees(actor, person.user) else {
                throw Fault.unknown
            }
            return person
        }
    }

    /// One act, and what is to be remembered of it.
    struct Change: Sendable {
        var act: PeopleAct
        var actorID: String
        var targetID: String
        /// The account's version that the actor has seen; nil where it does not matter.
        var version: Int64?
        /// Of a link, where the act mails one.
        var token: OpaqueToken
        var event: @Sendable (_ kind: AuditEvent.Kind, _ detail: String) -> AuditEvent
    }

    func change(_ change: Change, now: Int64) async throws -> Person {
        try await database.write { transaction in
            let actor = try await manager(change.actorID, transaction)
            guard let target = try await UserRows.find(id: change.targetID, transaction), rules.sees(actor, target)
            else { throw Fault.unknown }
            do throws(PeopleRules.Fault) {
                try rules.check(actor, change.act, on: target)
            } catch {
                throw Fault.rules(error)
            }
            if let version = change.version, version != target.version { throw Fault.changedMeanwhile }
            let (kind, detail) = try await apply(change, to: target, now: now, transaction)
            try await AuditRows.insert(change.event(kind, detail), transaction)
            guard let person = try await PeopleRows.find(target.id, transaction) else { throw Fault.unknown }
            return person
        }
    }

    /// An act that was refused is remembered as well.
    func record(_ event: AuditEvent) async throws {
        try await database.write { try await AuditRows.insert(event, $0) }
    }

    private func manager(_ id: String, _ transaction: any SQLTransaction) async throws -> User {
        guard let actor = try await UserRows.find(id: id, transaction), rules.managesPeople(actor) else {
            throw Fault.rules(.notAllowed)
        }
        return actor
    }

    private func apply(
        _ change: Change, to target: User, now: Int64, _ transaction: any SQLTransaction
    ) async throws -> (AuditEvent.Kind, String) {
        switch change.act {
        case .rename(let name):
            try await PeopleRows.set("name = ?", [.text(name.text)], of: target.id, transaction)
            return (.userRenamed, "\(target.name) → \(name.text)")
        case .changeRoles(let roles):
            try await PeopleRows.set("roles = ?", [.text(roles.joined(separator: " "))], of: target.id, transaction)
            try await keepSuperAdmin(transaction)
            if let version = try await UserRows.raiseTokenVersion(id: target.id, transaction) {
                try await revocations.rolesChanged(of: target.id, tokenVersion: version, now: now, transaction)
            }
            return (.rolesChanged, "\(target.roles.joined(separator: " ")) → \(roles.joined(separator: " "))")
        case .disable:
            try await PeopleRows.set(
                "disabled_at = ?", [.integer(target.disabledAt ?? now)], of: target.id, transaction)
            try await keepSuperAdmin(transaction)
            _ = try await SessionRows.endAll(
                userID: target.id, reason: .endedByAdministrator, now: now, transaction)
            _ = try await UserRows.raiseTokenVersion(id: target.id, transaction)
            for purpose in AccountLinkPurpose.allCases {
                try await AccountLinkRows.void(purpose, subject: target.id, now: now, transaction)
            }
            try await revocations.accountDisabled(target.id, now: now, transaction)
            return (.userDisabled, target.disabledAt == nil ? "" : "was disabled before")
        case .enable:
            try await PeopleRows.set("disabled_at = NULL", [], of: target.id, transaction)
            return (.userEnabled, target.disabledAt == nil ? "was enabled before" : "")
        case .unlock:
            try await unlock(target, transaction)
            return (.userUnlocked, "")
        case .endSessions:
            let ended = try await SessionRows.endAll(
                userID: target.id, reason: .endedByAdministrator, now: now, transaction)
            if let version = try await UserRows.raiseTokenVersion(id: target.id, transaction) {
                try await revocations.sessionsEnded(of: target.id, tokenVersion: version, now: now, transaction)
            }
            return (.sessionsEndedByAdministrator, "\(ended) sessions")
        case .resetSecondFactor(let reason):
            guard try await SecondFactorRows.remove(userID: target.id, transaction) else { throw Fault.noSecondFactor }
            if let email = EmailAddress(target.email) {
                try await post.post(
                    Letter(.secondFactorReset, to: email, name: target.name), limited: false, now: now, transaction)
            }
            return (.secondFactorReset, reason.text)
        case .sendReset:
            guard let email = EmailAddress(target.email) else { throw Fault.unknown }
            try await AccountLinkRows.insert(
                change.token, .resetPassword, forUserOf: email, pending: false, now: now, transaction)
            let isSent = try await post.post(
                Letter(.resetPassword, to: email, name: target.name, link: change.token), limited: true, now: now,
                transaction)
            return (.passwordResetAsked, isSent ? "by an administrator" : "not sent: too many letters this hour")
        }
    }

    private func unlock(_ target: User, _ transaction: any SQLTransaction) async throws {
        var names: Set = [target.email]
        // Places from which somebody has signed in have counters of their own.
        if let email = EmailAddress(target.email) {
            for address in try await SessionRows.addresses(email: email, transaction) {
                names.insert("\(target.email)\n\(ClientAddress(address).limitKey)")
            }
        }
        for name in names {
            try await transaction.execute(
                "DELETE FROM login_failures WHERE account = ?", [.text(LoginService.accountKey(name))])
        }
    }

    /// Two that take each other's role at once would both go: the second of them fails.
    private func keepSuperAdmin(_ transaction: any SQLTransaction) async throws {
        guard rules.kind == .platform else { return }
        guard try await PeopleRows.count(role: Role.superAdmin, transaction) > 0 else { throw Fault.lastSuperAdmin }
    }
}
