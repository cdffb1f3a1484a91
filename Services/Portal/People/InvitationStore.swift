import Storage

/// Invitations: who asks checked in the transaction that makes one, and once more in the one that accepts it.
struct InvitationStore: Sendable {
    enum Fault: Error, Equatable, Sendable {
        case rules(PeopleRules.Fault)
        case unknown
        /// Accepted or revoked before.
        case settled
        /// The address has an account; told to those alone who see all accounts.
        case taken
    }

    private let database: any Database
    let rules: PeopleRules
    private let post: PostOffice

    init(database: any Database, rules: PeopleRules, post: PostOffice) {
        self.database = database
        self.rules = rules
        self.post = post
    }

    /// - Parameter draft: its customer is the inviter's, whatever it says.
    func create(
        _ draft: Invitation, email: EmailAddress, token: OpaqueToken, event: AuditEvent
    ) async throws -> Invitation {
        let now = draft.createdAt
        return try await database.write { transaction in
            let actor = try await inviter(draft.invitedBy, granting: draft.roles, transaction)
            var invitation = draft
            invitation.customerID = rules.kind == .customer ? actor.customerID : nil
            let isTaken = try await UserRows.credential(email: email, transaction) != nil
            if isTaken, rules.kind == .platform { throw Fault.taken }
            try await InvitationRows.insert(invitation, transaction)
            if isTaken {
                // Another customer's people are nobody's business here: the answer is the same, the owner is told.
                try await post.post(Letter(.alreadyRegistered, to: email), limited: true, now: now, transaction)
            } else {
                try await AccountLinkRows.insert(
                    token, .invitation, subject: invitation.id, email: email, now: now, transaction)
                try await post.post(
                    Letter(.invitation, to: email, link: token, detail: actor.name), limited: true, now: now,
                    transaction)
            }
            try await AuditRows.insert(event, transaction)
            return invitation
        }
    }

    func list(
        for actorID: String, limit: Int, offset: Int
    ) async throws -> (invitations: [Invitation], total: Int) {
        try await database.read { transaction in
            let actor = try await manager(actorID, transaction)
            return try await InvitationRows.list(
                scope: rules.kind == .customer ? actor.customerID ?? "" : nil, limit: limit, offset: offset,
                transaction)
        }
    }

    func revoke(_ id: String, by actorID: String, event: AuditEvent, now: Int64) async throws {
        try await database.write { transaction in
            let actor = try await manager(actorID, transaction)
            guard let invitation = try await InvitationRows.find(id, transaction),
                rules.kind == .platform || invitation.customerID == actor.customerID
            else { throw Fault.unknown }
            // Nobody takes back what they could not have given.
            do throws(PeopleRules.Fault) {
                try rules.checkGrant(invitation.roles, by: actor)
            } catch {
                throw Fault.rules(error)
            }
            guard try await InvitationRows.settle(id, as: .revoked, now: now, transaction) else {
                throw Fault.settled
            }
            try await AccountLinkRows.void(.invitation, subject: id, now: now, transaction)
            try await AuditRows.insert(event, transaction)
        }
    }

    /// What a link that is good invites to.
    func find(_ token: OpaqueToken, now: Int64) async throws -> Invitation? {
        try await database.read { transaction in
            guard let link = try await AccountLinkRows.find(hash: token.hash, .invitation, now: now, transaction)
            else { return nil }
            return try await InvitationRows.find(link.subject, transaction)
        }
    }

    /// - Parameter draft: without address, roles and customer, which are the invitation's.
    /// - Returns: nil when the link opens nothing any more, whoever invited may not grant these roles any more, or the
    ///   address has an account by now.
    func accept(
        _ token: OpaqueToken, draft: User, passwordHash: String,
        event: @Sendable (_ user: User, _ invitation: Invitation) -> AuditEvent, now: Int64
    ) async throws -> User? {
        try await database.write { transaction in
            guard
                let link = try await AccountLinkRows.spend(hash: token.hash, .invitation, now: now, transaction),
                let invitation = try await InvitationRows.find(link.subject, transaction),
                let email = EmailAddress(invitation.email),
                let inviter = try await UserRows.find(id: invitation.invitedBy, transaction),
                (try? rules.checkGrant(invitation.roles, by: inviter)) != nil,
                invitation.customerID == nil || invitation.customerID == inviter.customerID,
                try await UserRows.credential(email: email, transaction) == nil,
                try await InvitationRows.settle(invitation.id, as: .accepted, now: now, transaction)
            else { return nil }
            var user = draft
            user.email = email.text
            user.roles = invitation.roles
            user.customerID = invitation.customerID
            user.emailVerifiedAt = now
            try await UserRows.insert(user, passwordHash: passwordHash, transaction)
            try await AuditRows.insert(event(user, invitation), transaction)
            return user
        }
    }

    private func manager(_ id: String, _ transaction: any SQLTransaction) async throws -> User {
        guard let actor = try await UserRows.find(id: id, transaction), !rules.grantable(by: actor).isEmpty else {
            throw Fault.rules(.notAllowed)
        }
        return actor
    }

    private func inviter(
        _ id: String, granting roles: [String], _ transaction: any SQLTransaction
    ) async throws -> User {
        let actor = try await manager(id, transaction)
        do throws(PeopleRules.Fault) {
            try rules.checkGrant(roles, by: actor)
        } catch {
            throw Fault.rules(error)
        }
        return actor
    }
}
