import Synchronization
import TestSupport
import Testing

@testable import Storage

@Suite("Writing in turn", .timeLimit(.minutes(10)))
struct WriteInTurnTests {
    private static let counter = Migration(
        id: "0001-counter",
        statements: [
            "CREATE TABLE counter (name TEXT NOT NULL PRIMARY KEY, n BIGINT NOT NULL)",
            "INSERT INTO counter (name, n) VALUES ('one', 0)",
        ])

    private final class Runs: Sendable {
        let count = Atomic<Int>(0)
    }

    /// Reads first, as whoever appends to a chain does: at a server this is what contradicts another.
    private static func increment(_ database: any Database, _ runs: Runs) async throws {
        try await database.writeInTurn { transaction in
            runs.count.add(1, ordering: .relaxed)
            let n = try await transaction.query("SELECT n FROM counter WHERE name = 'one'", [])[0].integer("n")
            try await transaction.execute("UPDATE counter SET n = ? WHERE name = 'one'", [.integer(n + 1)])
        }
    }

    private static func value(_ database: any Database) async throws -> Int64 {
        try await database.read { try await $0.query("SELECT n FROM counter", []) }[0].integer("n")
    }

    @Test("each of many at once runs once, and none is lost", arguments: TestedDatabase.allCases)
    func oneDatabase(_ kind: TestedDatabase) async throws {
        try await kind.use { database in
            try await database.migrate([Self.counter], namespace: "test")
            let runs = Runs()
            try await Self.hammer([database], runs)
            #expect(try await Self.value(database) == 400)
            #expect(runs.count.load(ordering: .relaxed) == 400)
        }
    }

    @Test(
        "at two replicas too: no transaction is ended by another",
        .enabled(if: TestedPostgreSQL.isNamed, "LOCKSTEP_TEST_POSTGRES_URL names no server"))
    func twoReplicas() async throws {
        try await withReplicas { replicas, _ in
            let runs = Runs()
            try await Self.hammer(replicas, runs)
            #expect(try await Self.value(replicas[0]) == 400)
            #expect(runs.count.load(ordering: .relaxed) == 400)
        }
    }

    private static func hammer(_ databases: [any Database], _ runs: Runs) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for _ in 0..<50 { try await increment(databases[task % databases.count], runs) }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test(
        "who waits takes no connection, and leaves nothing behind when cancelled",
        .enabled(if: TestedPostgreSQL.isNamed, "LOCKSTEP_TEST_POSTGRES_URL names no server"), arguments: [0, 1])
    func cancellation(_ waiting: Int) async throws {
        // The same replica's wait is here; the other's is at the server.
        try await withReplicas { replicas, url in
            try await Self.holdingTheTurn(at: replicas[0]) {
                await withTaskGroup(of: Bool.self) { group in
                    for _ in 0..<6 {
                        group.addTask {
                            do {
                                try await Self.increment(replicas[waiting], Runs())
                                return false
                            } catch { return error is CancellationError }
                        }
                    }
                    if waiting == 1 { while (try? await Self.waitingAtServer(url)) != 1 { await Task.yield() } }
                    // Of two connections one is taken at most: the other answers while all of them wait.
                    #expect((try? await Self.value(replicas[waiting])) == 0)
                    group.cancelAll()
                    for await wasCancelled in group { #expect(wasCancelled) }
                }
                let left = try await Self.waitingAtServer(url)
                #expect(left == 0)
            }
            for replica in replicas { try await Self.increment(replica, Runs()) }
            #expect(try await Self.value(replicas[0]) == 2)
        }
    }

    @Test(
        "a holder whose connection is killed lets the next one in",
        .enabled(if: TestedPostgreSQL.isNamed, "LOCKSTEP_TEST_POSTGRES_URL names no server"))
    func killedHolder() async throws {
        try await withReplicas { replicas, url in
            try await withThrowingTaskGroup(of: Void.self) { group in
                try await Self.holdingTheTurn(at: replicas[0], endsWell: false) {
                    group.addTask { try await Self.increment(replicas[1], Runs()) }
                    while try await Self.waitingAtServer(url) != 1 { await Task.yield() }
                    _ = try await TestedPostgreSQL.run(
                        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted "
                            + "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
                        at: url)
                    // While the dead one's task still holds its turn here.
                    try await group.waitForAll()
                    #expect(try await Self.value(replicas[1]) == 1)
                }
            }
            try await Self.increment(replicas[0], Runs())
            #expect(try await Self.value(replicas[0]) == 2)
        }
    }

    @Test("a turn that does not come in time is refused as busy, and the line goes on")
    func patience() {
        var turns = PostgreSQLTurns()
        let told = Told()
        for id in UInt64(1)...3 { turns.take(id: id, deadline: 10 + id, told.tell(id)) }
        turns.tick(now: 12)
        #expect(told.all == ["1 has it", "2: the database is busy"])
        turns.abandon(2)
        turns.end()
        #expect(told.all == ["1 has it", "2: the database is busy", "3 has it"])
        turns.end()
        turns.take(id: 4, deadline: 20, told.tell(4))
        #expect(told.all.last == "4 has it")
        #expect(turns.nextDeadline == nil)
    }

    private final class Told: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }

