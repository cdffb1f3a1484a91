import Storage

/// Forgets what is over. Nothing in this database grows without a bound.
struct HousekeepingStore: Sendable {
    struct Limits: Sendable, Equatable {
        /// Seconds.
        var auditRetention: Int64
        var auditMaximumEvents: Int64
        /// Seconds that a session is remembered after its end, so that a replay is still recognised.
        var endedSessions: Int64 = 7 * 86_400
        /// Seconds.
        var deliveredMessages: Int64 = 7 * 86_400
        /// Accounts with failed logins; the oldest go first.
        var maximumFailures: Int64 = 100_000
        /// Seconds.
        var failures: Int64 = 86_400
        /// Seconds that an account waits for its address to be verified before it is gone.
        var pendingAccounts: Int64 = 7 * 86_400
        /// Seconds that mails, links and invitations are remembered after they are over.
        var settledMails: Int64 = 7 * 86_400
        var settledInvitations: Int64 = 90 * 86_400
        /// Events told to verifiers; the oldest go first.
        var maximumRevocations: Int64 = 1_000_000
    }

    private let database: any Database

    init(database: any Database) { self.database = database }

    /// Whether the caller sweeps this time: one replica does it for all.
    func takeTurn(now: Int64, every seconds: Int64) async throws -> Bool {
        try await database.write { transaction in
            try await transaction.execute(
                """
                INSERT INTO facts (name, established_at) VALUES ('housekeeping', ?)
                ON CONFLICT (name) DO UPDATE SET established_at = excluded.established_at
                WHERE facts.established_at <= ?
                """, [.integer(now), .integer(now - seconds)]) == 1
        }
    }

    /// - Returns: how many revocations went before their time, as there were too many.
    @discardableResult
    func sweep(_ limits: Limits, now: Int64) async throws -> Int {
        let steps: [(String, [SQLValue])] = [
            (
                "DELETE FROM sessions WHERE expires_at < ? OR ended_at < ?",
                [.integer(now - limits.endedSessions), .integer(now - limits.endedSessions)]
            ),
            (
                "UPDATE refresh_tokens SET sealed_successor = NULL WHERE sealed_successor IS NOT NULL AND spent_at < ?",
                [.integer(now - 2 * RefreshRotation.graceSeconds)]
            ),
            ("DELETE FROM login_failures WHERE updated_at < ?", [.integer(now - limits.failures)]),
            ("DELETE FROM second_factor_tickets WHERE expires_at < ?", [.integer(now)]),
            ("DELETE FROM db_updates_openings WHERE expires_at < ?", [.integer(now)]),
            ("DELETE FROM db_updates_runs WHERE expires_at < ?", [.integer(now)]),
            (
                """
                DELETE FROM login_failures WHERE account IN (
                    SELECT account FROM login_failures ORDER BY updated_at DESC, account LIMIT 100000 OFFSET ?)
                """, [.integer(limits.maximumFailures)]
            ),
            (
                "DELETE FROM outbox WHERE status = 'delivered' AND settled_at < ?",
                [.integer(now - limits.deliveredMessages)]
            ),
            ("DELETE FROM oidc_flows WHERE expires_at < ?", [.integer(now)]),
            // Past any leeway: before that, one could be presented again.
            ("DELETE FROM oidc_used_tokens WHERE expires_at < ?", [.integer(now - 3600)]),
            ("DELETE FROM users WHERE pending_since < ?", [.integer(now - limits.pendingAccounts)]),
            (
                "DELETE FROM mail_outbox WHERE status <> 'pending' AND settled_at < ?",
                [.integer(now - limits.settledMails)]
            ),
            ("DELETE FROM mail_counts WHERE sent_at < ?", [.integer(now - 3600)]),
            ("DELETE FROM account_links WHERE expires_at < ?", [.integer(now - limits.settledMails)]),
            ("DELETE FROM invitations WHERE created_at < ?", [.integer(now - limits.settledInvitations)]),
            ("DELETE FROM audit_events WHERE happened_at < ?", [.integer(now - limits.auditRetention)]),
            (
                """
                DELETE FROM audit_events WHERE id IN (
                    SELECT id FROM audit_events ORDER BY happened_at DESC, id LIMIT 100000 OFFSET ?)
                """, [.integer(limits.auditMaximumEvents)]
            ),
        ]
        // One transaction each: logins don't wait for all of it.
        for (sql, arguments) in steps {
            try await database.write { _ = try await $0.execute(sql, arguments) }
        }
        return try await Revocations.log.sweep(now: now, maximum: limits.maximumRevocations, in: database)
    }
}
