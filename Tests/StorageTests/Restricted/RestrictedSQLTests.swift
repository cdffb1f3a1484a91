import TestSupport
import Testing

@testable import Storage

@Suite("A statement of an administrator", .timeLimit(.minutes(10)))
struct RestrictedSQLTests {
    typealias Kind = RestrictedFixture.Kind

    @Test("reads with names and values in order", arguments: Kind.allCases)
    func reads(_ kind: Kind) async throws {
        try await RestrictedFixture.use(kind) { fixture in
            let result = try await fixture.restricted.execute(
                "SELECT name, area, area AS name FROM farms ORDER BY id -- all\n")
            #expect(result.columns == ["name", "area", "name"])
            #expect(
                result.rows == [
                    [.text("north"), .integer(1), .integer(1)], [.text("south; east"), .integer(2), .integer(2)],
                    [.text("west"), .null, .null],
                ])
            #expect(result.changes == 0)
            #expect(!result.isTruncated)
        }
    }

    @Test("changes, and says how much; the service sees it at once", arguments: Kind.allCases)
    func changes(_ kind: Kind) async throws {
        try await RestrictedFixture.use(kind) { fixture in
            let result = try await fixture.restricted.execute(
                "UPDATE farms SET area = 9 WHERE area IS NOT NULL RETURNING id")
            #expect(result.changes == 2)
            #expect(Set(result.rows) == [[.text("f1")], [.text("f2")]])
            let rows = try await fixture.database.read {
                try await $0.query("SELECT COUNT(*) AS n FROM farms WHERE area = 9", [])
            }
            #expect(try rows[0].integer("n") == 2)
        }
    }

    static let oneOrMore = [
        ("SELECT 'a;b' AS x", "done"),
        ("SELECT 'it''s; fine' AS \"a;b\" /* ; DELETE FROM farms */ ; -- ; DELETE FROM farms\n", "done"),
        ("/* ' */ SELECT 1 ;", "done"),
        ("SELECT name FROM farms WHERE name = 'south; east';  \n\t", "done"),
        ("SELECT 1; DELETE FROM farms", "refused"),
        ("SELECT 1; -- a\n DELETE FROM farms", "refused"),
        ("SELECT 1 /* */; /* ; */ DELETE FROM farms /* */", "refused"),
        ("SELECT ';'; DELETE FROM farms WHERE name <> ';'", "refused"),
        ("DELETE FROM farms; ROLLBACK", "refused"),
        ("SELECT 1\0; DELETE FROM farms", "refused"),
    ]

    @Test("is one statement, whatever its texts and comments hold", arguments: Kind.allCases)
    func oneStatement(_ kind: Kind) async throws {
        try await RestrictedFixture.use(kind) { fixture in
            for (sql, outcome) in Self.oneOrMore {
                #expect(await fixture.restricted.outcome(sql) == outcome, "\(sql)")
                try await fixture.expectUntouched()
            }
        }
    }

    @Test("what is no statement is told so", arguments: Kind.allCases)
    func noStatement(_ kind: Kind) async throws {
        try await RestrictedFixture.use(kind) { fixture in
            for sql in ["", "  \n", ";", "-- nothing", "/* nothing */", "SELECT ? AS x", "SELECT $1 AS x"] {
                #expect(["refused", "invalid"].contains(await fixture.restricted.outcome(sql)), "\(sql)")
            }
            #expect(await fixture.restricted.outcome("SELEC 1") == "invalid")
            #expect(await fixture.restricted.outcome("SELECT nothing FROM farms") == "invalid")
            #expect(await fixture.restricted.outcome("SELECT 1 FROM absent") != "done")
            let long = "SELECT '" + String(repeating: "a", count: 70_000) + "'"
            #expect(await fixture.restricted.outcome(long) == "refused")
        }
    }

    @Test("what the parser stumbles over is told with its place, in characters", arguments: Kind.allCases)
    func position(_ kind: Kind) async throws {
        try await RestrictedFixture.use(kind) { fixture in
            for (sql, place) in [
                ("SELEC 1", 1), ("SELECT name FORM farms", 18), ("SELECT 'ä→𝄞', nothing FROM farms", 15),
            ] {
                do throws(RestrictedSQLError) {
                    _ = try await fixture.restricted.execute(sql)
                    Issue.record("it ran")
                } catch {
                    guard case .invalid(_, let position) = error else {
                        Issue.record("\(sql): \(error)")
                        continue
                    }
                    #expect(position == place, "\(sql): \(error)")
                }
            }
        }
    }

    /// By any way at all.
    static let reaching = [
        "SELECT COUNT(*) FROM audit_log",
        "SELECT 1 FROM audit_log_head",
        "SELECT permission FROM role_permissions",
        "SELECT COUNT(*) FROM lockstep_migrations",
        "SELECT id FROM farms WHERE EXISTS (SELECT 1 FROM audit_log)",
        "SELECT (SELECT MAX(hash) FROM audit_log) AS h FROM farms",
        "SELECT f.id FROM farms f JOIN audit_log a ON 1 = 1",
        "SELECT id FROM farms UNION SELECT hash FROM audit_log",
        "WITH a AS (SELECT hash FROM audit_log) SELECT hash FROM a",
        "SELECT hash FROM \"audit_log\"",
        "SELECT hash FROM AUDIT_LOG",
        "SELECT COUNT(*) FROM /* */ audit_log -- x",
        "DELETE FROM audit_log",
        "DELETE FROM audit_log WHERE position = 1 RETURNING hash",
        "UPDATE audit_log SET actor = 'nobody'",
        "UPDATE audit_log_head SET position = 1",
        "UPDATE farms SET name = (SELECT MAX(hash) FROM audit_log) WHERE id = 'f1' RETURNING name",
        "UPDATE farms SET area = a.at FROM audit_log a",
        "INSERT INTO farms (id, name) SELECT hash, hash FROM audit_log",
        "INSERT INTO role_permissions (role, permission) VALUES ('me', 'everything')",
        """
        INSERT INTO role_permissions (role, permission) VALUES ('me', 'everything')
        ON CONFLICT (role) DO UPDATE SET permission = 'everything'
        """,
    ]

    @Test("neither reads nor writes a protected table", arguments: Kind.allCases)
    func protectedTables(_ kind: Kind) async throws {
        try await RestrictedFixture.use(kind) { fixture in
            for sql in Self.reaching {
                #expect(await fixture.restricted.outcome(sql) == "refused", "\(sql)")
                try await fixture.expectUntouched()
            }
        }
    }

    @Test("an endless statement ends", arguments: Kind.allCases)
    func endless(_ kind: Kind) async throws {
        try await RestrictedFixture.use(kind) { fixture in
            let limits = RestrictedLimits(time: .milliseconds(300))
            for sql in [
                "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT COUNT(*) FROM r",
                """
                WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r)
                UPDATE farms SET area = (SELECT COUNT(*) FROM r)
                """,
            ] {
                #expect(await fixture.restricted.outcome(sql, limits) == "timed out")
            }
            try await fixture.expectUntouched()
            #expect(await fixture.restricted.outcome("SELECT 1") == "done")
        }
    }

    @Test("a join of millions is cut at so many rows, and at so many bytes", arguments: Kind.allCases)
    func rows(_ kind: Kind) async throws {
        let many = """
            WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 3000)
            SELECT a.n FROM r a, r b, r c
            """
        try await RestrictedFixture.use(kind) { fixture in
            let result = try await fixture.restricted.execute(many, RestrictedLimits(rows: 7))
            #expect(result.rows.count == 7)
            #expect(result.isTruncated)
            let bytes = try await fixture.restricted.execute(many, RestrictedLimits(rows: 1000, bytes: 80))
            #expect(bytes.rows.count == 10)
            #expect(bytes.isTruncated)
        }
    }

    @Test("so many changes are rolled back, by cascade too", arguments: Kind.allCases)
    func tooMany(_ kind: Kind) async throws {
        try await RestrictedFixture.use(kind) { fixture in
            for number in 1...5 { try await fixture.own("INSERT INTO blocks (id, farm) VALUES ('b\(number)', 'f1')") }
            let limits = RestrictedLimits(changes: 2)
            for sql in [
                "UPDATE farms SET area = 0", "DELETE FROM farms WHERE id = 'f1'", "DELETE FROM blocks",
                "UPDATE farms SET area = 0 RETURNING id",
            ] {
                await #expect(throws: RestrictedSQLError.tooManyChanges(limit: 2)) {
                    try await fixture.restricted.execute(sql, limits)
                }
            }
            try await fixture.expectUntouched()
            let all = try await fixture.restricted.execute("DELETE FROM farms WHERE id = 'f1'")
            #expect(all.changes == 6)
        }
    }

    @Test("what breaks a rule of the data changes nothing", arguments: Kind.allCases)
    func constraints(_ kind: Kind) async throws {
        try await RestrictedFixture.use(kind) { fixture in
            for sql in [
                "INSERT INTO blocks (id, farm) VALUES ('b1', 'absent')",
                "INSERT INTO blocks (id, farm) VALUES ('b1', 'absent') RETURNING id",
                "UPDATE farms SET name = 'same'",
                "INSERT INTO farms (id, name) VALUES ('f9', NULL)",
            ] {
                #expect(await fixture.restricted.outcome(sql) == "invalid", "\(sql)")
            }
            try await fixture.expectUntouched()
        }
    }

    @Test("an answer of a write is cut too, and the write is whole", arguments: Kind.allCases)
    func cutWrites(_ kind: Kind) async throws {
        try await RestrictedFixture.use(kind) { fixture in
            let result = try await fixture.restricted.execute(
                "UPDATE farms SET area = 4 RETURNING id", RestrictedLimits(rows: 1))
            #expect(result.isTruncated)
            #expect((result.rows.count, result.changes) == (1, 3))
            let rest = try await fixture.restricted.execute("SELECT id FROM farms WHERE area = 4")
            #expect(rest.rows.count == 3)
        }
    }

    @Test("rows that the service holds: it waits its time, and says busy", arguments: Kind.allCases)
    func busy(_ kind: Kind) async throws {
        try await RestrictedFixture.use(kind) { fixture in
            let restricted = fixture.restricted
            try await fixture.database.write { transaction in
                try await transaction.execute("UPDATE farms SET area = 1 WHERE id = 'f1'", [])
                let limits = RestrictedLimits(time: .milliseconds(300))
                #expect(await restricted.outcome("UPDATE farms SET area = 2 WHERE id = 'f1'", limits) == "busy")
                #expect(await restricted.outcome("SELECT id FROM farms", limits) == "done")
            }
        }
    }

    @Test("a cancelled task ends its statement", arguments: Kind.allCases)
    func cancelled(_ kind: Kind) async throws {
        try await RestrictedFixture.use(kind) { fixture in
            let restricted = fixture.restricted
            let endless = "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT COUNT(*) FROM r"
            let outcome = await withTaskGroup(of: String.self) { group in
                group.addTask { await restricted.outcome(endless, RestrictedLimits(time: .seconds(60))) }
                group.cancelAll()
                return await group.next()
            }
            #expect(outcome == "cancelled")
            #expect(await restricted.outcome("SELECT 1") == "done")
        }
    }

    @Test("more than a few at once are turned away")
    func line() async throws {
        try await RestrictedFixture.use(.sqlite) { fixture in
            let restricted = fixture.restricted
            let endless = "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT COUNT(*) FROM r"
            let words = await withTaskGroup(of: String.self) { group in
                for _ in 0..<8 {
                    group.addTask { await restricted.outcome(endless, RestrictedLimits(time: .milliseconds(200))) }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(words.filter { $0 == "busy" }.count == 4)
            #expect(words.filter { $0 == "timed out" }.count == 4)
        }
    }

    @Test("a database in memory, or none, has no such login")
    func unusable() async throws {
        for url in ["sqlite::memory:", "mysql://x", "nonsense"] {
            #expect(throws: RestrictedSQLError.self) {
                try RestrictedSQL.open(url: url, protecting: [], logger: .silent)
            }
        }
        let absent = try RestrictedSQL.open(
            url: "sqlite:///nonexistent/plant.sqlite", protecting: [], logger: .silent)
        #expect(await absent.outcome("SELECT 1") == "unavailable")
        let silent = try RestrictedSQL.open(
            url: "postgres://somebody:hidden-word@127.0.0.1:1/plant", protecting: [], logger: .silent)
        #expect(await silent.outcome("SELECT 1") == "unavailable")
    }
}
