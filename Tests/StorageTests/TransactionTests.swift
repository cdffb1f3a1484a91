import Testing

@testable import Storage

private struct Boom: Error, Equatable {}

@Suite("Transactions", .timeLimit(.minutes(10)))
struct TransactionTests {
    @Test("what a body wrote is read back after it returned", arguments: TestedDatabase.allCases)
    func commits(_ kind: TestedDatabase) async throws {
        try await kind.use { database in
            try await database.migrate([thingsMigration], namespace: "test")
            try await database.insertThing("a")
            #expect(try await database.thingCount() == 1)
        }
    }

    @Test("a body that throws leaves nothing behind, and its own error comes out", arguments: TestedDatabase.allCases)
    func rollsBack(_ kind: TestedDatabase) async throws {
        try await kind.use { database in
            try await database.migrate([thingsMigration], namespace: "test")
            await #expect(throws: Boom()) {
                try await database.write { transaction in
                    try await transaction.execute("INSERT INTO things (id) VALUES ('a')", [])
                    throw Boom()
                }
            }
            #expect(try await database.thingCount() == 0)
            try await database.insertThing("b")
            #expect(try await database.thingCount() == 1)
        }
    }

    @Test("a hundred concurrent increments make a hundred", arguments: TestedDatabase.allCases)
    func serialises(_ kind: TestedDatabase) async throws {
        try await kind.use { database in
            try await database.migrate([thingsMigration], namespace: "test")
            try await database.insertThing("counter")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        try await database.write { transaction in
                            let rows = try await transaction.query("SELECT amount FROM things", [])
                            await Task.yield()
                            try await transaction.execute(
                                "UPDATE things SET amount = ?", [.integer(try rows[0].integer("amount") + 1)])
                        }
                    }
                }
                try await group.waitForAll()
            }
            let rows = try await database.read { try await $0.query("SELECT amount FROM things", []) }
            #expect(try rows[0].integer("amount") == 100)
        }
    }

    @Test("a swallowed statement error does not let the rest be committed", arguments: TestedDatabase.allCases)
    func swallowedErrors(_ kind: TestedDatabase) async throws {
        try await kind.use { database in
            try await database.migrate([thingsMigration], namespace: "test")
            try await database.insertThing("a")
            await #expect(throws: StorageError.uniqueViolation("things.id")) {
                try await database.write { transaction in
                    try await transaction.execute("INSERT INTO things (id) VALUES ('b')", [])
                    _ = try? await transaction.execute("INSERT INTO things (id) VALUES ('a')", [])
                }
            }
            await #expect(throws: StorageError.self) {
                try await database.write { transaction in
                    _ = try? await transaction.execute("INSERT INTO things (id) VALUES ('a')", [])
                    try await transaction.execute("INSERT INTO things (id) VALUES ('c')", [])
                }
            }
            #expect(try await database.thingCount() == 1)
        }
    }

    @Test(
        "a transaction inside a transaction is refused instead of waiting for itself",
        arguments: TestedDatabase.allCases)
    func nesting(_ kind: TestedDatabase) async throws {
        try await kind.use { database in
            try await database.migrate([thingsMigration], namespace: "test")
            await #expect(throws: StorageError.self) {
                try await database.write { _ in try await database.insertThing("a") }
            }
            await #expect(throws: StorageError.self) {
                try await database.write { _ in _ = try await database.thingCount() }
            }
            #expect(try await database.thingCount() == 0)
        }
    }

    @Test("a transaction that outlives its body refuses to work", arguments: TestedDatabase.allCases)
    func escape(_ kind: TestedDatabase) async throws {
        try await kind.use { database in
            try await database.migrate([thingsMigration], namespace: "test")
            let escaped = try await database.write { $0 }
            await #expect(throws: StorageError.self) {
                try await escaped.execute("INSERT INTO things (id) VALUES ('a')", [])
            }
            #expect(try await database.thingCount() == 0)
        }
    }

    @Test("a cancelled body is rolled back and the writer is free again", arguments: TestedDatabase.allCases)
    func cancellation(_ kind: TestedDatabase) async throws {
        try await kind.use { database in
            try await database.migrate([thingsMigration], namespace: "test")
            let (reached, signal) = AsyncStream.makeStream(of: Void.self)
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    try? await database.write { transaction in
                        try await transaction.execute("INSERT INTO things (id) VALUES ('a')", [])
                        signal.finish()
                        // Ends by cancellation alone.
                        for await _ in AsyncStream<Void>.makeStream().stream {}
                    }
                }
                for await _ in reached {}
                group.cancelAll()
            }
            #expect(try await database.thingCount() == 0)
            try await database.insertThing("b")
            #expect(try await database.thingCount() == 1)
        }
    }

    @Test("a read refuses to write", arguments: TestedDatabase.allCases)
    func readOnly(_ kind: TestedDatabase) async throws {
        try await kind.use { database in
            try await database.migrate([thingsMigration], namespace: "test")
            await #expect(throws: StorageError.self) {
                try await database.read { try await $0.execute("INSERT INTO things (id) VALUES ('a')", []) }
            }
            try await database.insertThing("b")
            #expect(try await database.thingCount() == 1)
        }
    }

    @Test("after close everything is refused", arguments: TestedDatabase.allCases)
    func closed(_ kind: TestedDatabase) async throws {
        try await kind.use { database in
            try await database.ping()
            try await database.close()
            await #expect(throws: StorageError.unavailable("the database is closed")) { try await database.ping() }
            try await database.close()
        }
    }
}
