import Storage

/// Second factors: what is enrolled, and answers, each counted before it is looked at.
struct SecondFactorStore: Sendable {
    let database: any Database
    let seals: SecondFactorSeals
    let lockout: LoginLockout.Limits

    /// What an answer came to.
    enum Verdict: Equatable, Sendable {
        case right
        /// Wrong, used before, of another account.
        case wrong(beginsRest: Bool)
        /// Seconds until the next.
        case resting(retryAfter: Int64)
    }

    struct Standing: Sendable, Equatable {
        /// Nil: none that counts.
        var confirmedAt: Int64?
        var recoveryCodesLeft: Int
        /// Whether the account has a password of its own.
        var hasPassword: Bool
    }

    func standing(userID: String) async throws -> Standing {
        try await database.read { transaction in
            Standing(
                confirmedAt: try await SecondFactorRows.find(userID: userID, transaction)?.confirmedAt,
                recoveryCodesLeft: try await SecondFactorRows.recoveryCodesLeft(userID: userID, transaction),
                hasPassword: try await UserRows.hasPassword(id: userID, transaction))
        }
    }

    /// - Returns: false where one counts already.
    func begin(userID: String, sealedSeed: String, now: Int64, event: AuditEvent) async throws -> Bool {
        try await database.write { transaction in
            guard
                try await SecondFactorRows.begin(userID: userID, sealedSeed: sealedSeed, now: now, transaction)
            else { return false }
            try await AuditRows.insert(event, transaction)
            return true
        }
    }

    /// The answer of somebody whose account is known.
    func spend(_ answer: SecondFactorAnswer, of user: User, source: AuditSource) async throws -> Verdict {
        try await database.write { transaction in
            try await attempt(answer, of: user, source, transaction) {
                try await seals.spend(answer, of: user.id, now: source.now, transaction)
            }
        }
    }

    /// A code of the factor that was begun makes it count.
    func confirm(
        _ answer: SecondFactorAnswer, of user: User, recoveryCodes: [RecoveryCode], source: AuditSource
    ) async throws -> Verdict {
        try await database.write { transaction in
            try await attempt(answer, of: user, source, transaction) {
                try await enrol(answer, of: user, recoveryCodes, source, transaction)
            }
        }
    }

    /// New ones in place of those that there were.
    /// - Returns: false where no factor counts.
    func keep(_ recoveryCodes: [RecoveryCode], of userID: String, event: AuditEvent) async throws -> Bool {
        try await database.write { transaction in
            guard try await SecondFactorRows.isEnrolled(userID: userID, transaction) else { return false }
            try await SecondFactorRows.keep(
                recoveryHashes: recoveryCodes.map { seals.hash($0, of: userID) }, userID: userID, transaction)
            try await AuditRows.insert(event, transaction)
            return true
        }
    }

    /// With the recovery codes and the sign-ins that wait for a code.
    /// - Returns: false where no factor counted.
    func remove(userID: String, event: AuditEvent) async throws -> Bool {
        try await database.write { transaction in
            guard try await SecondFactorRows.remove(userID: userID, transaction) else { return false }
            try await AuditRows.insert(event, transaction)
            return true
        }
    }

    func enrol(
        _ answer: SecondFactorAnswer, of user: User, _ recoveryCodes: [RecoveryCode], _ source: AuditSource,
        _ transaction: any SQLTransaction
    ) async throws -> Bool {
        let isRight = try await seals.confirm(
            answer, of: user.id, recoveryCodes: recoveryCodes, now: source.now, transaction)
        if isRight { try await AuditRows.insert(source.event(.secondFactorEnrolled, .success, by: user), transaction) }
        return isRight
    }

    /// Counts, checks, forgives or tells: guesses of codes are held to the same limits as guesses of passwords, with a
    /// count of their own.
    func attempt(
        _ answer: SecondFactorAnswer, of user: User, _ source: AuditSource, _ transaction: any SQLTransaction,
        check: () async throws -> Bool
    ) async throws -> Verdict {
        let account = try await account(of: user, source, transaction)
        let beginsRest: Bool
        switch try await LoginFailureRows.begin(account: account, limits: lockout, now: source.now, transaction) {
        case .refuse(let retryAfter): return .resting(retryAfter: retryAfter)
        case .proceed(let begins): beginsRest = begins
        }
        if try await check() {
            try await LoginFailureRows.forgive(account: account, transaction)
            if case .recoveryCode = answer {
                let left = try await SecondFactorRows.recoveryCodesLeft(userID: user.id, transaction)
                try await AuditRows.insert(
                    source.event(.recoveryCodeUsed, .success, by: user, "\(left) left"), transaction)
            }
            return .right
        }
        try await AuditRows.insert(
            source.event(.secondFactorFailed, .failure, by: user, "wrong \(answer)"), transaction)
        if beginsRest {
            try await AuditRows.insert(source.event(.secondFactorLocked, .failure, by: user), transaction)
        }
        return .wrong(beginsRest: beginsRest)
    }

    /// As with passwords: whoever has somebody's password and guesses at codes does not lock them out of the address
    /// they sign in from.
    private func account(
        of user: User, _ source: AuditSource, _ transaction: any SQLTransaction
    ) async throws -> String {
        let key = source.caller.address.limitKey
        let addresses = try await SessionRows.addresses(userID: user.id, transaction)
        let isFamiliar = addresses.contains { ClientAddress($0).limitKey == key }
        // No email address has a line break or a space in it: this is no counter of passwords.
        return LoginService.accountKey("second factor\n\(user.id)" + (isFamiliar ? "\n\(key)" : ""))
    }
}
