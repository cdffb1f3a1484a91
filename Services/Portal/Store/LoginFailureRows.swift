import Storage

/// SQL over `login_failures`, inside somebody's transaction: guesses, by a name that does not say whether there is such
/// an account.
enum LoginFailureRows {
    /// Counts an attempt before what was guessed is looked at.
    static func begin(
        account: String, limits: LoginLockout.Limits, now: Int64, _ transaction: any SQLTransaction
    ) async throws -> LoginLockout.Action {
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

    static func forgive(account: String, _ transaction: any SQLTransaction) async throws {
        try await transaction.execute("DELETE FROM login_failures WHERE account = ?", [.text(account)])
    }
}
