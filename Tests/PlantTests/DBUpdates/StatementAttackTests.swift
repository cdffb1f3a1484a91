import Foundation
import HTTPTypes
import PlantTesting
import Storage
import TestSupport
import Testing

@testable import Plant

/// Whoever has all that is asked for, and wants more: each attack over HTTP, on both databases.
@Suite("Statements that reach for more", .timeLimit(.minutes(10)))
struct StatementAttackTests {
    typealias Kind = DBUpdatesStage.Kind

    /// On both.
    static let attacks = [
        // The tables on which the audit and the permissions rest, by any way.
        "SELECT hash FROM audit_log", "SELECT COUNT(*) FROM Audit_Log", "SELECT hash FROM \"audit_log\" -- skills",
        "DELETE FROM audit_log", "UPDATE audit_log SET actor = 'nobody'", "UPDATE audit_log_head SET position = 1",
        "INSERT INTO audit_log_head (name) VALUES ('other')",
        "SELECT s.id FROM skills s WHERE EXISTS (SELECT 1 FROM audit_log)",
        "SELECT name FROM skills UNION SELECT hash FROM audit_log",
        "WITH a AS (SELECT hash FROM audit_log) SELECT hash FROM a",
        "UPDATE skills SET description = (SELECT MAX(hash) FROM audit_log)",
        "SELECT payload FROM revocations", "DELETE FROM revocations_head", "SELECT outcome FROM validation_audit",
        "SELECT COUNT(*) FROM idempotency_keys", "DELETE FROM lockstep_migrations",
        "INSERT INTO role_permissions (role, permission) VALUES ('viewer', 'customers.erase')",
        "DELETE FROM permissions",
        // A second statement, in plain sight and behind comments.
        "SELECT 1; DELETE FROM skills", "SELECT 1; -- \n DELETE FROM skills",
        "SELECT ';' /* ; */; DELETE FROM skills /* */",
        "DELETE FROM skills; ROLLBACK", "SELECT 1 \u{0}; DELETE FROM skills",
        // The transaction, the schema.
        "BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT a",
        "CREATE TABLE x (a TEXT)", "CREATE TABLE x AS SELECT 1 AS a", "DROP TABLE skills",
        "ALTER TABLE skills ADD COLUMN x TEXT",
        "CREATE VIEW v AS SELECT hash FROM audit_log", "CREATE INDEX i ON skills (level)",
        "DROP INDEX skills_name_living",
        "", ";", "-- nothing", "SELECT ? AS x",
    ]

    static let ofSQLite = [
        "ATTACH DATABASE '/tmp/lockstep-attack.sqlite' AS other", "DETACH DATABASE main", "PRAGMA writable_schema = 1",
        "PRAGMA database_list", "SELECT name FROM pragma_table_info('skills')", "SELECT load_extension('/tmp/x.so')",
        "SELECT readfile('/etc/passwd')", "SELECT data FROM sqlite_dbpage", "UPDATE sqlite_master SET sql = 'x'",
        "CREATE TEMP TRIGGER t AFTER UPDATE ON skills BEGIN DELETE FROM audit_log; END",
        "VACUUM INTO '/tmp/lockstep-attack'",
        "REINDEX", "EXPLAIN SELECT hash FROM audit_log",
    ]

    static let ofPostgreSQL = [
        "COPY skills TO PROGRAM 'id'", "COPY skills FROM PROGRAM 'id'", "COPY skills TO '/tmp/lockstep-attack'",
        "COPY skills FROM '/etc/passwd'", "COPY skills TO STDOUT", "SELECT pg_read_file('/etc/passwd')",
        "SELECT pg_ls_dir('/')", "SELECT lo_import('/etc/passwd')", "SELECT lo_export(1, '/tmp/x')",
        "SET ROLE lockstep",
        "RESET ROLE", "SET SESSION AUTHORIZATION lockstep", "SELECT set_config('role', 'lockstep', false)",
        "SET statement_timeout = 0", "DO $$ BEGIN DELETE FROM audit_log; END $$", "CREATE EXTENSION dblink",
        "GRANT ALL ON audit_log TO CURRENT_USER", "ALTER ROLE CURRENT_USER SUPERUSER", "TRUNCATE skills",
        "LOCK TABLE skills", "LISTEN revocations", "EXPLAIN ANALYZE DELETE FROM skills", "ANALYZE DELETE FROM skills",
        "WITH d AS (DELETE FROM audit_log RETURNING hash) SELECT hash FROM d", "SELECT rolpassword FROM pg_authid",
        "SELECT query_to_xml('SELECT hash FROM audit_log', true, false, '')", "CALL f()", "VACUUM",
        "PREPARE a AS SELECT 1", "MERGE INTO audit_log a USING skills s ON false WHEN NOT MATCHED THEN DO NOTHING",
    ]

