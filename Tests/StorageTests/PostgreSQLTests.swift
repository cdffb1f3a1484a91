import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Storage

/// What only a server can do to us.
@Suite(
    "PostgreSQL", .enabled(if: TestedPostgreSQL.isNamed, "LOCKSTEP_TEST_POSTGRES_URL names no server"),
    .timeLimit(.minutes(10)))
struct PostgreSQLTests {
    private func use(
        _ parameters: String = "", _ body: (_ database: any Storage.Database, _ url: String) async throws -> Void
    ) async throws {
        try await TestedPostgreSQL.withDatabase { url in
            let database = try Databases.open(url: url + parameters, logger: .silent)
            try await body(database, url)
            try await database.close()
        }
    }

    /// With one connection, so that each statement has the same.
    private func useOne(_ body: (_ database: any Storage.Database) async throws -> Void) async throws {
        try await TestedPostgreSQL.withDatabase { url in
            guard case .postgreSQL(var address) = try DatabaseURL.parse(url) else { return }
            address.limits.connections = 1
            let database = try PostgreSQLDatabase(address: address, logger: .silent)
            // Migrating itself takes a second connection.
            try await database.write { transaction in
                for statement in thingsMigration.statements { try await transaction.execute(statement, []) }
            }
            try await body(database)
            try await database.close()
        }
    }

    static let attacks = [
        "'; DROP TABLE things; --", "$1", "\\'; DELETE FROM things; --", "$$; DROP TABLE things; $$", "a' OR '1'='1",
    ]

    @Test("an argument is a value, whatever it looks like", arguments: attacks)
    func injection(_ attack: String) async throws {
        try await use { database, _ in
            try await database.migrate([thingsMigration], namespace: "test")
            try await database.insertThing("a", name: attack)
            let found = try await database.read {
                try await $0.query("SELECT name FROM things WHERE name = ?", [.text(attack)])
            }
            #expect(try found.map { try $0.text("name") } == [attack])
            #expect(try await database.thingCount() == 1)
        }
    }

    static let answers: [(String, SQLValue)] = [
        ("SELECT CAST(7 AS SMALLINT) AS v", .integer(7)), ("SELECT CAST(7 AS INTEGER) AS v", .integer(7)),
        ("SELECT TRUE AS v", .integer(1)), ("SELECT SUM(n) AS v FROM (VALUES (1), (2)) AS t (n)", .integer(3)),
        ("SELECT CAST(9223372036854775807 AS NUMERIC) AS v", .integer(.max)),
        ("SELECT CAST(0.5 AS NUMERIC) AS v", .real(0.5)), ("SELECT CAST(0.5 AS REAL) AS v", .real(0.5)),
        ("SELECT CAST('a' AS VARCHAR(3)) AS v", .text("a")), ("SELECT NULL AS v", .null),
        ("SELECT CAST('x' AS BYTEA) AS v", .blob([120])),
    ]

    @Test("the server's types become ours", arguments: answers)
    func types(_ sql: String, _ expected: SQLValue) async throws {
        try await use { database, _ in
            let rows = try await database.read { try await $0.query(sql, []) }
            #expect(rows.map(\.columns) == [["v": expected]])
        }
    }

    @Test(
        "what does not fit is refused, not rounded",
        arguments: ["CAST(9223372036854775808 AS NUMERIC)", "CAST('NaN' AS DOUBLE PRECISION)", "now()"])
    func refusedTypes(_ expression: String) async throws {
        try await use { database, _ in
            let error = await #expect(throws: StorageError.self) {
                try await database.read { try await $0.query("SELECT \(expression) AS v", []) }
            }
            guard case .decoding = error else { return #expect(Bool(false), "\(String(describing: error))") }
        }
    }

    @Test("a cancelled task ends its statement at the server, and the pool goes on")
    func cancellation() async throws {
        try await use("?pool_size=2") { database, url in
            await withTaskGroup(of: Bool.self) { group in
                group.addTask {
                    do {
                        _ = try await database.read { try await $0.query("SELECT pg_sleep(600) AS s", []) }
                        return false
                    } catch { return error is CancellationError }
                }
                while (try? await Self.sleeping(url)) != 1 { await Task.yield() }
                group.cancelAll()
                #expect(await group.next() == true)
            }
            #expect(try await Self.sleeping(url) == 0)
            try await database.ping()
        }
    }

