import Foundation
import TestSupport
import Testing

@testable import Storage

/// What SQLite's authorizer and limits have to stop.
@Suite("A statement of an administrator on SQLite", .timeLimit(.minutes(10)))
struct RestrictedSQLiteTests {
    static let attacks = [
        "ATTACH DATABASE '/tmp/lockstep-attack.sqlite' AS other",
        "ATTACH DATABASE ':memory:' AS other",
        "DETACH DATABASE main",
        "PRAGMA writable_schema = 1",
        "PRAGMA journal_mode = OFF",
        "PRAGMA database_list",
        "SELECT name FROM pragma_table_info('farms')",
        "SELECT * FROM pragma_database_list",
        "BEGIN", "BEGIN IMMEDIATE", "COMMIT", "END", "ROLLBACK", "SAVEPOINT a", "RELEASE a", "ROLLBACK TO a",
        "SELECT load_extension('/tmp/x.so')",
        "SELECT load_extension('/tmp/x.so', 'entry')",
        "CREATE TABLE x (a)", "CREATE TEMP TABLE x (a)", "CREATE TABLE x AS SELECT hash FROM audit_log",
        "CREATE TEMP TABLE x AS SELECT id FROM farms",
        "DROP TABLE farms", "ALTER TABLE farms RENAME TO farms2", "ALTER TABLE farms ADD COLUMN x TEXT",
        "ALTER TABLE audit_log DROP COLUMN actor",
        "CREATE INDEX i ON farms (area)", "DROP INDEX audit_log_by_time", "REINDEX", "ANALYZE",
        "CREATE VIEW v AS SELECT hash FROM audit_log", "CREATE TEMP VIEW v AS SELECT hash FROM audit_log",
        "CREATE TRIGGER t AFTER UPDATE ON farms BEGIN DELETE FROM audit_log; END",
        "CREATE TEMP TRIGGER t AFTER UPDATE ON farms BEGIN DELETE FROM audit_log; END",
        "CREATE VIRTUAL TABLE v USING fts5 (x)", "CREATE VIRTUAL TABLE temp.v USING rtree (id, a, b)",
        "INSERT INTO sqlite_master (type, name) VALUES ('table', 'x')",
        "SELECT hash FROM main.audit_log", "SELECT hash FROM [audit_log]", "SELECT hash FROM `Audit_Log`",
        "SELECT COUNT(*) FROM main.audit_log NOT INDEXED",
        "SELECT COUNT(*) FROM audit_log INDEXED BY audit_log_by_time",
        "EXPLAIN SELECT hash FROM audit_log",
        "REPLACE INTO audit_log_head (name) VALUES ('log')",
        "WITH RECURSIVE r (n) AS (SELECT hash FROM audit_log UNION SELECT n FROM r) SELECT n FROM r",
    ]