    @Test("nothing of it is done, and each is told before and after in the audit log", arguments: Kind.allCases)
    func refused(_ kind: Kind) async throws {
        try await DBUpdatesStage.use(kind) { stage in
            let attacks = Self.attacks + (kind == .sqlite ? Self.ofSQLite : Self.ofPostgreSQL)
            var told = 0
            for sql in attacks {
                let answer = try await stage.run(sql)
                if sql.isEmpty {
                    #expect(answer.fields == ["sql"])
                    continue
                }
                // What is no statement there at all is one that is not understood.
                #expect(
                    ["statement_refused", "statement_invalid"].contains(answer.code ?? ""), "\(sql): \(answer.text)")
                #expect([403, 422].contains(answer.status.code), "\(sql)")
                told += 2
                let entries = try await stage.audited()
                #expect(entries.count == told, "\(sql)")
                #expect(entries.last?.outcome == .refused(answer.code ?? ""), "\(sql)")
                #expect(entries.dropLast().last?.outcome == .begun, "\(sql)")
                #expect(try await stage.skills() == DBUpdatesStage.untouched, "\(sql)")
            }
            // The log holds, and nothing was slipped in.
            let verified = try await stage.plant.send(.get, "/api/v1/audit/head", token: stage.plant.token("admin"))
            #expect(verified["head"]?.contains(":\(told + 3):") == true, "\(verified.text)")
            #expect(try await stage.plant.send(.get, "/api/v1/skills", token: stage.token()).integer("total") == 3)
        }
    }

    @Test("reasons are told: which table, which kind of statement", arguments: Kind.allCases)
    func reasons(_ kind: Kind) async throws {
        try await DBUpdatesStage.use(kind) { stage in
            let table = try await stage.run("DELETE FROM audit_log")
            #expect(table.status == .forbidden)
            #expect(table["detail"]?.contains("audit_log") == true, "\(table.text)")
            let second = try await stage.run("SELECT 1; DELETE FROM skills")
            #expect(second["detail"] == "Not allowed here: only one statement is allowed.")
            if kind == .sqlite {
                #expect(
                    try await stage.run("ATTACH DATABASE ':memory:' AS x")["detail"]
                        == "Not allowed here: ATTACH is not allowed.")
                #expect(
                    try await stage.run("PRAGMA user_version")["detail"] == "Not allowed here: PRAGMA is not allowed.")
            }
        }
    }

    @Test("a view or a trigger that the owner made leads to no protected table", arguments: Kind.allCases)
    func indirect(_ kind: Kind) async throws {
        try await DBUpdatesStage.use(kind) { stage in
            switch kind {
            case .sqlite:
                try await stage.own("CREATE VIEW seen AS SELECT hash FROM audit_log")
                try await stage.own(
                    "CREATE TRIGGER cleans AFTER UPDATE ON skills BEGIN DELETE FROM audit_log WHERE position = 1; END")
                for sql in ["SELECT hash FROM seen", "UPDATE skills SET level = 5"] {
                    let answer = try await stage.run(sql)
                    #expect(answer.code == "statement_refused", "\(answer.text)")
                    #expect(answer["detail"]?.contains("audit_log") == true)
                }
            case .postgreSQL:
                try await stage.own(
                    "CREATE VIEW seen AS SELECT hash FROM audit_log; GRANT SELECT ON seen TO \(stage.role)")
                let answer = try await stage.run("SELECT hash FROM seen")
                // With a right on a view the login may do too much, and nothing runs at all.
                #expect(answer.code == "db_updates_not_ready")
                #expect(answer["detail"]?.contains("REVOKE ALL ON seen") == true, "\(answer.text)")
            }
            #expect(try await stage.audited().count == (kind == .sqlite ? 4 : 2))
        }
    }

    @Test(
        "what goes beyond its limits changes nothing",
        arguments: Kind.allCases)
    func limits(_ kind: Kind) async throws {
        let endless = "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) "
        try await DBUpdatesStage.use(kind) { stage in
            let cases: [(sql: String, more: [String: Any])] = [
                ("UPDATE skills SET level = 1", ["max_rows": 2]), ("DELETE FROM skills", ["max_rows": 1]),
                (endless + "SELECT COUNT(*) FROM r", ["timeout_ms": 200]),
                (endless + "UPDATE skills SET level = (SELECT COUNT(*) FROM r)", ["timeout_ms": 200]),
                (
                    "UPDATE skills SET description = \(kind == .sqlite ? "hex(zeroblob(9000000))" : "repeat('x', 20000000)") RETURNING description",
                    [:]
                ),
            ]
            for (sql, more) in cases {
                let answer = try await stage.run(sql, more)
                #expect(answer.status == .unprocessableContent, "\(sql): \(answer.text)")
                #expect(answer.code == "statement_limit", "\(sql)")
                #expect(answer["detail"]?.hasSuffix("nothing was changed.") == true)
                #expect(try await stage.audited().last?.outcome == .refused("statement_limit"))
            }
            let changed = try await stage.plant.plant.database.read { transaction in
                try await transaction.query(
                    "SELECT COUNT(*) AS n FROM skills WHERE level IS NOT NULL OR description IS NOT NULL", [])
            }
            #expect(try changed.first?.integer("n") == 0)
            #expect(try await stage.skills() == DBUpdatesStage.untouched)
        }
    }

    @Test("rows beyond the limit are left out, and that is told", arguments: Kind.allCases)
    func truncated(_ kind: Kind) async throws {
        try await DBUpdatesStage.use(kind, ["DB_UPDATES_MAX_ROWS": "20"]) { stage in
            let many = "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 500) SELECT n FROM r"
            for (more, count) in [([:], 20), (["max_rows": 7], 7)] as [([String: Any], Int)] {
                let answer = try await stage.run(many, more)
                #expect(answer.integer("row_count") == count)
                #expect(answer.text.contains(#""truncated":true"#))
            }
            #expect(try await stage.run("SELECT 1 AS one").text.contains(#""truncated":false"#))
        }
    }

    @Test("a body that is not what is asked for never comes to the database")
    func bodies() async throws {
        try await DBUpdatesStage.use(.sqlite, ["DB_UPDATES_MAX_ROWS": "50", "DB_UPDATES_TIMEOUT_SECONDS": "2"]) {
            stage in
            let long = String(repeating: "a", count: 65_500)
            let bodies: [(json: String, fields: Set<String>)] = [
                (#"{"sql":"DELETE FROM skills"}"#, ["confirm"]),
                (#"{"sql":"DELETE FROM skills","confirm":false}"#, ["confirm"]),
                (#"{"sql":"DELETE FROM skills","confirm":"true"}"#, ["confirm"]),
                (#"{"sql":"DELETE FROM skills","confirm":1}"#, ["confirm"]),
                (#"{"sql":"DELETE FROM skills","confirm":null}"#, ["confirm"]),
                (#"{"confirm":true}"#, ["sql"]), (#"{"sql":7,"confirm":true}"#, ["sql"]),
                (#"{"sql":["DELETE FROM skills"],"confirm":true}"#, ["sql"]),
                (#"{"sql":"SELECT '\#(long)\#(long)'","confirm":true}"#, ["sql"]),
                (#"{"sql":"DELETE FROM skills","confirm":true,"max_rows":51}"#, ["max_rows"]),
                (#"{"sql":"DELETE FROM skills","confirm":true,"max_rows":0}"#, ["max_rows"]),
                (#"{"sql":"DELETE FROM skills","confirm":true,"max_rows":-1}"#, ["max_rows"]),
                (#"{"sql":"DELETE FROM skills","confirm":true,"timeout_ms":2001}"#, ["timeout_ms"]),
                (#"{"sql":"DELETE FROM skills","confirm":true,"timeout_ms":0}"#, ["timeout_ms"]),
                (#"{"sql":"DELETE FROM skills","confirm":true,"database":"other"}"#, ["database"]),
                (#"{}"#, ["confirm", "sql"]),
            ]
            for (json, fields) in bodies {
                let answer = try await stage.send(.post, DBUpdatesStage.execute, token: stage.token(), json: json)
                #expect(answer.status == .unprocessableContent, "\(json.prefix(80))")
                #expect(answer.fields == fields, "\(json.prefix(80))")
            }
            for (json, status) in [
                ("not json", HTTPResponse.Status.badRequest), (#"{"sql":"a","sql":"b","confirm":true}"#, .badRequest),
                (#"["DELETE FROM skills"]"#, .unprocessableContent),
                (#"{"sql":"\#(String(repeating: "a", count: 500_000))","confirm":true}"#, .contentTooLarge),
            ] {
                let answer = try await stage.send(.post, DBUpdatesStage.execute, token: stage.token(), json: json)
                #expect(answer.status == status, "\(json.prefix(40))")
            }
            let form = try await stage.send(
                .post, DBUpdatesStage.execute, token: stage.token(),
                json: #"{"sql":"DELETE FROM skills","confirm":true}"#,
                headers: [("Content-Type", "text/plain")])
            #expect(form.status == .unsupportedMediaType)
            #expect(try await stage.audited().isEmpty)
            #expect(try await stage.skills() == DBUpdatesStage.untouched)
        }
    }
}
