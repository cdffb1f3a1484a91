import Storage

/// Accounts at providers that open accounts here, and logins on their way there.
enum IdentityMigrations {
    static let identities = Migration(
        id: "0008-identities",
        statements: [
            // When its owner proved to this portal that the address is theirs; NULL: nobody did.
            "ALTER TABLE users ADD COLUMN email_verified_at BIGINT",
            """
            CREATE TABLE identities (
                id TEXT NOT NULL PRIMARY KEY,
                issuer TEXT NOT NULL,
                subject TEXT NOT NULL,
                user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                email TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                last_used_at BIGINT NOT NULL,
                UNIQUE (issuer, subject)
            )
            """,
            "CREATE INDEX identities_by_user ON identities (user_id, created_at)",
            """
            CREATE TABLE oidc_flows (
                state_hash TEXT NOT NULL PRIMARY KEY,
                browser_hash TEXT NOT NULL,
                provider TEXT NOT NULL,
                sealed TEXT NOT NULL,
                expires_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX oidc_flows_by_expiry ON oidc_flows (expires_at)",
            "CREATE TABLE oidc_used_tokens (token_hash TEXT NOT NULL PRIMARY KEY, expires_at BIGINT NOT NULL)",
            "CREATE INDEX oidc_used_tokens_by_expiry ON oidc_used_tokens (expires_at)",
        ])

    /// NULL: linked by hand, or nobody knows. So those of before end with a password that is set by mail, and what a verified
    /// address had joined is joined by it again.
    static let joinedBy = Migration(
        id: "0016-identities-joined-by",
        statements: ["ALTER TABLE identities ADD COLUMN joined_by TEXT"])
}
