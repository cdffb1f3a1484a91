import Testing

@testable import Storage

@Suite("Migrations", .timeLimit(.minutes(10)))
struct MigrationTests {
    static let first = Migration(id: "0001", statements: ["CREATE TABLE one (id TEXT NOT NULL PRIMARY KEY)"])
    static let second = Migration(id: "0002", statements: ["INSERT INTO one (id) VALUES ('made by 0002')"])

    @Test("each runs once, in order, however often they are applied", arguments: TestedDatabase.allCases)
    func idempotent(_ kind: TestedDatabase) async throws {
        try await kind.use { database in
            try await database.migrate([Self.first], namespace: "a")
            for _ in 0..<3 { try await database.migrate([Self.first, Self.second], namespace: "a") }
            let rows = try await database.read { try await $0.query("SELECT id FROM one", []) }
            #expect(rows.count == 1)
        }
    }

    @Test("two that start together apply each once", arguments: TestedDatabase.allCases)
    func concurrent(_ kind: TestedDatabase) async throws {
        try await kind.use { database in
            async let one: Void = database.migrate([Self.first, Self.second], namespace: "a")
            async let two: Void = database.migrate([Self.first, Self.second], namespace: "a")
            _ = try await (one, two)
            let rows = try await database.read { try await $0.query("SELECT id FROM one", []) }
            #expect(rows.count == 1)
        }
    }

    @Test("namespaces do not see each other's ids", arguments: TestedDatabase.allCases)
    func namespaces(_ kind: TestedDatabase) async throws {
        try await kind.use { database in
            try await database.migrate([Self.first], namespace: "a")
            let other = Migration(id: "0001", statements: ["CREATE TABLE two (id TEXT NOT NULL PRIMARY KEY)"])
            try await database.migrate([other], namespace: "b")
            #expect(try await database.read { try await $0.query("SELECT id FROM two", []) }.isEmpty)
        }
    }

    static let contradictions: [(name: String, list: [Migration])] = [
        ("a changed one", [Migration(id: "0001", statements: ["CREATE TABLE other (id TEXT)"]), second]),
        ("a newer database than the binary", [first]),
        ("an unknown one", [first, Migration(id: "0009", statements: ["SELECT 1"])]),
        ("one slipped in before", [first, Migration(id: "0001b", statements: ["SELECT 1"]), second]),
        ("the same id twice", [first, first]),
    ]

    @Test("a record that contradicts the list is refused", arguments: TestedDatabase.allCases, contradictions)
    func contradicted(_ kind: TestedDatabase, _ case: (name: String, list: [Migration])) async throws {
        try await kind.use { database in
            try await database.migrate([Self.first, Self.second], namespace: "a")
            let error = await #expect(throws: StorageError.self) {
                try await database.migrate(`case`.list, namespace: "a")
            }
            guard case .migration = error else { return #expect(Bool(false), "\(String(describing: error))") }
        }
    }

    @Test("one that fails half-way leaves nothing of itself", arguments: TestedDatabase.allCases)
    func atomic(_ kind: TestedDatabase) async throws {
        try await kind.use { database in
            let broken = Migration(
                id: "0001",
                statements: ["CREATE TABLE half (id TEXT NOT NULL)", "CREATE TABLE half (id TEXT NOT NULL)"])
            await #expect(throws: StorageError.self) { try await database.migrate([broken], namespace: "a") }
            let mended = Migration(id: "0001", statements: ["CREATE TABLE half (id TEXT NOT NULL)"])
            try await database.migrate([mended], namespace: "a")
        }
    }
}
