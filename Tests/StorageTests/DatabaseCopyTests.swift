import Synchronization
import TestSupport
import Testing

@testable import Storage

@Suite("Copies of databases", .timeLimit(.minutes(10)))
struct DatabaseCopyTests {
    /// A table that refers to itself, two that refer to each other, a key of two columns, every type.
    private static let migrations =
        [
            Migration(
                id: "0001-everything",
                statements: [
                    """
                    CREATE TABLE people (
                        id TEXT NOT NULL PRIMARY KEY,
                        boss TEXT REFERENCES people (id),
                        amount BIGINT,
                        weight DOUBLE PRECISION,
                        photo BYTEA,
                        note TEXT
                    )
                    """,
                    "CREATE TABLE farms (id TEXT NOT NULL PRIMARY KEY, owner TEXT NOT NULL REFERENCES people (id))",
                    """
                    CREATE TABLE blocks (
                        farm TEXT NOT NULL REFERENCES farms (id),
                        number BIGINT NOT NULL,
                        note TEXT,
                        PRIMARY KEY (farm, number)
                    )
                    """,
                    "CREATE TABLE words (id TEXT NOT NULL PRIMARY KEY)",
                    "INSERT INTO words (id) VALUES ('made by the migration')",
                ])
        ] + [Migration(id: "0002-log", statements: EventLog(table: "news").statements)]

    /// Each kind to each kind.
    static let ways: [(TestedDatabase, TestedDatabase)] = TestedDatabase.allCases.flatMap { from in
        TestedDatabase.allCases.map { (from, $0) }
    }

    private static func use(
        _ way: (TestedDatabase, TestedDatabase),
        _ body: (_ source: any Storage.Database, _ target: any Storage.Database) async throws -> Void
    ) async throws {
        try await way.0.use { source in
            try await source.migrate(migrations, namespace: "test")
            try await way.1.use { target in
                try await target.migrate(migrations, namespace: "test")
                try await body(source, target)
            }
        }
    }

    /// Bosses come behind those whom they lead; more rows than a page.
    private static func fill(_ database: any Storage.Database) async throws {
        let people: [(String, SQLValue, SQLValue, SQLValue)] = [
            ("a", .integer(.max), .real(0.1), .blob([0, 255, 10])), ("b", .integer(.min), .real(-0.0), .blob([])),
            ("c", .null, .real(1e300), .null), ("Ä 🌱\n'\"", .integer(0), .real(3), .blob(Array(0...255))),
        ]
        try await database.write { transaction in
            try await transaction.execute("INSERT INTO people (id) VALUES ('z')", [])
            for (id, amount, weight, photo) in people {
                try await transaction.execute(
                    "INSERT INTO people (id, boss, amount, weight, photo) VALUES (?, 'z', ?, ?, ?)",
                    [.text(id), amount, weight, photo])
            }
            try await transaction.execute("INSERT INTO farms (id, owner) VALUES ('f', 'a')", [])
            for number in 0..<1200 {
                try await transaction.execute(
                    "INSERT INTO blocks (farm, number, note) VALUES ('f', ?, ?)",
                    [.integer(Int64(number)), number.isMultiple(of: 3) ? .null : .text("no \(number)")])
            }
        }
        let log = EventLog(table: "news")
        try await log.establish(id: "old", in: database)
        for number in 0..<3 {
            try await database.write { try await log.append("{\(number)}", now: 1, expiresAt: 100, $0) }
        }
    }