    @Test("has no way out of the data", arguments: attacks)
    func refused(_ sql: String) async throws {
        try await RestrictedFixture.use(.sqlite) { fixture in
            #expect(await fixture.restricted.outcome(sql) == "refused")
            try await fixture.expectUntouched()
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: fixture.place).allSatisfy { $0.hasPrefix("plant") })
        }
    }

    /// Not in every build of SQLite: where there is none of that name, that is the answer. And some of it SQLite refuses
    /// before it asks.
    @Test(
        "functions and tables that reach files or the schema are not there, or refused",
        arguments: [
            "SELECT readfile('/etc/passwd')", "SELECT writefile('/tmp/x', 'x')", "SELECT edit('x')",
            "SELECT fts3_tokenizer('simple')", "SELECT fts3_tokenizer('simple', X'00')",
            "SELECT data FROM sqlite_dbpage", "SELECT COUNT(*) FROM sqlite_dbpage", "SELECT COUNT(*) FROM dbstat",
            "SELECT COUNT(*) FROM pragma_table_info('farms')", "SELECT name FROM dbstat", "SELECT sql FROM sqlite_stmt",
            "SELECT value FROM generate_series(1, 10)", "SELECT name FROM fsdir('/')",
            "UPDATE sqlite_master SET sql = 'x'", "DELETE FROM sqlite_master", "DELETE FROM sqlite_schema",
        ])
    func functions(_ sql: String) async throws {
        try await RestrictedFixture.use(.sqlite) { fixture in
            #expect(["refused", "invalid"].contains(await fixture.restricted.outcome(sql)))
        }
    }

    @Test("no copy of the file is made")
    func vacuum() async throws {
        try await RestrictedFixture.use(.sqlite) { fixture in
            for sql in ["VACUUM", "VACUUM INTO '\(fixture.place)/copy.sqlite'"] {
                #expect(await fixture.restricted.outcome(sql) != "done")
            }
            #expect(!FileManager.default.fileExists(atPath: fixture.place + "/copy.sqlite"))
        }
    }

    @Test("a view, a trigger and a cascade of the service's own do not reach a protected table either")
    func indirectly() async throws {
        try await RestrictedFixture.use(.sqlite) { fixture in
            try await fixture.own("CREATE VIEW seen AS SELECT hash FROM audit_log")
            try await fixture.own("CREATE VIEW through AS SELECT hash FROM seen")
            try await fixture.own("CREATE VIEW harmless AS SELECT id FROM farms")
            try await fixture.own(
                "CREATE TRIGGER t AFTER UPDATE OF area ON farms BEGIN DELETE FROM audit_log; END")
            try await fixture.own(
                "CREATE TRIGGER u AFTER INSERT ON blocks BEGIN UPDATE farms SET area = (SELECT MAX(at) FROM audit_log); END"
            )
            for sql in [
                "SELECT hash FROM seen", "SELECT COUNT(*) FROM through", "UPDATE farms SET area = 7",
                "INSERT INTO blocks (id, farm) VALUES ('b', 'f1')",
            ] {
                #expect(await fixture.restricted.outcome(sql) == "refused", "\(sql)")
            }
            #expect(await fixture.restricted.outcome("SELECT id FROM harmless") == "done")
            #expect(await fixture.restricted.outcome("UPDATE farms SET name = name") == "done")
            try await fixture.expectUntouched()
        }
    }

    @Test("a protected table that hangs on another by a cascade stops the deletion")
    func cascade() async throws {
        try await RestrictedFixture.use(.sqlite) { fixture in
            try await fixture.own(
                "CREATE TABLE notes (id TEXT PRIMARY KEY, farm TEXT REFERENCES farms (id) ON DELETE CASCADE)")
            try await fixture.own("INSERT INTO notes (id, farm) VALUES ('n', 'f1')")
            let restricted = try RestrictedSQL.open(
                url: "sqlite://\(fixture.place)/plant.sqlite", protecting: ["notes"], logger: .silent)
            #expect(await restricted.outcome("DELETE FROM farms WHERE id = 'f1'") == "refused")
            try await fixture.expectUntouched()
        }
    }

    @Test(
        "a value of gigabytes is not made",
        arguments: [
            "SELECT zeroblob(2000000000)", "SELECT length(zeroblob(2000000000))", "SELECT randomblob(2000000000)",
            "SELECT hex(zeroblob(1000000000))",
            "SELECT replace(hex(zeroblob(100000)), '0', hex(zeroblob(100000)))",
            "SELECT group_concat(hex(zeroblob(100000))) FROM farms",
            "UPDATE farms SET name = hex(zeroblob(1000000))",
        ])
    func large(_ sql: String) async throws {
        try await RestrictedFixture.use(.sqlite) { fixture in
            #expect(await fixture.restricted.outcome(sql) == "too large")
            try await fixture.expectUntouched()
        }
    }

    @Test("the file does not grow by more than it may")
    func growth() async throws {
        try await RestrictedFixture.use(.sqlite) { fixture in
            let fill = """
                WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 900)
                INSERT INTO farms (id, name) SELECT n, n || hex(randomblob(5000)) FROM r
                """
            #expect(await fixture.restricted.outcome(fill, RestrictedLimits(growth: 1 << 20)) == "too large")
            try await fixture.expectUntouched()
            #expect(await fixture.restricted.outcome(fill) == "done")
        }
    }

    @Test("\"name\" is a column or a mistake, never a text")
    func doubleQuotes() async throws {
        try await RestrictedFixture.use(.sqlite) { fixture in
            #expect(await fixture.restricted.outcome("DELETE FROM farms WHERE \"nmae\" = \"nmae\"") == "invalid")
            try await fixture.expectUntouched()
        }
    }
}
