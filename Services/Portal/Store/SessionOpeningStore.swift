import Storage

/// Opens sessions: everything that a sign-in brings, or nothing of it.
struct SessionOpeningStore: Sendable {
    private let database: any Database
    private let revocations: Revocations
    private let policy: SecondFactorPolicy

    init(database: any Database, revocations: Revocations, policy: SecondFactorPolicy) {
        self.database = database
        self.revocations = revocations
        self.policy = policy
    }

    struct Opening: Sendable {
        var signIn: SignIn
        var session: Session
        var secret: SessionSecret
        var event: AuditEvent
    }

    enum Outcome: Equatable, Sendable {
        case opened
        /// Disabled or removed while it was being proven whose it is, or what was proven counts no more: its password was
        /// changed meanwhile, or all its sessions were ended.
        case accountClosed
        case secondFactorNeeded(SecondFactorPolicy.Demand)
    }

    /// What is asked beside the sign-in; nil: nothing.
    func demand(of user: User) async throws -> SecondFactorPolicy.Demand? {
        try await database.read { try await policy.demand(of: user, $0) }
    }

    /// Looks once more whether a second factor is asked for, in the transaction that opens the session.
    func open(_ opening: Opening, passed: SecondFactorPassed?) async throws -> Outcome {
        let session = opening.session
        return try await database.write { transaction in
            guard let user = try await account(of: opening.signIn, transaction),
                // Waits for its address to be verified: no way to sign in opens it.
                user.pendingSince == nil
            else { return .accountClosed }
            if passed == nil, let demand = try await policy.demand(of: user, transaction) {
                return .secondFactorNeeded(demand)
            }
            try await settle(opening.signIn, transaction)
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
            return .opened
        }
    }

    /// Keeps a sign-in that waits for its second factor. The password was right: guesses before it are forgiven; those
    /// at the code are counted by themselves.
    /// - Returns: false for an account that is closed meanwhile (`Outcome.accountClosed`).
    func wait(for ticket: SecondFactorTicket, _ signIn: SignIn, event: AuditEvent) async throws -> Bool {
        try await database.write { transaction in
            guard let user = try await account(of: signIn, transaction) else { return false }
            try await settle(signIn, transaction)
            try await SecondFactorTicketRows.insert(
                hash: ticket.token.hash,
                SecondFactorTicketRow(
                    userID: user.id, method: signIn.method.description, kind: signIn.kind, replaces: signIn.replaces,
                    isForEnrolment: ticket.isForEnrolment, tries: 0),
                expiresAt: ticket.expiresAt, now: signIn.now, transaction)
            try await AuditRows.insert(event, transaction)
            return true
        }
    }

    /// Nil for one that is closed meanwhile.
    private func account(of signIn: SignIn, _ transaction: any SQLTransaction) async throws -> User? {
        guard let credential = try await UserRows.credential(id: signIn.user.id, transaction),
            credential.user.disabledAt == nil, credential.user.tokenVersion == signIn.user.tokenVersion,
            signIn.verifiedHash.map({ $0 == credential.passwordHash }) ?? true
        else { return nil }
        return credential.user
    }

    private func settle(_ signIn: SignIn, _ transaction: any SQLTransaction) async throws {
        if let account = signIn.account { try await LoginFailureRows.forgive(account: account, transaction) }
        if let verified = signIn.verifiedHash, let renewed = signIn.renewedHash {
            try await UserRows.replaceHash(id: signIn.user.id, verified: verified, with: renewed, transaction)
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
