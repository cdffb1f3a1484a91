import TestSupport
import Testing

@testable import Storage

/// What the role, the kinds of statement and the limits have to stop.
@Suite(
    "A statement of an administrator on PostgreSQL", .timeLimit(.minutes(10)),
    .enabled(if: TestedPostgreSQL.isNamed, "LOCKSTEP_TEST_POSTGRES_URL is not set"))
struct RestrictedPostgreSQLTests {
    static let attacks = [
        "COPY farms TO PROGRAM 'id'", "COPY farms FROM PROGRAM 'id'", "COPY farms TO '/tmp/lockstep-attack'",
        "COPY farms FROM '/etc/passwd'", "COPY farms FROM STDIN", "COPY farms TO STDOUT",
        "COPY (SELECT 1) TO STDOUT",
        "SELECT pg_read_file('/etc/passwd')", "SELECT pg_read_binary_file('/etc/passwd')", "SELECT pg_ls_dir('/')",
        "SELECT pg_stat_file('/etc/passwd')", "SELECT lo_import('/etc/passwd')", "SELECT lo_export(1, '/tmp/x')",
        "SET ROLE lockstep", "RESET ROLE", "SET SESSION AUTHORIZATION lockstep", "RESET SESSION AUTHORIZATION",
        "SET statement_timeout = 0", "SELECT set_config('role', 'lockstep', false)",
        "SELECT set_config('session_authorization', 'lockstep', false)",
        "SELECT set_config('session_replication_role', 'replica', false)",
        "SELECT set_config('track_counts', 'off', false)",
        "DO $$ BEGIN DELETE FROM audit_log; END $$", "DO $$ BEGIN PERFORM pg_sleep(60); END $$",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
        "CREATE EXTENSION dblink", "CREATE TABLE x (a int)", "CREATE TABLE x AS SELECT 1 AS a",
        "SELECT 1 AS a INTO x", "CREATE MATERIALIZED VIEW v AS SELECT 1 AS a", "CREATE VIEW v AS SELECT 1 AS a",
        "CREATE SCHEMA s", "DROP TABLE farms", "TRUNCATE farms", "ALTER TABLE farms ADD COLUMN x TEXT",
        "ALTER ROLE CURRENT_USER SUPERUSER", "GRANT ALL ON audit_log TO CURRENT_USER", "ALTER SYSTEM SET fsync = off",
        "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT a", "PREPARE TRANSACTION 'a'", "COMMIT PREPARED 'a'",
        "START TRANSACTION", "END",
        "PREPARE a AS SELECT 1", "DEALLOCATE ALL", "DISCARD ALL", "LISTEN audit", "NOTIFY audit", "UNLISTEN *",
        "LOCK TABLE farms", "VACUUM", "ANALYZE farms", "REINDEX TABLE farms", "CHECKPOINT", "CALL f()",
        "LOAD '/tmp/x.so'", "SHOW ALL", "EXPLAIN SELECT 1", "EXPLAIN ANALYZE DELETE FROM farms",
        "SECURITY LABEL ON TABLE farms IS 'x'", "IMPORT FOREIGN SCHEMA a FROM SERVER b INTO c",
        // What the kinds that are allowed could carry.
        "ANALYZE DELETE FROM farms", "(COSTS OFF) SELECT 1", "ANALYZE) DELETE FROM farms",
        "WITH d AS (DELETE FROM audit_log RETURNING hash) SELECT hash FROM d",
        "WITH d AS (UPDATE audit_log SET actor = 'x' RETURNING hash) SELECT hash FROM d",
        "MERGE INTO audit_log a USING farms f ON false WHEN NOT MATCHED THEN DO NOTHING",
        "TABLE audit_log", "SELECT hash FROM public.audit_log", "SELECT audit_log FROM audit_log",
        "SELECT position FROM audit_log FOR UPDATE",
        "SELECT query_to_xml('SELECT hash FROM audit_log', true, false, '')",
        "SELECT table_to_xml('audit_log', true, false, '')", "SELECT rolpassword FROM pg_authid",
        "SELECT passwd FROM pg_shadow",
    ]

