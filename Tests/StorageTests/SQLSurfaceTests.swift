import Testing

@testable import Storage

@Suite("The SQL surface", .timeLimit(.minutes(10)))
struct SQLSurfaceTests {
    static let texts = ["", "plain", "Zoë Ünïcode 日本語 🌱", "'; DROP TABLE things; --", "line\nbreak", "100%_?"]

    @Test("text comes back as it went in", arguments: TestedDatabase.allCases, texts)
    func text(_ kind: TestedDatabase, _ text: String) async throws {
        try await kind.use { database in
            try await database.migrate([thingsMigration], namespace: "test")
            try await database.insertThing("a", name: text)
            let rows = try await database.read {
                try await $0.query("SELECT name FROM things WHERE name = ?", [.text(text)])
            }
            #expect(try rows.map { try $0.text("name") } == [text])
        }
    }

    static let stored: [(String, SQLValue)] = [
        ("amount", .integer(0)), ("amount", .integer(.max)), ("weight", .real(0.1)), ("weight", .real(-1e300)),
        ("weight", .null), ("content", .blob([])), ("content", .blob([0, 1, 255])), ("content", .null),
        ("content", .blob(Array(repeating: 7, count: 100_000))),
    ]

    @Test("numbers, blobs and null come back as they went in", arguments: TestedDatabase.allCases, stored)
    func values(_ kind: TestedDatabase, _ pair: (column: String, value: SQLValue)) async throws {
        try await kind.use { database in
            try await database.migrate([thingsMigration], namespace: "test")
            try await database.write { transaction in
                try await transaction.execute(
                    "INSERT INTO things (id, \(pair.column)) VALUES ('a', ?)", [pair.value])
            }
            let rows = try await database.read { try await $0.query("SELECT \(pair.column) FROM things", []) }
            #expect(rows.map(\.columns) == [[pair.column: pair.value]])
        }
    }

    static let altered: [(SQLValue, String)] = [
        (.real(.nan), "weight"), (.real(.infinity), "weight"), (.text("a\0b"), "name"),
    ]

    @Test("what a database would silently alter is refused", arguments: TestedDatabase.allCases, altered)
    func refusesAltered(_ kind: TestedDatabase, _ pair: (value: SQLValue, column: String)) async throws {
        try await kind.use { database in
            try await database.migrate([thingsMigration], namespace: "test")
            await #expect(throws: StorageError.self) {
                try await database.write { transaction in
                    try await transaction.execute(
                        "INSERT INTO things (id, \(pair.column)) VALUES ('a', ?)", [pair.value])
                }
            }
            #expect(try await database.thingCount() == 0)
        }
    }

    @Test("constraints say which one, by kind", arguments: TestedDatabase.allCases)
    func constraints(_ kind: TestedDatabase) async throws {
        try await kind.use { database in
            try await database.migrate([thingsMigration], namespace: "test")
            try await database.insertThing("a", name: "same")
            await #expect(throws: StorageError.uniqueViolation("things.name")) {
                try await database.insertThing("b", name: "same")
            }
            await #expect(throws: StorageError.uniqueViolation("things.id")) { try await database.insertThing("a") }
            let foreign = await #expect(throws: StorageError.self) {
                try await database.insertThing("c", owner: "nobody")
            }
            guard case .foreignKeyViolation = foreign else {
                return #expect(Bool(false), "\(String(describing: foreign))")
            }
            let check = await #expect(throws: StorageError.self) { try await database.insertThing("d", amount: -1) }
            guard case .constraintViolation = check else { return #expect(Bool(false), "\(String(describing: check))") }
            // Null is not a value: two of them are not the same.
            try await database.insertThing("e")
            try await database.insertThing("f")
            #expect(try await database.thingCount() == 3)
        }
    }

    static let misuse: [(String, [SQLValue])] = [
        ("SELECT id FROM things WHERE id = ?", []),
        ("SELECT id FROM things WHERE id = ?", [.text("a"), .text("b")]),
        ("SELECT id FROM nothing", []),
        ("SELEKT 1", []),
        ("SELECT id FROM things; DELETE FROM things", []),
        ("SELECT id, name AS id FROM things", []),
    ]

    @Test("a fault in a statement is an error, not a guess", arguments: TestedDatabase.allCases, misuse)
    func statements(_ kind: TestedDatabase, _ pair: (sql: String, arguments: [SQLValue])) async throws {
        try await kind.use { database in
            try await database.migrate([thingsMigration], namespace: "test")
            try await database.insertThing("a")
            let error = await #expect(throws: StorageError.self) {
                try await database.write { try await $0.query(pair.sql, pair.arguments) }
            }
            guard case .invalidStatement = error else { return #expect(Bool(false), "\(String(describing: error))") }
            #expect(try await database.thingCount() == 1)
        }
    }

    @Test("execute answers how many rows it changed", arguments: TestedDatabase.allCases)
    func changes(_ kind: TestedDatabase) async throws {
        try await kind.use { database in
            try await database.migrate([thingsMigration], namespace: "test")
            for id in ["a", "b", "c"] { try await database.insertThing(id) }
            let counts = try await database.write { transaction in
                [
                    try await transaction.execute("UPDATE things SET amount = 1 WHERE id <> ?", [.text("a")]),
                    try await transaction.execute("UPDATE things SET amount = 1 WHERE id = 'none'", []),
                    try await transaction.execute(
                        "INSERT INTO things (id) VALUES ('a') ON CONFLICT (id) DO NOTHING", []),
                    try await transaction.execute("CREATE TABLE more (id TEXT NOT NULL PRIMARY KEY)", []),
                ]
            }
            #expect(counts == [2, 0, 0, 0])
        }
    }

    @Test("a row tells a wrong type, a null and a missing column apart, without the value")
    func rowGetters() {
        let row = SQLRow(columns: ["n": .integer(2), "t": .text("hush"), "z": .null])
        #expect(throws: StorageError.decoding("column t holds text, expected integer")) { try row.integer("t") }
        #expect(throws: StorageError.decoding("column z is null")) { try row.text("z") }
        #expect(throws: StorageError.decoding("the answer has no column x")) { try row.optionalText("x") }
        #expect(throws: StorageError.decoding("column n holds 2, expected 0 or 1")) { try row.bool("n") }
    }
}
