import Storage

/// What links open: addresses that are verified, passwords that are set anew.
struct AccountStore: Sendable {
    private let database: any Database
    private let revocations: Revocations
    private let post: PostOffice

    init(database: any Database, revocations: Revocations, post: PostOffice) {
        self.database = database
        self.revocations = revocations
        self.post = post
    }

    func user(id: String) async throws -> User? {
        try await database.read { try await UserRows.find(id: id, $0) }
    }

    func credential(userID: String) async throws -> Credential? {
        try await database.read { try await UserRows.credential(id: userID, $0) }
    }

    /// The same statements whether or not there is such an account: nobody learns it from the time that this takes.
    func askForReset(
        _ email: EmailAddress, token: OpaqueToken, event: AuditEvent, now: Int64
    ) async throws {
        try await database.write { transaction in
            try await AccountLinkRows.insert(
                token, .resetPassword, forUserOf: email, pending: false, now: now, transaction)
            try await post.post(Letter(.resetPassword, to: email, link: token), limited: true, now: now, transaction)
            try await AuditRows.insert(event, transaction)
        }
    }

    /// One more link for an account that waits for its address to be verified.
    func sendVerification(_ user: User, email: EmailAddress, token: OpaqueToken, now: Int64) async throws {
        try await database.write { transaction in
            try await AccountLinkRows.insert(
                token, .verifyEmail, forUserOf: email, pending: true, now: now, transaction)
            try await post.post(
                Letter(.verifyEmail, to: email, name: user.name, link: token), limited: true, now: now, transaction)
        }
    }

    /// - Parameters:
    ///   - credential: whose password was verified; nothing happens where it was changed meanwhile.
    ///   - registration: what tells the plant of its customer.
    /// - Returns: false when the link opens nothing any more.
    func verify(
        _ token: OpaqueToken, _ credential: Credential, registration: OutboxMessage, event: AuditEvent, now: Int64
    ) async throws -> Bool {
        try await database.write { transaction in
            guard
                let link = try await AccountLinkRows.spend(hash: token.hash, .verifyEmail, now: now, transaction),
                link.subject == credential.user.id,
                try await UserRows.credential(id: link.subject, transaction)?.passwordHash == credential.passwordHash
            else { return false }
            try await activate(credential.user, registration: registration, now: now, transaction)
            try await AccountLinkRows.void(.verifyEmail, subject: link.subject, now: now, transaction)
            try await AuditRows.insert(event, transaction)
            return true
        }
    }

    /// What a link for a new password brings: all sessions end, what somebody linked by hand opens the account no more,
    /// guesses are forgiven, and the address is verified, as the link was mailed there.
    struct Reset: Sendable {
        var token: OpaqueToken
        var passwordHash: String
        /// Names the account in the counters of wrong passwords.
        var account: String
        /// For an account that waited.
        var registration: OutboxMessage?
        var event: AuditEvent
        /// - Returns: what the audit trail gets of an identity that is unlinked.
        var unlinked: @Sendable (LinkedIdentity) -> AuditEvent
        /// - Returns: what the letter calls the provider of an issuer.
        var providerName: @Sendable (_ issuer: String) -> String
    }

    /// - Returns: what was unlinked; nil when the link opens nothing any more.
    func reset(_ reset: Reset, now: Int64) async throws -> [LinkedIdentity]? {
        try await database.write { transaction in
            guard
                let link = try await AccountLinkRows.spend(
                    hash: reset.token.hash, .resetPassword, now: now, transaction),
                let user = try await UserRows.find(id: link.subject, transaction), user.disabledAt == nil,
                // An address that was changed meanwhile is another's, perhaps.
                user.email == link.email, let email = EmailAddress(user.email)
            else { return nil }
            try await UserRows.setPassword(id: user.id, hash: reset.passwordHash, now: now, transaction)
            try await activate(user, registration: reset.registration, now: now, transaction)
            try await AccountLinkRows.void(.resetPassword, subject: user.id, now: now, transaction)
            try await AccountLinkRows.void(.changeEmail, subject: user.id, now: now, transaction)
            _ = try await SessionRows.endAll(userID: user.id, reason: .passwordChanged, now: now, transaction)
            if let version = try await UserRows.raiseTokenVersion(id: user.id, transaction) {
                try await revocations.sessionsEnded(of: user.id, tokenVersion: version, now: now, transaction)
            }
            try await transaction.execute("DELETE FROM login_failures WHERE account = ?", [.text(reset.account)])
            try await AuditRows.insert(reset.event, transaction)
            // Whoever had the password until now could have linked an account of their own with it.
            let unlinked = try await IdentityRows.removeUnproven(of: user, transaction)
            for identity in unlinked { try await AuditRows.insert(reset.unlinked(identity), transaction) }
            try await post.post(
                reset.letter(to: email, of: user, unlinked), limited: false, now: now, transaction)
            return unlinked
        }
    }