    @Test("has no way out of the data")
    func refused() async throws {
        try await RestrictedFixture.use(.postgreSQL) { fixture in
            for sql in Self.attacks {
                let outcome = await fixture.restricted.outcome(sql)
                #expect(["refused", "invalid"].contains(outcome), "\(sql): \(outcome)")
                try await fixture.expectUntouched()
            }
        }
    }

    @Test("no other server is reached: there is no dblink, and where there is one, the login is refused")
    func dblink() async throws {
        try await RestrictedFixture.use(.postgreSQL) { fixture in
            #expect(await fixture.restricted.outcome("SELECT dblink_connect('host=127.0.0.1')") == "invalid")
            try await fixture.own("CREATE FUNCTION dblink_connect(text) RETURNS text LANGUAGE sql AS 'SELECT $1'")
            #expect(await fixture.restricted.outcome("SELECT 1") == "not restricted")
        }
    }

    @Test(
        "a statement that sleeps ends, whatever it sets first",
        arguments: [
            "SELECT pg_sleep(60)",
            "SELECT set_config('statement_timeout', '0', false), pg_sleep(60)",
            "UPDATE farms SET area = 1 WHERE pg_sleep(60) IS NOT NULL",
            "WITH s AS MATERIALIZED (SELECT set_config('statement_timeout', '0', false) AS x) SELECT pg_sleep(60) FROM s",
        ])
    func sleeps(_ sql: String) async throws {
        try await RestrictedFixture.use(.postgreSQL) { fixture in
            #expect(await fixture.restricted.outcome(sql, RestrictedLimits(time: .milliseconds(300))) == "timed out")
            try await fixture.expectUntouched()
        }
    }

    @Test("a value that is large by far does not come here")
    func large() async throws {
        try await RestrictedFixture.use(.postgreSQL) { fixture in
            // What the server makes of it takes its time on a busy machine; here it is about what comes.
            let limits = RestrictedLimits(time: .seconds(60))
            for sql in [
                "SELECT repeat('x', 20000000)", "SELECT repeat('x', 2000000000)",
                "SELECT decode(repeat('00', 10000000), 'hex')",
                "SELECT string_agg(repeat('x', 1000000), '') FROM generate_series(1, 20)",
                "UPDATE farms SET area = 0 RETURNING repeat('x', 20000000)",
            ] {
                #expect(await fixture.restricted.outcome(sql, limits) == "too large", "\(sql)")
                try await fixture.expectUntouched()
            }
        }
    }

