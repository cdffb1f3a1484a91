import Storage

/// The portal's tables. SQL that SQLite and PostgreSQL both take: times are BIGINT seconds, hashes and sealed bytes
/// are base64url TEXT.
enum PortalMigrations {
    static let namespace = "portal"

    static let all = [
        Migration(
            id: "0001-accounts",
            statements: [
                """
                CREATE TABLE users (
                    id TEXT NOT NULL PRIMARY KEY,
                    email TEXT NOT NULL UNIQUE,
                    name TEXT NOT NULL,
                    password_hash TEXT NOT NULL,
                    roles TEXT NOT NULL,
                    customer_id TEXT UNIQUE,
                    token_version BIGINT NOT NULL,
                    created_at BIGINT NOT NULL,
                    last_login_at BIGINT,
                    disabled_at BIGINT
                )
                """,
                """
                CREATE TABLE login_failures (
                    account TEXT NOT NULL PRIMARY KEY,
                    failures BIGINT NOT NULL,
                    rests_until BIGINT NOT NULL,
                    updated_at BIGINT NOT NULL
                )
                """,
                "CREATE INDEX login_failures_by_age ON login_failures (updated_at)",
                "CREATE TABLE facts (name TEXT NOT NULL PRIMARY KEY, established_at BIGINT NOT NULL)",
            ]),
        Migration(
            id: "0002-sessions",
            statements: [
                """
                CREATE TABLE sessions (
                    id TEXT NOT NULL PRIMARY KEY,
                    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                    kind TEXT NOT NULL,
                    created_at BIGINT NOT NULL,
                    last_used_at BIGINT NOT NULL,
                    expires_at BIGINT NOT NULL,
                    ends_at BIGINT NOT NULL,
                    ended_at BIGINT,
                    end_reason TEXT,
                    address TEXT NOT NULL,
                    user_agent TEXT NOT NULL
                )
                """,
                "CREATE INDEX sessions_by_user ON sessions (user_id, ended_at, last_used_at)",
                "CREATE INDEX sessions_by_expiry ON sessions (expires_at)",
                """
                CREATE TABLE refresh_tokens (
                    id TEXT NOT NULL PRIMARY KEY,
                    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
                    token_hash TEXT NOT NULL UNIQUE,
                    created_at BIGINT NOT NULL,
                    expires_at BIGINT NOT NULL,
                    spent_at BIGINT,
                    successor_id TEXT UNIQUE,
                    sealed_successor TEXT
                )
                """,
                "CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id)",
                """
                CREATE INDEX refresh_tokens_sealed ON refresh_tokens (spent_at) WHERE sealed_successor IS NOT NULL
                """,
                """
                CREATE TABLE web_sessions (
                    token_hash TEXT NOT NULL PRIMARY KEY,
                    session_id TEXT NOT NULL UNIQUE REFERENCES sessions (id) ON DELETE CASCADE,
                    sealed_access_token TEXT
                )
                """,
            ]),
        Migration(
            id: "0003-audit-and-outbox",
            statements: [
                """
                CREATE TABLE audit_events (
                    id TEXT NOT NULL PRIMARY KEY,
                    happened_at BIGINT NOT NULL,
                    event TEXT NOT NULL,
                    outcome TEXT NOT NULL,
                    actor TEXT,
                    subject TEXT NOT NULL,
                    address TEXT NOT NULL,
                    request_id TEXT NOT NULL,
                    detail TEXT NOT NULL
                )
                """,
                "CREATE INDEX audit_events_by_time ON audit_events (happened_at)",
                "CREATE INDEX audit_events_by_subject ON audit_events (subject, happened_at)",
                """
                CREATE TABLE outbox (
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
                "CREATE INDEX outbox_due ON outbox (status, next_attempt_at, position)",
            ]),
        Migration(
            id: "0004-refresh-tokens-by-age",
            statements: [
                "CREATE INDEX refresh_tokens_by_age ON refresh_tokens (session_id, spent_at)",
                "DROP INDEX refresh_tokens_by_session",
            ]),
        Migration(
            id: "0005-fleet",
            statements: [
                """
                CREATE TABLE fleet_replicas (
                    service TEXT NOT NULL,
                    instance TEXT NOT NULL,
                    started_at BIGINT NOT NULL,
                    received_at BIGINT NOT NULL,
                    report TEXT NOT NULL,
                    PRIMARY KEY (service, instance)
                )
                """,
                "CREATE INDEX fleet_replicas_by_age ON fleet_replicas (received_at)",
            ]),
        Migration(
            id: "0006-rotation",
            statements: [
                """
                CREATE TABLE rotation_state (
                    name TEXT NOT NULL PRIMARY KEY,
                    holder TEXT NOT NULL,
                    token TEXT NOT NULL,
                    expires_at BIGINT NOT NULL,
                    record TEXT
                )
                """,
                """
                CREATE TABLE rotation_history (
                    id TEXT NOT NULL PRIMARY KEY,
                    ended_at BIGINT NOT NULL,
                    record TEXT NOT NULL
                )
                """,
                "CREATE TABLE rotation_keys (kid TEXT NOT NULL PRIMARY KEY, first_seen_at BIGINT NOT NULL)",
            ]),
        Migration(id: "0007-revocations", statements: Revocations.log.statements),
        IdentityMigrations.identities,
        PeopleMigrations.people,
        PeopleMigrations.mailAndLinks,
        Migration(
            id: "0011-second-factor",
            statements: [
                // `confirmed_at` NULL: being enrolled. `last_step`: the last time step whose code was taken.
                """
                CREATE TABLE second_factors (
                    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
                    sealed_seed TEXT NOT NULL,
                    confirmed_at BIGINT,
                    created_at BIGINT NOT NULL,
                    last_step BIGINT NOT NULL
                )
                """,
                """
                CREATE TABLE recovery_codes (
                    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                    code_hash TEXT NOT NULL,
                    used_at BIGINT,
                    PRIMARY KEY (user_id, code_hash)
                )
                """,
                """
                CREATE TABLE second_factor_tickets (
                    ticket_hash TEXT NOT NULL PRIMARY KEY,
                    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                    method TEXT NOT NULL,
                    kind TEXT NOT NULL,
                    replaces TEXT,
                    is_for_enrolment BIGINT NOT NULL,
                    created_at BIGINT NOT NULL,
                    expires_at BIGINT NOT NULL,
                    tries BIGINT NOT NULL
                )
                """,
                "CREATE INDEX second_factor_tickets_by_user ON second_factor_tickets (user_id, created_at)",
                "CREATE INDEX second_factor_tickets_by_expiry ON second_factor_tickets (expires_at)",
            ]),
        Migration(
            id: "0012-session-addresses",
            // Of the last use; NULL: not used since it was opened.
            statements: ["ALTER TABLE sessions ADD COLUMN last_address TEXT"]),
        Migration(
            id: "0013-service-accounts",
            statements: [
                """
                CREATE TABLE service_accounts (
                    id TEXT NOT NULL PRIMARY KEY,
                    name TEXT NOT NULL UNIQUE,
                    roles TEXT NOT NULL,
                    scopes TEXT NOT NULL,
                    token_version BIGINT NOT NULL,
                    created_at BIGINT NOT NULL,
                    created_by TEXT NOT NULL,
                    disabled_at BIGINT
                )
                """,
                """
                CREATE TABLE service_account_secrets (
                    id TEXT NOT NULL PRIMARY KEY,
                    account_id TEXT NOT NULL REFERENCES service_accounts (id) ON DELETE CASCADE,
                    secret_hash TEXT NOT NULL UNIQUE,
                    created_at BIGINT NOT NULL,
                    last_used_at BIGINT,
                    expires_at BIGINT NOT NULL
                )
                """,
                "CREATE INDEX service_account_secrets_by_account ON service_account_secrets (account_id, created_at)",
            ]),
        Migration(
            id: "0014-audit-by-event",
            statements: ["CREATE INDEX audit_events_by_event ON audit_events (event, happened_at)"]),
        DBUpdatesMigrations.pages,
        IdentityMigrations.joinedBy,
    ]
}
