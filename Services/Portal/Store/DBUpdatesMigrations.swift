import Storage

/// What pages of DB updates keep: until when a session may do them, and its statements with what came of them. All of
/// it goes with the session, and is sealed.
enum DBUpdatesMigrations {
    /// `state`: `asked`, `running`, `ended`. `sealed_outcome` NULL: not ended.
    static let pages = Migration(
        id: "0015-db-updates-pages",
        statements: [
            """
            CREATE TABLE db_updates_openings (
                session_id TEXT NOT NULL PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
                sealed_token TEXT NOT NULL,
                sealed_connection TEXT,
                expires_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX db_updates_openings_by_expiry ON db_updates_openings (expires_at)",
            """
            CREATE TABLE db_updates_runs (
                id TEXT NOT NULL PRIMARY KEY,
                session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
                state TEXT NOT NULL,
                sealed_statement TEXT NOT NULL,
                sealed_outcome TEXT,
                created_at BIGINT NOT NULL,
                begun_at BIGINT,
                expires_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX db_updates_runs_by_session ON db_updates_runs (session_id, created_at)",
            "CREATE INDEX db_updates_runs_by_expiry ON db_updates_runs (expires_at)",
        ])
}