    private static func sleeping(_ url: String) async throws -> Int? {
        let sql = """
            SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' \
            AND query LIKE 'SELECT pg_sleep%'
            """
        return Int(try await TestedPostgreSQL.run(sql, at: url).trimmingCharacters(in: .whitespacesAndNewlines))
    }

    @Test("a statement that takes too long is ended by the server")
    func statementTimeout() async throws {
        try await use("?statement_timeout=200") { database, _ in
            let error = await #expect(throws: StorageError.self) {
                try await database.read { try await $0.query("SELECT pg_sleep(600) AS s", []) }
            }
            guard case .unavailable = error else { return #expect(Bool(false), "\(String(describing: error))") }
            try await database.ping()
        }
    }

    @Test("the pool is bounded, and those who wait are served in turn")
    func exhaustion() async throws {
        try await use("?pool_size=2") { database, url in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        _ = try await database.read { try await $0.query("SELECT pg_sleep(0.01) AS s", []) }
                    }
                }
                try await group.waitForAll()
            }
            let sql =
                "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = 'lockstep' AND datname = current_database()"
            let connections = Int(try await TestedPostgreSQL.run(sql, at: url).trimmingCharacters(in: .newlines))
            #expect(connections.map { 1...2 ~= $0 } == true)
        }
    }

    @Test("who waits for a connection in vain is told so, and who stops waiting is gone")
    func waiting() async throws {
        try await TestedPostgreSQL.withDatabase { url in
            guard case .postgreSQL(var address) = try DatabaseURL.parse(url) else { return }
            address.limits.connections = 1
            address.limits.wait = .seconds(2)
            let database = try PostgreSQLDatabase(address: address, logger: .silent)
            let (begun, hasBegun) = AsyncStream.makeStream(of: Void.self)
            let (done, isDone) = AsyncStream.makeStream(of: Void.self)
            // Connecting counts as waiting: it is done before the clock matters.
            while (try? await database.ping()) == nil {}
            async let holding: Void = database.read { _ in
                hasBegun.finish()
                for await _ in done {}
            }
            for await _ in begun {}
            await #expect(throws: StorageError.unavailable("no database connection became free in time")) {
                try await database.ping()
            }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await database.ping() }
                group.cancelAll()
            }
            isDone.finish()
            try await holding
            try await database.ping()
            try await database.close()
        }
    }

    @Test("terminated connections are replaced without anybody noticing", arguments: 1...3)
    func terminated(_ round: Int) async throws {
        try await use { database, url in
            try await database.migrate([thingsMigration], namespace: "test")
            _ = try await TestedPostgreSQL.run(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """, at: url)
            try await database.insertThing("a")
            #expect(try await database.thingCount() == 1)
        }
    }

    @Test("a connection terminated inside of a transaction fails that one alone, and commits nothing of it")
    func terminatedInside() async throws {
        try await use { database, url in
            try await database.migrate([thingsMigration], namespace: "test")
            let error = await #expect(throws: StorageError.self) {
                try await database.write { transaction in
                    try await transaction.execute("INSERT INTO things (id) VALUES ('a')", [])
                    _ = try await transaction.query("SELECT pg_terminate_backend(pg_backend_pid()) AS t", [])
                }
            }
            guard case .unavailable = error else { return #expect(Bool(false), "\(String(describing: error))") }
            #expect(try await database.thingCount() == 0)
        }
    }

    private static func backend(_ transaction: any SQLTransaction) async throws -> Int64 {
        try #require(try await transaction.query("SELECT pg_backend_pid() AS pid", []).first).integer("pid")
    }

    @Test("a first statement that fails takes neither its connection nor what was prepared with it", arguments: 1...3)
    func failedFirst(_ round: Int) async throws {
        try await useOne { database in
            let before = try await database.read { try await Self.backend($0) }
            for sql in ["SELECT 1 / (LENGTH(?) - 1) AS v", "SELECT nothing FROM nowhere WHERE a = ?"] {
                for _ in 1...2 {
                    let error = await #expect(throws: StorageError.self) {
                        try await database.write { try await $0.query(sql, [.text("a")]) }
                    }
                    guard case .invalidStatement = error else {
                        return #expect(Bool(false), "\(String(describing: error))")
                    }
                }
            }
            let quotients = try await database.read {
                try await $0.query("SELECT 1 / (LENGTH(?) - 1) AS v", [.text("ab")])
            }
            #expect(try quotients.map { try $0.integer("v") } == [1])
            #expect(try await database.write { try await Self.backend($0) } == before)
        }
    }

    private struct OwnError: Error {}

    @Test("a read's end is nobody's to wait for, and its connection is used again")
    func endOfReading() async throws {
        try await useOne { database in
            let before = try await database.read { try await Self.backend($0) }
            await #expect(throws: OwnError.self) {
                try await database.read { transaction in
                    _ = try await Self.backend(transaction)
                    throw OwnError()
                }
            }
            #expect(try await database.read { _ in 7 } == 7)
            try await database.insertThing("a")
            let (count, after) = try await database.read { transaction in
                (try await transaction.query("SELECT id FROM things", []).count, try await Self.backend(transaction))
            }
            #expect(count == 1)
            #expect(after == before)
        }
    }

    @Test("a statement that ends the transaction itself is told of", arguments: ["COMMIT", "ROLLBACK"])
    func endedByItself(_ sql: String) async throws {
        let expected = StorageError.invalidStatement("a statement ended the transaction itself")
        try await useOne { database in
            for first in ["SELECT 1 AS v", sql] {
                let body: @Sendable (any SQLTransaction) async throws -> Void = { transaction in
                    _ = try await transaction.query(first, [])
                    if first != sql { try await transaction.execute(sql, []) }
                }
                await #expect(throws: expected) { try await database.read(body) }
                await #expect(throws: expected) { try await database.write(body) }
            }
            try await database.ping()
        }
    }

    @Test("a first statement that takes its server away is tried on each connection once, and no further")
    func deadlyFirst() async throws {
        try await use("?pool_size=2") { database, _ in
            let runs = Mutex(0)
            let error = await #expect(throws: StorageError.self) {
                try await database.write { transaction in
                    runs.withLock { $0 += 1 }
                    _ = try await transaction.query("SELECT pg_terminate_backend(pg_backend_pid()) AS t", [])
                }
            }
            guard case .unavailable = error else { return #expect(Bool(false), "\(String(describing: error))") }
            #expect(1...4 ~= runs.withLock { $0 })
            try await database.ping()
        }
    }

    @Test("a server that goes away before a commit is away, and no fault of the transaction's body")
    func terminatedBeforeCommit() async throws {
        try await use { database, url in
            try await database.migrate([thingsMigration], namespace: "test")
            let error = await #expect(throws: StorageError.self) {
                try await database.write { transaction in
                    try await transaction.execute("INSERT INTO things (id) VALUES ('a')", [])
                    let row = try await transaction.query("SELECT pg_backend_pid() AS pid", []).first
                    let pid = try #require(row).integer("pid")
                    _ = try await TestedPostgreSQL.run("SELECT pg_terminate_backend(\(pid), 10000)", at: url)
                    // Noticed here or with the commit: the answer is the same.
                    try await Task.sleep(for: .milliseconds(100))
                }
            }
            guard case .unavailable = error else { return #expect(Bool(false), "\(String(describing: error))") }
            #expect(try await database.thingCount() == 0)
        }
    }

    @Test("two that check and then write, at two replicas: one of them sees the other", arguments: 1...5)
    func writeSkew(_ round: Int) async throws {
        try await TestedPostgreSQL.withDatabase { url in
            let replicas = try (0..<2).map { _ in try Databases.open(url: url, logger: .silent) }
            try await replicas[0].migrate([thingsMigration], namespace: "test")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        try await replicas[number % 2].write { transaction in
                            let rows = try await transaction.query("SELECT COUNT(*) AS n FROM things", [])
                            guard try rows[0].integer("n") < 3 else { return }
                            try await transaction.execute("INSERT INTO things (id) VALUES (?)", [.text("\(number)")])
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await replicas[0].thingCount() == 3)
            for replica in replicas { try await replica.close() }
        }
    }

    @Test("what one replica notifies in a commit, the other hears; a rollback is not heard")
    func notifications() async throws {
        try await TestedPostgreSQL.withDatabase { url in
            let (one, two) = (
                try Databases.open(url: url, logger: .silent), try Databases.open(url: url, logger: .silent)
            )
            var news = two.notifications("news").makeAsyncIterator()
            // The first is told when it has begun to listen.
            #expect(await news.next() != nil)
            try await one.write { try await $0.notify("news") }
            #expect(await news.next() != nil)
            try await two.close()
            #expect(await news.next() == nil)
            try await one.close()
        }
    }

    @Test("two processes' worth of replicas migrate together")
    func migrateTogether() async throws {
        try await TestedPostgreSQL.withDatabase { url in
            let replicas = try (0..<4).map { _ in try Databases.open(url: url + "?pool_size=2", logger: .silent) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for replica in replicas {
                    group.addTask {
                        try await replica.migrate([thingsMigration, MigrationTests.first], namespace: "test")
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await replicas[0].thingCount() == 0)
            for replica in replicas { try await replica.close() }
        }
    }

    @Test("TLS: the server is verified by name and authority, and what can't be verified is refused")
    func tls() async throws {
        let authority = try #require(TestedPostgreSQL.authority)
        try await TestedPostgreSQL.withDatabase { url in
            let named = url.replacing("@127.0.0.1:", with: "@localhost:")
            let trusted = try Databases.open(
                url: named + "?sslmode=verify-full&sslrootcert=\(authority)", logger: .silent)
            let rows = try await trusted.read {
                try await $0.query("SELECT ssl AS tls FROM pg_stat_ssl WHERE pid = pg_backend_pid()", [])
            }
            #expect(try rows[0].bool("tls"))
            try await trusted.close()
            let refused = [
                // The certificate says localhost.
                url + "?sslmode=verify-full&sslrootcert=\(authority)",
                // Signed by nobody the system knows.
                named + "?sslmode=verify-full",
            ]
            for url in refused {
                let database = try Databases.open(url: url, logger: .silent)
                let error = await #expect(throws: StorageError.self) { try await database.ping() }
                guard case .unavailable = error else { return #expect(Bool(false), "\(String(describing: error))") }
                try await database.close()
            }
        }
    }

    @Test("a wrong password, an unknown database and a server that is not there say so, without the password")
    func unreachable() async throws {
        let url = try #require(TestedPostgreSQL.url)
        let wrong = try #require(URL(string: url))
        for url in [
            "postgres://lockstep:hunter2@127.0.0.1:\(wrong.port ?? 0)/postgres", TestedPostgreSQL.named("nothing", url),
            "postgres://lockstep:hunter2@127.0.0.1:1/postgres", "postgres://u:hunter2@no.such.host.invalid/d",
        ] {
            let database = try Databases.open(url: url, logger: .silent)
            let error = await #expect(throws: StorageError.self) { try await database.ping() }
            guard case .unavailable(let reason) = error else {
                return #expect(Bool(false), "\(String(describing: error))")
            }
            #expect(!reason.contains("hunter2"))
            try await database.close()
        }
    }

    @Test("a server that was restarted is found again, and its listeners are woken")
    func restart() async throws {
        try await OwnPostgreSQL.withServer { server in
            let database = try Databases.open(url: server.url, logger: .silent)
            try await database.migrate([thingsMigration], namespace: "test")
            var news = database.notifications("news").makeAsyncIterator()
            #expect(await news.next() != nil)
            try await server.halt()
            let error = await #expect(throws: StorageError.self) { try await database.insertThing("a") }
            guard case .unavailable = error else { return #expect(Bool(false), "\(String(describing: error))") }
            try await server.resume()
            try await database.insertThing("b")
            #expect(await news.next() != nil)
            #expect(try await database.thingCount() == 1)
            try await database.close()
        }
    }
}