    @Test("changes behind WITH count")
    func hiddenChanges() async throws {
        try await RestrictedFixture.use(.postgreSQL) { fixture in
            await #expect(throws: RestrictedSQLError.tooManyChanges(limit: 2)) {
                try await fixture.restricted.execute(
                    "WITH d AS (DELETE FROM farms RETURNING id) SELECT 1 AS one", RestrictedLimits(changes: 2))
            }
            try await fixture.expectUntouched()
        }
    }

    @Test("the suite's own locks are free again at once")
    func advisoryLocks() async throws {
        try await RestrictedFixture.use(.postgreSQL) { fixture in
            let keys = [0x4c6f_636b_7374_6570, 0x4c6f_636b_7374_6571] as [Int64]
            for key in keys {
                #expect(await fixture.restricted.outcome("SELECT pg_advisory_lock(\(key))") == "done")
                #expect(
                    await fixture.restricted.outcome(
                        "SELECT pg_advisory_lock(\(key)), pg_sleep(60)", RestrictedLimits(time: .milliseconds(300)))
                        == "timed out")
            }
            // Both need theirs.
            try await fixture.database.migrate([Migration(id: "1", statements: ["SELECT 1"])], namespace: "more")
            try await fixture.database.writeInTurn { try await $0.execute("UPDATE farms SET area = area", []) }
        }
    }

    @Test("a forged notification wakes those who listen, and says nothing")
    func notifications() async throws {
        try await RestrictedFixture.use(.postgreSQL) { fixture in
            // In a transaction that is not committed, and that nobody hears.
            #expect(await fixture.restricted.outcome("SELECT pg_notify('audit', 'forged')") == "done")
        }
    }

    @Test(
        "a login that may do more is refused, with what to mend",
        arguments: [
            ("ALTER ROLE % SUPERUSER", "NOSUPERUSER"), ("ALTER ROLE % CREATEROLE", "NOCREATEROLE"),
            ("ALTER ROLE % CREATEDB", "NOCREATEDB"), ("ALTER ROLE % REPLICATION", "NOREPLICATION"),
            ("ALTER ROLE % BYPASSRLS", "NOBYPASSRLS"),
            ("GRANT pg_execute_server_program TO %", "REVOKE pg_execute_server_program"),
            ("GRANT pg_read_server_files TO %", "REVOKE pg_read_server_files"),
            ("GRANT pg_write_server_files TO %", "REVOKE pg_write_server_files"),
            ("GRANT pg_signal_backend TO %", "REVOKE pg_signal_backend"),
            ("GRANT pg_read_all_data TO %", "REVOKE pg_read_all_data"),
            ("GRANT pg_write_all_data TO %", "REVOKE pg_write_all_data"),
            ("GRANT lockstep TO %", "REVOKE lockstep"),
            ("GRANT SELECT ON audit_log TO %", "audit_log"),
            ("GRANT DELETE ON audit_log_head TO %", "audit_log_head"),
            ("GRANT SELECT (hash) ON audit_log TO %", "audit_log"),
            ("GRANT UPDATE (actor) ON audit_log TO PUBLIC", "audit_log"),
            ("GRANT INSERT ON role_permissions TO %", "role_permissions"),
            ("GRANT SELECT ON lockstep_migrations TO PUBLIC", "lockstep_migrations"),
            ("CREATE VIEW seen AS SELECT hash FROM audit_log; GRANT SELECT ON seen TO %", "seen"),
            ("CREATE MATERIALIZED VIEW seen AS SELECT hash FROM audit_log; GRANT SELECT ON seen TO PUBLIC", "seen"),
            ("GRANT EXECUTE ON FUNCTION pg_read_file(text) TO %", "pg_read_file"),
            ("GRANT EXECUTE ON FUNCTION pg_ls_dir(text) TO PUBLIC", "pg_ls_dir"),
            ("GRANT EXECUTE ON FUNCTION lo_import(text) TO %", "lo_import"),
            ("CREATE FUNCTION wipe() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM audit_log'", "wipe"),
            ("ALTER TABLE farms OWNER TO %", "owns something"),
            ("GRANT CREATE ON SCHEMA public TO %; ALTER SCHEMA public OWNER TO %", "owns something"),
            ("GRANT CREATE ON SCHEMA public TO %", "REVOKE CREATE ON SCHEMA public"),
            ("CREATE SCHEMA other; GRANT CREATE ON SCHEMA other TO PUBLIC", "REVOKE CREATE ON SCHEMA other"),
        ])
    func roles(_ fault: (sql: String, mend: String)) async throws {
        try await RestrictedFixture.use(.postgreSQL) { fixture in
            try await fixture.restricted.check()
            try await fixture.own(fault.sql.replacing("%", with: fixture.role))
            do throws(RestrictedSQLError) {
                _ = try await fixture.restricted.execute("SELECT 1")
                Issue.record("it ran")
            } catch {
                guard case .notRestricted(let faults) = error else {
                    Issue.record("\(error)")
                    return
                }
                #expect(faults.contains { $0.contains(fault.mend) }, "\(faults)")
            }
        }
    }

    @Test("the service's own login is refused")
    func owner() async throws {
        try await RestrictedFixture.use(.postgreSQL) { fixture in
            let own = try RestrictedSQL.open(
                url: fixture.place, protecting: RestrictedFixture.protected, logger: .silent)
            await #expect(throws: RestrictedSQLError.self) { try await own.check() }
            #expect(await own.outcome("SELECT 1") == "not restricted")
        }
    }

    @Test("a role's name is quoted")
    func quoting() {
        let statements = RestrictedSQL.roleStatements(role: "a\"; DROP TABLE farms; --", tables: ["t\""])
        #expect(statements.allSatisfy { !$0.contains("a\";") })
        #expect(
            statements.last
                == "GRANT SELECT, INSERT, UPDATE, DELETE ON \"public\".\"t\"\"\" TO \"a\"\"; DROP TABLE farms; --\"")
    }
}
