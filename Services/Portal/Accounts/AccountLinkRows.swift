import Storage

/// SQL over `account_links`, inside somebody's transaction. Links are looked up by the hash of their secret.
enum AccountLinkRows {
    static func insert(
        _ token: OpaqueToken, _ purpose: AccountLinkPurpose, subject: String, email: EmailAddress, now: Int64,
        _ transaction: any SQLTransaction
    ) async throws {
        try await transaction.execute(
            """
            INSERT INTO account_links (token_hash, purpose, subject, email, created_at, expires_at)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                .text(token.hash), .text(purpose.rawValue), .text(subject), .text(email.text), .integer(now),
                .integer(now + purpose.lifetime),
            ])
    }

    /// For whoever has that address: a link where there is an account that may use it, nothing where there is none. One
    /// statement either way.
    /// - Parameter pending: whether for accounts that wait for their address to be verified, or for all.
    static func insert(
        _ token: OpaqueToken, _ purpose: AccountLinkPurpose, forUserOf email: EmailAddress, pending: Bool, now: Int64,
        _ transaction: any SQLTransaction
    ) async throws {
        try await transaction.execute(
            """
            INSERT INTO account_links (token_hash, purpose, subject, email, created_at, expires_at)
            SELECT ?, ?, id, email, CAST(? AS BIGINT), CAST(? AS BIGINT) FROM users
            WHERE email = ? AND disabled_at IS NULL\(pending ? " AND pending_since IS NOT NULL" : "")
            """,
            [
                .text(token.hash), .text(purpose.rawValue), .integer(now), .integer(now + purpose.lifetime),
                .text(email.text),
            ])
    }

    static func find(
        hash: String, _ purpose: AccountLinkPurpose, now: Int64, _ transaction: any SQLTransaction
    ) async throws -> AccountLink? {
        try await transaction.query(
            """
            SELECT subject, email, expires_at FROM account_links
            WHERE token_hash = ? AND purpose = ? AND used_at IS NULL AND expires_at > ?
            """, [.text(hash), .text(purpose.rawValue), .integer(now)]
        ).first.map(link)
    }

    /// Takes it: of two that come with the same link, one gets it.
    static func spend(
        hash: String, _ purpose: AccountLinkPurpose, now: Int64, _ transaction: any SQLTransaction
    ) async throws -> AccountLink? {
        try await transaction.query(
            """
            UPDATE account_links SET used_at = ?
            WHERE token_hash = ? AND purpose = ? AND used_at IS NULL AND expires_at > ?
            RETURNING subject, email, expires_at
            """, [.integer(now), .text(hash), .text(purpose.rawValue), .integer(now)]
        ).first.map(link)
    }

    /// The other links of this kind open nothing any more.
    static func void(
        _ purpose: AccountLinkPurpose, subject: String, now: Int64, _ transaction: any SQLTransaction
    ) async throws {
        try await transaction.execute(
            "UPDATE account_links SET used_at = ? WHERE subject = ? AND purpose = ? AND used_at IS NULL",
            [.integer(now), .text(subject), .text(purpose.rawValue)])
    }

    private static func link(_ row: SQLRow) throws -> AccountLink {
        AccountLink(
            subject: try row.text("subject"), email: try row.text("email"), expiresAt: try row.integer("expires_at"))
    }
}

/// Links, looked at from outside of a transaction.
struct AccountLinkStore: Sendable {
    private let database: any Database

    init(database: any Database) { self.database = database }

    /// Whether a link opens anything now, for whatever purpose.
    func isGood(_ text: String, now: Int64) async throws -> Bool {
        guard let token = OpaqueToken(.link, parsing: text) else { return false }
        return try await database.read { transaction in
            try await transaction.query(
                "SELECT purpose FROM account_links WHERE token_hash = ? AND used_at IS NULL AND expires_at > ?",
                [.text(token.hash), .integer(now)]
            ).isEmpty == false
        }
    }

    /// Nil for what is no link of this kind, is used, or too old: the three are not told apart.
    func find(_ token: OpaqueToken, _ purpose: AccountLinkPurpose, now: Int64) async throws -> AccountLink? {
        try await database.read { try await AccountLinkRows.find(hash: token.hash, purpose, now: now, $0) }
    }
}
