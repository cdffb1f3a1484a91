import Logging
import ServiceLifecycle
import Storage
import TestSupport
import Testing

@testable import Plant

@Suite("The audit of validations", .timeLimit(.minutes(10)))
struct ValidationAuditTests {
    private func record(_ id: String, at moment: Int64 = 1_000) -> ValidationRecord {
        ValidationRecord(id: id, at: moment, requestID: "r", outcome: "valid", tokenSource: .authorization)
    }

    private func ids(_ database: any Database) async throws -> [String] {
        try await database.read { try await $0.query("SELECT id FROM validation_audit ORDER BY id", []) }
            .map { try $0.text("id") }
    }

    private func open(_ log: CapturedLog) async throws -> any Database {
        let database = try Databases.open(
            url: try await TestedPostgreSQL.emptyDatabase() ?? "sqlite::memory:", logger: log.logger)
        try await database.migrate(PlantMigrations.all, namespace: PlantMigrations.namespace)
        return database
    }

    @Test("a full queue drops the newest, and says how many once")
    func bounded() async throws {
        let log = CapturedLog()
        let database = try await open(log)
        let writer = AuditWriter(
            database: database, limits: .init(capacity: 3, batch: 2, retention: 100), now: { 1_000 },
            logger: log.logger)
        for number in 1...5 { writer.record(record("\(number)")) }
        await writer.flush()
        #expect(try await ids(database) == ["1", "2", "3"])
        let warnings = log.lines.filter { $0.level == .warning }
        #expect(warnings.map(\.metadata) == [["count": "2"]])
        try await database.close()
    }

    @Test("what could not be written waits for the next time")
    func retries() async throws {
        let log = CapturedLog()
        let database = try Databases.open(
            url: try await TestedPostgreSQL.emptyDatabase() ?? "sqlite::memory:", logger: log.logger)
        let writer = AuditWriter(
            database: database, limits: .init(retention: 100), now: { 1_000 }, logger: log.logger)
        writer.record(record("1"))
        await writer.flush()
        #expect(log.contains("The audit could not be written"))
        try await database.migrate(PlantMigrations.all, namespace: PlantMigrations.namespace)
        writer.record(record("2"))
        await writer.flush()
        #expect(try await ids(database) == ["1", "2"])
        try await database.close()
    }

    @Test("shutdown writes what still waits")
    func shutdown() async throws {
        let log = CapturedLog()
        let database = try await open(log)
        let writer = AuditWriter(
            database: database, limits: .init(retention: 100), now: { 1_000 }, logger: log.logger)
        let group = ServiceGroup(configuration: .init(services: [.init(service: writer)], logger: log.logger))
        writer.record(record("1"))
        await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            await group.triggerGracefulShutdown()
        }
        #expect(try await ids(database) == ["1"])
        try await database.close()
    }

    @Test("a flood of requests fills the audit up to its bound and no further; the newest records stay")
    func boundedTable() async throws {
        let database = try await open(CapturedLog())
        let writer = AuditWriter(
            database: database, limits: .init(retention: 100, maximumRecords: 5, pruneAfter: 10), now: { 1_000 },
            logger: CapturedLog().logger)
        await writer.pruneWhenDue()
        for number in 10..<30 { writer.record(record("\(number)", at: Int64(900 + number))) }
        await writer.flush()
        // No hour has passed since the last look; the number alone makes it due.
        await writer.pruneWhenDue()
        #expect(try await ids(database) == ["25", "26", "27", "28", "29"])
        try await database.close()
    }

    @Test("records older than the retention go")
    func prunes() async throws {
        let database = try await open(CapturedLog())
        try await ValidationAudit.insert(
            [record("old", at: 10), record("edge", at: 100), record("new", at: 190)], into: database)
        try await ValidationAudit.prune(before: 100, keeping: 10, in: database)
        #expect(try await ids(database) == ["edge", "new"])
        try await database.close()
    }

    @Test("a queue gives back in order, and drops what no longer fits")
    func queue() {
        var queue = AuditQueue<Int>(capacity: 3)
        let accepted = (1...3).map { queue.append($0) }
        #expect(accepted == [true, true, true])
        let (batch, dropped) = queue.take(2)
        #expect(batch == [1, 2])
        #expect(dropped == 0)
        let fourth = queue.append(4)
        #expect(fourth)
        queue.giveBack(batch)
        #expect(queue.waiting == [1, 2, 3])
        #expect(queue.dropped == 1)
    }
}
