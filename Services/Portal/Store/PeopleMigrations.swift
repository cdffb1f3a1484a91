import Storage

/// Addresses that are verified, several people of one customer, mails, links and invitations.
enum PeopleMigrations {
    /// `founded_customer_id` is what `customer_id` was: the customer that came into being with this user, of which there
    /// is one founder. `customer_id` is the one that the user belongs to.
    static let people = Migration(
        id: "0009-people",
        statements: [
            "ALTER TABLE users RENAME COLUMN customer_id TO founded_customer_id",
            "ALTER TABLE users ADD COLUMN customer_id TEXT",
            "UPDATE users SET customer_id = founded_customer_id",
            "CREATE INDEX users_by_customer ON users (customer_id)",
            "ALTER TABLE users ADD COLUMN pending_since BIGINT",
            "ALTER TABLE users ADD COLUMN password_changed_at BIGINT",
            "ALTER TABLE users ADD COLUMN version BIGINT NOT NULL DEFAULT 0",
            "CREATE INDEX users_pending ON users (pending_since) WHERE pending_since IS NOT NULL",
        ])

    static let mailAndLinks = Migration(
        id: "0010-mail-and-links",
        statements: [
            """
            CREATE TABLE mail_outbox (
                event_id TEXT NOT NULL PRIMARY KEY,
                position BIGINT NOT NULL UNIQUE,
                payload TEXT NOT NULL,
                status TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                attempts BIGINT NOT NULL,
                next_attempt_at BIGINT NOT NULL,
                settled_at BIGINT,
                last_error TEXT
            )
            """,
            "CREATE INDEX mail_outbox_due ON mail_outbox (status, next_attempt_at, position)",
            """
            CREATE TABLE mail_counts (
                event_id TEXT NOT NULL PRIMARY KEY,
                recipient TEXT NOT NULL,
                sent_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX mail_counts_by_recipient ON mail_counts (recipient, sent_at)",
            "CREATE INDEX mail_counts_by_age ON mail_counts (sent_at)",
            """
            CREATE TABLE account_links (
                token_hash TEXT NOT NULL PRIMARY KEY,
                purpose TEXT NOT NULL,
                subject TEXT NOT NULL,
                email TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                used_at BIGINT
            )
            """,
            "CREATE INDEX account_links_by_subject ON account_links (subject, purpose)",
            "CREATE INDEX account_links_by_expiry ON account_links (expires_at)",
            """
            CREATE TABLE invitations (
                id TEXT NOT NULL PRIMARY KEY,
                email TEXT NOT NULL,
                roles TEXT NOT NULL,
                customer_id TEXT,
                invited_by TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                settled_at BIGINT,
                outcome TEXT
            )
            """,
            "CREATE INDEX invitations_by_age ON invitations (created_at, id)",
        ])
}