        func tell(_ id: UInt64) -> @Sendable (Result<Void, any Error>) -> Void {
            { [self] result in
                let line =
                    switch result {
                    case .success: "\(id) has it"
                    case .failure(let error): "\(id): \(error)"
                    }
                lines.withLock { $0.append(line) }
            }
        }
    }

    @Test("a turn inside of a transaction is refused instead of waiting for itself", arguments: TestedDatabase.allCases)
    func nesting(_ kind: TestedDatabase) async throws {
        try await kind.use { database in
            try await database.migrate([Self.counter], namespace: "test")
            await #expect(throws: StorageError.self) {
                try await database.writeInTurn { _ in try await Self.increment(database, Runs()) }
            }
            try await Self.increment(database, Runs())
        }
    }

    // MARK: -

    private func withReplicas(_ body: ([any Database], _ url: String) async throws -> Void) async throws {
        try await TestedPostgreSQL.withDatabase { url in
            guard case .postgreSQL(var address) = try DatabaseURL.parse(url + "?pool_size=2") else { return }
            // What is asked is not how fast this machine is.
            (address.limits.wait, address.limits.statement) = (.seconds(50), .seconds(50))
            let one = try PostgreSQLDatabase(address: address, logger: .silent)
            let two = try PostgreSQLDatabase(address: address, logger: .silent)
            try await one.migrate([Self.counter], namespace: "test")
            try await body([one, two], url)
            try await one.close()
            try await two.close()
        }
    }

    private static func holdingTheTurn(
        at database: any Database, endsWell: Bool = true, _ body: () async throws -> Void
    ) async throws {
        let (begun, hasBegun) = AsyncStream.makeStream(of: Void.self)
        let (done, isDone) = AsyncStream.makeStream(of: Void.self)
        async let failure = failure {
            try await database.writeInTurn { transaction in
                _ = try await transaction.query("SELECT 1 AS one", [])
                hasBegun.finish()
                for await _ in done {}
                try await transaction.execute("UPDATE counter SET n = n WHERE name = 'one'", [])
            }
        }
        for await _ in begun {}
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
        isDone.finish()
        let ended = await failure
        #expect(endsWell ? ended == nil : ended is StorageError)
        try outcome.get()
    }

    private static func failure(_ body: @Sendable () async throws -> Void) async -> (any Error)? {
        do {
            try await body()
            return nil
        } catch { return error }
    }

    private static func waitingAtServer(_ url: String) async throws -> Int {
        let sql = """
            SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """
        let answer = try await TestedPostgreSQL.run(sql, at: url)
        return Int(answer.filter(\.isNumber)) ?? -1
    }
}