    @Test("everything arrives as it was, whichever way it goes; the source stays as it was", arguments: ways)
    func everything(_ way: (TestedDatabase, TestedDatabase)) async throws {
        try await Self.use(way) { source, target in
            try await Self.fill(source)
            let before = try await DatabaseCopy.digests(of: source)
            // As a start of the service leaves it.
            try await EventLog(table: "news").establish(id: "new", in: target)
            let heard = Progress()
            var copy = DatabaseCopy(from: source, to: target)
            copy.fresh = ["words": try await Self.freshWords()]
            copy.progress = heard.hear
            let report = try await copy.run()
            #expect(report.tables == before)
            #expect(
                report.tables.mapValues(\.rows) == [
                    "people": 5, "farms": 1, "blocks": 1200, "words": 1, "news": 3, "news_head": 1,
                ])
            #expect(try await DatabaseCopy.digests(of: target) == before)
            #expect(try await DatabaseCopy.digests(of: source) == before)
            let page = try await target.read {
                try await EventLog(table: "news").page(after: "old.1", limit: 9, $0)
            }
            #expect(page?.entries.map(\.payload) == ["{1}", "{2}"])
            let last = try #require(heard.last)
            #expect(last.done == 1211 && last.total == 1211 && last.phase == .comparing)
            // The constraints are what they were: each statement is looked at again.
            await #expect(throws: StorageError.self) {
                try await target.write { transaction in
                    try await transaction.execute("INSERT INTO farms (id, owner) VALUES ('g', 'nobody')", [])
                    try await transaction.execute("INSERT INTO people (id) VALUES ('nobody')", [])
                }
            }
        }
    }

    private static func freshWords() async throws -> TableDigest {
        let database = try Databases.open(url: "sqlite::memory:", logger: .silent)
        try await database.migrate(migrations, namespace: "test")
        let digest = try await DatabaseCopy.digests(of: database)["words"] ?? TableDigest()
        try await database.close()
        return digest
    }

    private final class Progress: Sendable {
        private let heard = Mutex<[DatabaseCopy.Progress]>([])
        var last: DatabaseCopy.Progress? { heard.withLock { $0.last } }
        @Sendable func hear(_ progress: DatabaseCopy.Progress) { heard.withLock { $0.append(progress) } }
    }

    @Test(
        "a restore gives ordered logs new names, so that no position is taken for another",
        arguments: TestedDatabase.allCases)
    func restoredLogs(_ kind: TestedDatabase) async throws {
        try await Self.use((.sqliteMemory, kind)) { source, target in
            try await Self.fill(source)
            var copy = DatabaseCopy(from: source, to: target)
            copy.fresh = ["words": try await Self.freshWords()]
            copy.newLogID = { "renamed" }
            #expect(try await copy.run().tables == DatabaseCopy.digests(of: target))
            let log = EventLog(table: "news")
            #expect(try await target.read { try await log.page(after: "old.1", limit: 9, $0) } == nil)
            #expect(try await target.read { try await log.page(after: "renamed.1", limit: 9, $0) }?.entries.count == 2)
        }
    }

    // MARK: Refusals

    private static func refused(_ copy: DatabaseCopy) async throws -> TransferFault {
        var copy = copy
        copy.fresh = ["words": try await freshWords()]
        let failing = copy
        let error = await #expect(throws: TransferFault.self) { try await failing.run() }
        return try #require(error)
    }

    @Test("a target that holds rows is refused and named, and keeps them", arguments: TestedDatabase.allCases)
    func notEmpty(_ kind: TestedDatabase) async throws {
        try await Self.use((.sqliteMemory, kind)) { source, target in
            try await Self.fill(source)
            try await target.write { try await $0.execute("INSERT INTO people (id) VALUES ('mine')", []) }
            try await target.write { try await $0.execute("INSERT INTO words (id) VALUES ('mine too')", []) }
            let before = try await DatabaseCopy.digests(of: target)
            #expect(try await Self.refused(DatabaseCopy(from: source, to: target)) == .notEmpty(["people", "words"]))
            #expect(try await DatabaseCopy.digests(of: target) == before)
        }
    }

    @Test(
        "values that don't fit are named with table, key and column, all of them counted; nothing is kept",
        arguments: TestedDatabase.allCases)
    func types(_ kind: TestedDatabase) async throws {
        try await Self.use((.sqliteMemory, kind)) { source, target in
            try await source.write { transaction in
                try await transaction.execute("INSERT INTO people (id, amount) VALUES ('ok', 1)", [])
                try await transaction.execute("INSERT INTO people (id, amount) VALUES ('x', 'secret')", [])
                try await transaction.execute("INSERT INTO people (id, photo) VALUES ('y', 'text')", [])
                try await transaction.execute("INSERT INTO people (id, weight) VALUES ('w', x'01')", [])
                try await transaction.execute("INSERT INTO people (id, boss) VALUES ('z', 'ok')", [])
                try await transaction.execute("UPDATE people SET amount = 1.5 WHERE id = 'z'", [])
                for number in 0..<30 {
                    try await transaction.execute(
                        "INSERT INTO people (id, amount) VALUES (?, 'x')", [.text("n\(number)")])
                }
            }
            let fault = try await Self.refused(DatabaseCopy(from: source, to: target))
            guard case .types(let faults, let count) = fault else { return #expect(Bool(false), "\(fault)") }
            #expect(count == 34)
            #expect(faults.count == 20)
            #expect(fault.lines.contains("… and 14 more"))
            #expect(!fault.lines.joined().contains("secret"))
            #expect(faults.allSatisfy { $0.key.hasPrefix("id = 'n") })
            #expect(try await DatabaseCopy.digests(of: target)["people"]?.rows == 0)
        }
    }

    private static let broken =
        "people (id = 'x'): column note is text and holds text with U+0000, or that is no UTF-8"

    @Test("a key that can't be read whole ends the copy at once, and is not taken for another row's")
    func brokenKeys() async throws {
        try await Self.use((.sqliteMemory, .sqliteMemory)) { source, target in
            try await source.write { transaction in
                try await transaction.execute("INSERT INTO people (id) VALUES ('a' || char(0) || 'b')", [])
                try await transaction.execute("INSERT INTO people (id) VALUES ('a' || char(0) || 'c')", [])
            }
            let fault = try await Self.refused(DatabaseCopy(from: source, to: target))
            guard case .types(let faults, count: 2) = fault else { return #expect(Bool(false), "\(fault)") }
            #expect(faults.map(\.column) == ["id", "id"])
        }
    }

    @Test(
        "each fault is told by its row and kinds",
        arguments: [
            ("amount", "'nine'", "people (id = 'x'): column amount is integer and holds text"),
            ("amount", "1.5", "people (id = 'x'): column amount is integer and holds a real"),
            ("amount", "x'00'", "people (id = 'x'): column amount is integer and holds a blob"),
            ("photo", "'text'", "people (id = 'x'): column photo is blob and holds text"),
            ("photo", "7", "people (id = 'x'): column photo is blob and holds an integer"),
            ("weight", "'heavy'", "people (id = 'x'): column weight is real and holds text"),
            ("weight", "9e999", "people (id = 'x'): column weight is real and holds a real that is not finite"),
            ("note", "x'41'", "people (id = 'x'): column note is text and holds a blob"),
            ("note", "'a' || char(0) || 'b'", broken), ("note", "CAST(x'41F09F98' AS TEXT)", broken),
            ("note", "CAST(x'FF' AS TEXT)", broken),
        ])
    func typeLines(_ column: String, _ value: String, _ line: String) async throws {
        try await Self.use((.sqliteMemory, .sqliteMemory)) { source, target in
            try await source.write { transaction in
                try await transaction.execute("INSERT INTO people (id, \(column)) VALUES ('x', \(value))", [])
            }
            let fault = try await Self.refused(DatabaseCopy(from: source, to: target))
            #expect(fault.lines.first == line)
        }
    }

    @Test(
        "a source of other migrations, or with other tables, is refused before a row is read",
        arguments: TestedDatabase.allCases)
    func otherSchemas(_ kind: TestedDatabase) async throws {
        try await Self.use((kind, .sqliteMemory)) { source, target in
            let extra = Migration(id: "0003", statements: ["CREATE TABLE more (id TEXT NOT NULL PRIMARY KEY)"])
            try await target.migrate(Self.migrations + [extra], namespace: "test")
            let behind = try await Self.refused(DatabaseCopy(from: source, to: target))
            #expect(behind.lines == ["the source lacks migration test/0003: run lockstep db migrate on it first"])
            let ahead = try await Self.refused(DatabaseCopy(from: target, to: source))
            #expect(
                ahead.lines == [
                    "the source has migration test/0003, which the target has not: use the build that made it"
                ])
            try await source.migrate(Self.migrations + [extra], namespace: "test")
            try await source.write { transaction in
                try await transaction.execute("CREATE TABLE mine (id TEXT NOT NULL PRIMARY KEY)", [])
            }
            let other = try await Self.refused(DatabaseCopy(from: source, to: target))
            #expect(other.lines == ["the source has a table mine, which no migration makes: move it away first"])
        }
    }

    @Test("a reference to nothing fails the copy, and the target stays empty", arguments: TestedDatabase.allCases)
    func dangling(_ kind: TestedDatabase) async throws {
        try await withTemporaryFolder { folder in
            let url = "sqlite://\(folder)/data.sqlite"
            let made = try Databases.open(url: url, logger: .silent)
            try await made.migrate(Self.migrations, namespace: "test")
            try await made.close()
            // As any other tool would, which looks at no foreign key.
            let careless = try SQLiteConnection.writer(path: "\(folder)/data.sqlite")
            _ = try await careless.execute("PRAGMA foreign_keys = OFF", [])
            _ = try await careless.execute("INSERT INTO farms (id, owner) VALUES ('f', 'nobody')", [])
            try careless.close()
            let source = try Databases.openForReading(url: url, logger: .silent)
            try await kind.use { target in
                try await target.migrate(Self.migrations, namespace: "test")
                var copy = DatabaseCopy(from: source, to: target)
                copy.fresh = ["words": try await Self.freshWords()]
                let failing = copy
                let error = await #expect(throws: StorageError.self) { try await failing.run() }
                guard case .foreignKeyViolation = error else {
                    return #expect(Bool(false), "\(String(describing: error))")
                }
                #expect(try await DatabaseCopy.digests(of: target).mapValues(\.rows).values.reduce(0, +) == 1)
            }
            try await source.close()
        }
    }

    @Test("what arrives otherwise than it was sent is found, and nothing of it is kept")
    func changedOnTheWay() async throws {
        try await Self.use((.sqliteMemory, .sqliteMemory)) { source, target in
            try await Self.fill(source)
            try await target.write { transaction in
                try await transaction.execute(
                    """
                    CREATE TRIGGER gremlin AFTER INSERT ON people WHEN NEW.id = 'a'
                    BEGIN UPDATE people SET amount = 1 WHERE id = NEW.id; END
                    """, [])
            }
            let fault = try await Self.refused(DatabaseCopy(from: source, to: target))
            guard case .differs(table: "people", let sent, let arrived) = fault else {
                return #expect(Bool(false), "\(fault)")
            }
            #expect(sent.rows == arrived.rows && sent.checksum != arrived.checksum)
            #expect(try await DatabaseCopy.digests(of: target)["blocks"]?.rows == 0)
        }
    }

    @Test("the checksum tells rows apart that look alike, and not their order")
    func digests() {
        let alike: [[SQLValue]] = [
            [.text("1"), .null], [.integer(1), .null], [.real(1), .null], [.blob([49]), .null], [.null, .text("1")],
            [.text("1\u{0}"), .text("")], [.text("1"), .text("\u{0}")], [.text(""), .null], [.blob([]), .null],
        ]
        let checksums = alike.map { row in
            var digest = TableDigest()
            digest.add(row)
            return digest.checksum
        }
        #expect(Set(checksums).count == alike.count)
        #expect(checksums.allSatisfy { $0.count == 64 })
        var forwards = TableDigest()
        var backwards = TableDigest()
        for row in alike { forwards.add(row) }
        for row in alike.reversed() { backwards.add(row) }
        #expect(forwards == backwards)
        var twice = forwards
        twice.add(alike[0])
        #expect(twice != forwards)
    }

    @Test("what is applied, missing, changed or not known")
    func standing() {
        func document(_ entries: [String: String]) -> MigrationDocument {
            MigrationDocument(namespaces: [
                .init(
                    namespace: "n",
                    migrations: entries.sorted { $0.key < $1.key }.map { .init(id: $0.key, checksum: $0.value) })
            ])
        }
        let standing = MigrationStanding(
            applied: document(["1": "a", "2": "b", "4": "d"]), known: document(["1": "a", "2": "B", "3": "c"]))
        #expect(
            standing.entries.map { "\($0.id) \($0.state)" } == ["1 applied", "2 changed", "3 missing", "4 unknown"])
        #expect(!standing.isUpToDate)
        #expect(MigrationStanding(applied: document(["1": "a"]), known: document(["1": "a"])).isUpToDate)
        #expect(MigrationStanding(applied: document(["1": "a"]), known: nil).isUpToDate)
    }
}