    /// - Parameters:
    ///   - session: the one that stays.
    ///   - verified: the hash of the password that was given; nothing happens where it was changed meanwhile.
    func changePassword(
        of userID: String, keeping session: String, verified: String, hash: String, event: AuditEvent, now: Int64
    ) async throws -> Bool {
        try await database.write { transaction in
            guard let credential = try await UserRows.credential(id: userID, transaction),
                credential.passwordHash == verified, credential.user.disabledAt == nil,
                let email = EmailAddress(credential.user.email)
            else { return false }
            try await UserRows.setPassword(id: userID, hash: hash, now: now, transaction)
            try await AccountLinkRows.void(.resetPassword, subject: userID, now: now, transaction)
            for ended in try await SessionRows.endOthers(
                userID: userID, than: session, reason: .passwordChanged, now: now, transaction)
            {
                try await revocations.sessionEnded(ended, of: userID, now: now, transaction)
            }
            try await post.post(
                Letter(.passwordChanged, to: email, name: credential.user.name), limited: false, now: now, transaction)
            try await AuditRows.insert(event, transaction)
            return true
        }
    }

    /// A link to the new address; where that has an account, its owner is told instead.
    func askForEmailChange(
        of user: User, to email: EmailAddress, token: OpaqueToken, event: AuditEvent, now: Int64
    ) async throws {
        try await database.write { transaction in
            let isTaken = try await UserRows.credential(email: email, transaction) != nil
            try await AccountLinkRows.void(.changeEmail, subject: user.id, now: now, transaction)
            if !isTaken {
                try await AccountLinkRows.insert(
                    token, .changeEmail, subject: user.id, email: email, now: now, transaction)
            }
            let letter =
                isTaken
                ? Letter(.alreadyRegistered, to: email)
                : Letter(.changeEmail, to: email, name: user.name, link: token)
            try await post.post(letter, limited: true, now: now, transaction)
            try await AuditRows.insert(event, transaction)
        }
    }

    /// - Returns: false when the link opens nothing any more, or the address was taken meanwhile.
    func changeEmail(
        _ token: OpaqueToken, event: @Sendable (_ user: User, _ new: String) -> AuditEvent, now: Int64
    ) async throws -> Bool {
        try await database.write { transaction in
            guard
                let link = try await AccountLinkRows.spend(hash: token.hash, .changeEmail, now: now, transaction),
                let user = try await UserRows.find(id: link.subject, transaction), user.disabledAt == nil,
                let new = EmailAddress(link.email), let old = EmailAddress(user.email),
                try await UserRows.credential(email: new, transaction) == nil
            else { return false }
            try await UserRows.setEmail(id: user.id, new, now: now, transaction)
            // Links to the old address would open the account to whoever has that now.
            for purpose in AccountLinkPurpose.allCases where purpose != .invitation {
                try await AccountLinkRows.void(purpose, subject: user.id, now: now, transaction)
            }
            if let version = try await UserRows.raiseTokenVersion(id: user.id, transaction) {
                try await revocations.rolesChanged(of: user.id, tokenVersion: version, now: now, transaction)
            }
            try await post.post(
                Letter(.emailChanged, to: old, name: user.name, detail: new.text), limited: false, now: now,
                transaction)
            try await AuditRows.insert(event(user, new.text), transaction)
            return true
        }
    }

    /// The address is this person's. An account that waited for that can sign in from now on, and the plant is told.
    private func activate(
        _ user: User, registration: OutboxMessage?, now: Int64, _ transaction: any SQLTransaction
    ) async throws {
        let waited = try await UserRows.verifyEmail(id: user.id, now: now, transaction)
        guard waited, let registration else { return }
        try await OutboxRows.insert(
            eventID: registration.eventID, payload: registration.payload, now: now, transaction)
    }
}

extension AccountStore.Reset {
    fileprivate func letter(to email: EmailAddress, of user: User, _ unlinked: [LinkedIdentity]) -> Letter {
        guard !unlinked.isEmpty else { return Letter(.passwordChanged, to: email, name: user.name) }
        let names = unlinked.map { identity in
            let provider = providerName(identity.issuer)
            return identity.email.isEmpty ? provider : "\(provider) (\(identity.email))"
        }
        return Letter(.passwordSetAnew, to: email, name: user.name, detail: names.joined(separator: ", "))
    }
}

/// What is to reach another service, before it is in the outbox.
struct OutboxMessage: Sendable {
    var eventID: String
    /// JSON
    var payload: String
}
