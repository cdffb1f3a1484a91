import Testing

@testable import Storage

@Suite("An ordered log", .timeLimit(.minutes(10)))
struct EventLogTests {
    let log = EventLog(table: "events")

    private func prepare(_ database: any Storage.Database, id: String = "log-a") async throws {
        try await database.migrate([Migration(id: "0001", statements: log.statements)], namespace: "test")
        try await log.establish(id: id, in: database)
    }

    private func append(_ payload: String, to database: any Storage.Database, now: Int64 = 100, lives: Int64 = 50)
        async throws
    {
        let log = log
        try await database.write { try await log.append(payload, now: now, expiresAt: now + lives, $0) }
    }

    private func page(
        _ database: any Storage.Database, after cursor: String? = nil, limit: Int = 10
    ) async throws -> EventLog.Page? {
        let log = log
        return try await database.read { try await log.page(after: cursor, limit: limit, $0) }
    }

    @Test("is read in its order, page by page, and resumed where it ended", arguments: TestedDatabase.allCases)
    func resumes(_ kind: TestedDatabase) async throws {
        try await kind.use { database in
            try await prepare(database)
            for number in 1...5 { try await append("\(number)", to: database) }
            var seen: [String] = []
            var cursor: String?
            var pages = 0
            while let page = try await page(database, after: cursor, limit: 2) {
                pages += 1
                seen += page.entries.map(\.payload)
                cursor = page.next
                if !page.hasMore { break }
            }
            #expect(seen == ["1", "2", "3", "4", "5"])
            #expect(pages == 3)
            #expect(try await page(database, after: cursor)?.entries == [])
            try await append("6", to: database)
            #expect(try await page(database, after: cursor)?.entries.map(\.payload) == ["6"])
        }
    }

    @Test(
        "what is rolled back was never there, and leaves no gap that is waited for", arguments: TestedDatabase.allCases)
    func rollsBack(_ kind: TestedDatabase) async throws {
        struct Boom: Error {}
        try await kind.use { database in
            try await prepare(database)
            let log = log
            await #expect(throws: Boom.self) {
                try await database.write { transaction in
                    try await log.append("lost", now: 1, expiresAt: 2, transaction)
                    throw Boom()
                }
            }
            try await append("kept", to: database)
            #expect(try await page(database)?.entries.map(\.payload) == ["kept"])
        }
    }

    @Test("many writers at once: every entry once, each cursor another", arguments: TestedDatabase.allCases)
    func concurrent(_ kind: TestedDatabase) async throws {
        try await kind.use { database in
            try await prepare(database)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 { group.addTask { try await append("\(number)", to: database) } }
                try await group.waitForAll()
            }
            let entries = try #require(try await page(database, limit: 100)).entries
            #expect(Set(entries.map(\.payload)).count == 20)
            #expect(Set(entries.map(\.cursor)).count == 20)
        }
    }

    @Test(
        "a cursor that is none of this log is refused",
        arguments: ["log-b.1", "log-a.3", "log-a.-1", "log-a.01", "log-a.", "log-a", ".1", "", "log-a.1.1", "log-a.+1"])
    func foreign(_ cursor: String) async throws {
        try await TestedDatabase.sqliteMemory.use { database in
            try await prepare(database)
            for _ in 0..<2 { try await append("x", to: database) }
            #expect(try await page(database, after: "log-a.2") != nil)
            #expect(try await page(database, after: cursor) == nil)
        }
    }

    @Test("is established once: the same log at each start")
    func establishedOnce() async throws {
        try await TestedDatabase.sqliteMemory.use { database in
            try await prepare(database)
            try await append("x", to: database)
            try await log.establish(id: "log-z", in: database)
            #expect(try await page(database)?.next == "log-a.1")
        }
    }

    @Test(
        "what has expired goes, positions are never given twice, and a cursor from before it is refused",
        arguments: TestedDatabase.allCases)
    func sweeps(_ kind: TestedDatabase) async throws {
        try await kind.use { database in
            try await prepare(database)
            try await append("old", to: database, now: 100)
            let old = try await page(database)?.next
            try await append("newer", to: database, now: 120)
            #expect(try await log.sweep(now: 150, maximum: 100, in: database) == 0)
            #expect(try await page(database)?.entries.count == 2)
            #expect(try await log.sweep(now: 151, maximum: 100, in: database) == 0)
            #expect(try await page(database)?.entries.map(\.payload) == ["newer"])
            #expect(try await page(database, after: old)?.entries.map(\.payload) == ["newer"])
            #expect(try await page(database, after: "log-a.0") == nil)
            _ = try await log.sweep(now: 1000, maximum: 100, in: database)
            let empty = try #require(try await page(database))
            #expect(empty.entries == [])
            #expect(empty.next == "log-a.2")
            try await append("newest", to: database)
            #expect(try await page(database, after: empty.next)?.entries.map(\.cursor) == ["log-a.3"])
        }
    }

    @Test("is bounded; the oldest go, and that is told")
    func bounded() async throws {
        try await TestedDatabase.sqliteMemory.use { database in
            try await prepare(database)
            for number in 1...5 { try await append("\(number)", to: database) }
            #expect(try await log.sweep(now: 100, maximum: 2, in: database) == 3)
            #expect(try await page(database)?.entries.map(\.payload) == ["4", "5"])
            #expect(try await page(database, after: "log-a.2") == nil)
        }
    }
}
