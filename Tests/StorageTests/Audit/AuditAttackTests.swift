import Testing

@testable import Storage

/// Each attack is SQL of somebody who can write to the tables; what he can't reach is a head that was kept outside.
@Suite("An audit log that somebody wrote to", .timeLimit(.minutes(10)))
struct AuditAttackTests {
    let log = auditLog

    struct Attack: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let statements: [String]
        let faults: [AuditFault]

        init(_ name: String, _ statements: [String], _ faults: [AuditFault]) {
            (testDescription, self.statements, self.faults) = (name, statements, faults)
        }
    }

    private static let columns = AuditTable.list

    /// On a log of ten entries.
    static let attacks: [Attack] = [
        Attack("another actor", ["UPDATE audit_log SET actor = 'nobody' WHERE position = 4"], [.changed(4)]),
        Attack("another time", ["UPDATE audit_log SET at = at + 1 WHERE position = 4"], [.changed(4)]),
        Attack("another issuer", ["UPDATE audit_log SET issuer = NULL WHERE position = 4"], [.changed(4)]),
        Attack("other roles", ["UPDATE audit_log SET roles = '' WHERE position = 4"], [.changed(4)]),
        Attack("another area", ["UPDATE audit_log SET area = 'x' WHERE position = 4"], [.changed(4)]),
        Attack("another action", ["UPDATE audit_log SET action = 'x' WHERE position = 4"], [.changed(4)]),
        Attack("another kind", ["UPDATE audit_log SET resource_kind = NULL WHERE position = 4"], [.changed(4)]),
        Attack("another thing", ["UPDATE audit_log SET resource_id = 'f5' WHERE position = 4"], [.changed(4)]),
        Attack("another outcome", ["UPDATE audit_log SET outcome = 'done' WHERE position = 5"], [.changed(5)]),
        Attack("another request", ["UPDATE audit_log SET request_id = '' WHERE position = 4"], [.changed(4)]),
        Attack("another address", ["UPDATE audit_log SET address = '::1' WHERE position = 4"], [.changed(4)]),
        Attack("other details", ["UPDATE audit_log SET details = NULL WHERE position = 4"], [.changed(4)]),
        Attack(
            "a field's end moved into the next",
            ["UPDATE audit_log SET request_id = 'r4192.0.2.1', address = '' WHERE position = 4"], [.changed(4)]),
        // What follows is held to the hash that stands there, so it shows at both.
        Attack(
            "another hash", ["UPDATE audit_log SET hash = '00' WHERE position = 4"], [.changed(4), .changed(5)]),
        Attack("one removed", ["DELETE FROM audit_log WHERE position = 4"], [.missing(first: 4, last: 4)]),
        Attack(
            "several removed", ["DELETE FROM audit_log WHERE position IN (4, 5, 8)"],
            [.missing(first: 4, last: 5), .missing(first: 8, last: 8)]),
        Attack(
            "one removed, and the rest moved up",
            [
                "DELETE FROM audit_log WHERE position = 8",
                "UPDATE audit_log SET position = 8 WHERE position = 9",
                "UPDATE audit_log SET position = 9 WHERE position = 10",
            ], [.changed(8), .changed(9), .missing(first: 10, last: 10)]),
        Attack(
            "two swapped",
            [
                "UPDATE audit_log SET position = 99 WHERE position = 4",
                "UPDATE audit_log SET position = 4 WHERE position = 5",
                "UPDATE audit_log SET position = 5 WHERE position = 99",
            ], [.changed(4), .changed(5), .changed(6)]),
        Attack(
            "one slipped in at the end",
            [
                "INSERT INTO audit_log (position, \(columns), hash) SELECT 11, \(columns), hash FROM audit_log WHERE position = 10"
            ],
            [.behindHead(11), .changed(11)]),
        Attack(
            "one slipped in before the first",
            [
                "INSERT INTO audit_log (position, \(columns), hash) SELECT 0, \(columns), hash FROM audit_log WHERE position = 1"
            ],
            [.beforeAnchor(0)]),
        Attack(
            "the tail cut", ["DELETE FROM audit_log WHERE position > 8"], [.missing(first: 9, last: 10)]),
        Attack(
            "the tail cut, and the head set to a number alone",
            ["DELETE FROM audit_log WHERE position > 8", "UPDATE audit_log_head SET position = 8"],
            [.headChanged(8)]),
        Attack(
            "the head set back", ["UPDATE audit_log_head SET position = 9"], [.behindHead(10)]),
        Attack("the front cut", ["DELETE FROM audit_log WHERE position < 4"], [.missing(first: 1, last: 3)]),
        Attack(
            "the front cut, and the anchor moved",
            [
                """
                UPDATE audit_log_head SET anchor_position = 3,
                    anchor_hash = (SELECT hash FROM audit_log WHERE position = 3)
                """, "DELETE FROM audit_log WHERE position <= 3",
            ], [.frontCut(3)]),
        Attack("everything removed", ["DELETE FROM audit_log"], [.missing(first: 1, last: 10)]),
        Attack("the head row removed", ["DELETE FROM audit_log_head"], [.headMissing]),
    ]

    @Test("shows it, with its place", arguments: attacks, TestedDatabase.allCases)
    func shows(_ attack: Attack, _ kind: TestedDatabase) async throws {
        try await kind.use { database in
            try await log.prepare(database)
            try await log.fill(10, of: database)
            #expect(try await log.verify(in: database).faults == [])
            for statement in attack.statements { try await run(statement, database) }
            // Whatever the size of a page, so that none hides at an edge.
            for size in [1, 3, 1000] {
                #expect(try await log.verify(in: database, pageSize: size).faults == attack.faults)
            }
        }
    }

    @Test("a tail that was cut with its head shows by a head from outside", arguments: TestedDatabase.allCases)
    func cutTail(_ kind: TestedDatabase) async throws {
        try await kind.use { database in
            try await log.prepare(database)
            try await log.fill(10, of: database)
            let kept = try await log.head(of: database)
            try await run("DELETE FROM audit_log WHERE position > 7", database)
            try await run(
                """
                UPDATE audit_log_head SET position = 7, hash = (SELECT hash FROM audit_log WHERE position = 7)
                """, database)
            #expect(try await log.verify(in: database).isIntact)
            #expect(try await log.verify(expecting: [kept], in: database).faults == [.tailCut(kept)])
        }
    }

    @Test("a log written anew by who knows how shows by a head from outside", arguments: TestedDatabase.allCases)
    func rewritten(_ kind: TestedDatabase) async throws {
        try await kind.use { database in
            try await log.prepare(database)
            try await log.fill(6, of: database)
            let old = try await log.head(of: database)
            try await log.fill(4, of: database)
            let kept = try await log.head(of: database)
            try await forge(database, from: 8)
            #expect(try await log.verify(in: database).isIntact)
            #expect(try await log.verify(expecting: [old, kept], in: database).faults == [.rewritten(kept)])
            #expect(try await log.verify(expecting: [old], in: database).isIntact)
        }
    }

    @Test("another log in its place shows by a head from outside", arguments: TestedDatabase.allCases)
    func replaced(_ kind: TestedDatabase) async throws {
        try await kind.use { database in
            try await log.prepare(database)
            try await log.fill(3, of: database)
            let kept = try await log.head(of: database)
            try await run("DELETE FROM audit_log", database)
            try await run("DELETE FROM audit_log_head", database)
            #expect(try await log.verify(expecting: [kept], in: database).faults == [.headMissing])
            await #expect(throws: StorageError.self) { try await log.verify(in: database) }
            try await log.establish(id: "log-b", in: database)
            try await log.fill(3, of: database)
            #expect(try await log.verify(in: database).isIntact)
            #expect(try await log.verify(expecting: [kept], in: database).faults == [.otherLog(kept)])
        }
    }

    @Test("the log's name alone can't be changed", arguments: TestedDatabase.allCases)
    func renamed(_ kind: TestedDatabase) async throws {
        try await kind.use { database in
            try await log.prepare(database)
            try await log.fill(2, of: database)
            try await run("UPDATE audit_log_head SET log_id = 'log-b'", database)
            #expect(try await log.verify(in: database).faults == [.headChanged(0), .changed(1), .changed(2)])
        }
    }

    @Test("a front cut behind a true pruning shows too", arguments: TestedDatabase.allCases)
    func cutBehindPruning(_ kind: TestedDatabase) async throws {
        try await kind.use { database in
            try await log.prepare(database)
            try await log.fill(10, of: database)
            try await log.prune(before: 4, keeping: 100, by: "lockstep", now: 50, in: database)
            #expect(try await log.verify(in: database).isIntact)
            try await run(
                """
                UPDATE audit_log_head SET anchor_position = 6,
                    anchor_hash = (SELECT hash FROM audit_log WHERE position = 6)
                """, database)
            try await run("DELETE FROM audit_log WHERE position <= 6", database)
            #expect(try await log.verify(in: database).faults == [.frontCut(6)])
        }
    }

    @Test("a position that is no number shows", arguments: ["x", "1.5"])
    func unreadable(_ position: String) async throws {
        // SQLite alone keeps such a thing in a BIGINT column.
        try await TestedDatabase.sqliteMemory.use { database in
            try await log.prepare(database)
            try await log.fill(3, of: database)
            try await run("UPDATE audit_log SET position = '\(position)' WHERE position = 2", database)
            let faults = try await log.verify(in: database).faults
            #expect(faults.contains { $0.code == "unreadable" })
            #expect(faults.contains(.missing(first: 2, last: 2)))
        }
    }

    @Test("so much that was changed is told up to a bound")
    func many() async throws {
        try await TestedDatabase.sqliteMemory.use { database in
            try await log.prepare(database)
            try await log.fill(150, of: database)
            try await run("UPDATE audit_log SET actor = 'x'", database)
            let report = try await log.verify(in: database)
            #expect(report.faults.count == 100)
            #expect(report.hasMoreFaults)
        }
    }

    /// Changes an entry and makes all hashes from there on anew, and the head with them.
    private func forge(_ database: any Storage.Database, from first: Int64) async throws {
        try await database.write { transaction in
            try await transaction.execute(
                "UPDATE audit_log SET actor = 'nobody' WHERE position = ?", [.integer(first)])
            let rows = try await transaction.query(
                "SELECT position, \(AuditTable.list), hash FROM audit_log WHERE position >= ? ORDER BY position",
                [.integer(first - 1)])
            var hash = try rows[0].text("hash")
            for row in rows.dropFirst() {
                let position = try row.integer("position")
                hash = AuditHash.entry(
                    after: hash, logID: "log-a", position: position, values: AuditTable.values(of: row))
                try await transaction.execute(
                    "UPDATE audit_log SET hash = ? WHERE position = ?", [.text(hash), .integer(position)])
            }
            try await transaction.execute("UPDATE audit_log_head SET hash = ?", [.text(hash)])
        }
    }

    private func run(_ statement: String, _ database: any Storage.Database) async throws {
        try await database.write { try await $0.execute(statement, []) }
    }
}
