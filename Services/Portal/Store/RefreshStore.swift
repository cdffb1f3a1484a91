import Storage
import Tokens

/// Performs `RefreshRotation` in one transaction per presented token.
struct RefreshStore: Sendable {
    private let database: any Database
    private let revocations: Revocations
    private let policy: SecondFactorPolicy

    init(database: any Database, revocations: Revocations, policy: SecondFactorPolicy) {
        self.database = database
        self.revocations = revocations
        self.policy = policy
    }

    struct Presentation: Sendable {
        var token: OpaqueToken
        /// Used if this token is to be rotated.
        var successor: OpaqueToken
        var successorID: String
        /// `successor` sealed for the session of `token`.
        var seal: @Sendable (_ sessionID: String) throws -> String
        /// Seconds.
        var lifetime: Int64
        /// Signs inside of the transaction: when it fails, the token is not spent.
        var mint: @Sendable (User, _ sessionID: String) async throws -> IssuedToken
        /// Who presents it.
        var address: ClientAddress
        /// Recorded if a spent token ends the session.
        var reuseEvent: @Sendable (User, Session) -> AuditEvent
    }

    struct Renewed: Sendable {
        var refresh: OpaqueToken
        var access: IssuedToken
        var user: User
        var sessionID: String
        var isRepeated: Bool
    }

    enum Outcome: Sendable {
        case renewed(Renewed)
        /// Never handed out here, or forgotten since.
        case unknown
        case refused(RefreshRotation.Refused)
        /// The session ended just now, because a spent token came back.
        case reused(sessionID: String)
    }

    func present(_ presentation: Presentation, now: Int64) async throws -> Outcome {
        let hash = presentation.token.hash
        // Outside of the write first: guesses must not queue for the writer.
        guard try await database.read({ try await RefreshTokenRows.find(hash: hash, $0) }) != nil else {
            return .unknown
        }
        return try await database.write { transaction in
            guard let row = try await RefreshTokenRows.find(hash: hash, transaction),
                let session = try await SessionRows.find(id: row.sessionID, transaction),
                let user = try await UserRows.find(id: session.userID, transaction)
            else { return .unknown }
            guard try await policy.admits(user, transaction) else { return .refused(.sessionEnded) }
            var rotation = row.rotation(of: session, now: now)
            switch rotation.on(.presented, now: now) {
            case .rotate:
                return try await rotate(presentation, row, session, user, now, transaction)
            case .repeatSuccessor:
                return try await repeated(presentation, row, session, user)
            case .endSession:
                _ = try await SessionRows.end(id: session.id, reason: .refreshReused, now: now, transaction)
                try await revocations.sessionEnded(session.id, of: user.id, now: now, transaction)
                try await AuditRows.insert(presentation.reuseEvent(user, session), transaction)
                return .reused(sessionID: session.id)
            case .refuse(let refused):
                return .refused(refused)
            case .none:
                return .unknown
            }
        }
    }

    private func rotate(
        _ presentation: Presentation, _ row: RefreshTokenRow, _ session: Session, _ user: User, _ now: Int64,
        _ transaction: any SQLTransaction
    ) async throws -> Outcome {
        let access = try await presentation.mint(user, session.id)
        let expiresAt = session.extended(by: presentation.lifetime, at: now)
        try await RefreshTokenRows.insert(
            id: presentation.successorID, sessionID: session.id, hash: presentation.successor.hash, createdAt: now,
            expiresAt: expiresAt, transaction)
        let isSpent = try await RefreshTokenRows.spend(
            id: row.id, successorID: presentation.successorID, sealedSuccessor: try presentation.seal(session.id),
            now: now, transaction)
        // Writes are serialised, so this can't be. If a database ever breaks that, nothing of this is committed.
        guard isSpent else { throw StorageError.busy }
        try await RefreshTokenRows.forgetOldest(
            sessionID: session.id, before: now - 2 * RefreshRotation.graceSeconds, transaction)
        try await SessionRows.touch(
            id: session.id, expiresAt: expiresAt, address: presentation.address, now: now, transaction)
        return .renewed(
            Renewed(
                refresh: presentation.successor, access: access, user: user, sessionID: session.id,
                isRepeated: false))
    }

    private func repeated(
        _ presentation: Presentation, _ row: RefreshTokenRow, _ session: Session, _ user: User
    ) async throws -> Outcome {
        guard
            let sealed = row.sealedSuccessor,
            let successor = SealedSuccessor.open(sealed, with: presentation.token, session: session.id)
        else {
            // Swept meanwhile, or damaged: there is no second successor to hand out.
            return .refused(.expired)
        }
        let access = try await presentation.mint(user, session.id)
        return .renewed(
            Renewed(refresh: successor, access: access, user: user, sessionID: session.id, isRepeated: true))
    }
}
