import Synchronization
import TestSupport
import Testing

@testable import Storage

@Suite("The audit log", .timeLimit(.minutes(10)))
struct AuditLogTests {
    let log = auditLog

    @Test("keeps what it was told, newest first, page by page", arguments: TestedDatabase.allCases)
    func keeps(_ kind: TestedDatabase) async throws {
        try await kind.use { database in
            try await log.prepare(database)
            try await log.fill(7, of: database)
            var found: [AuditEntry] = []
            var next: Int64?
            var pages = 0
            repeat {
                let before = next
                let page = try await log.page(database, AuditQuery(before: before), limit: 3)
                found += page.entries
                next = page.next
                pages += 1
            } while next != nil
            #expect(pages == 3)
            #expect(found.map(\.position) == [7, 6, 5, 4, 3, 2, 1])
            #expect(found.map(\.record) == (1...7).reversed().map(AuditRecord.numbered))
            #expect(found.first?.hash == (try await log.head(of: database)).hash)
        }
    }

    @Test(
        "is asked by each of its columns",
        arguments: [
            (AuditQuery(actor: "odd"), [9, 7, 5, 3, 1]),
            (AuditQuery(action: .exactly("customers.suspend")), [9, 6, 3]),
            (AuditQuery(action: .exactly("customers")), []),
            (AuditQuery(action: .area("customers")), [9, 6, 3]),
            (AuditQuery(action: .area("customers.suspend")), []),
            (AuditQuery(action: .area("cust%")), []),
            (AuditQuery(resourceKind: "farm"), [9, 8, 7, 6, 5, 4, 3, 2, 1]),
            (AuditQuery(resourceKind: "farm", resourceID: "f4"), [4]),
            (AuditQuery(from: 3), [9, 8, 7, 6, 5, 4, 3]),
            (AuditQuery(until: 3), [2, 1]),
            (AuditQuery(from: 3, until: 6), [5, 4, 3]),
            (AuditQuery(outcome: .refused(nil)), [5]),
            (AuditQuery(outcome: .refused("forbidden")), [5]),
            (AuditQuery(outcome: .refused("other")), []),
            (AuditQuery(outcome: .done), [9, 8, 7, 6, 4, 3, 2, 1]),
            (AuditQuery(requestID: "r2"), [2]),
            (AuditQuery(actor: "odd", action: .area("customers"), before: 9), [3]),
        ] as [(AuditQuery, [Int64])])
    func asked(_ query: AuditQuery, _ expected: [Int64]) async throws {
        for kind in TestedDatabase.allCases where kind != .sqliteFile {
            try await kind.use { database in
                try await log.prepare(database)
                try await log.fill(9, of: database)
                #expect(try await log.page(database, query).entries.map(\.position) == expected, "\(kind)")
            }
        }
    }

    @Test("what is begun is told so, and found by it", arguments: TestedDatabase.allCases)
    func begun(_ kind: TestedDatabase) async throws {
        try await kind.use { database in
            try await log.prepare(database)
            try await log.fill(2, of: database)
            let begun = AuditRecord(at: 3, actor: "odd", action: "db.execute", outcome: .begun)
            try await log.append(begun, to: database)
            #expect(try await log.page(database, AuditQuery(outcome: .begun)).entries.map(\.record) == [begun])
            #expect(try await log.page(database, AuditQuery(outcome: .done)).entries.count == 2)
            #expect(try await log.verify(in: database).isIntact)
        }
    }

    @Test("what is rolled back was never there, and leaves no gap", arguments: TestedDatabase.allCases)
    func rollsBack(_ kind: TestedDatabase) async throws {
        struct Boom: Error {}
        try await kind.use { database in
            try await log.prepare(database)
            let log = log
            await #expect(throws: Boom.self) {
                try await database.write { transaction in
                    try await log.append(.numbered(1), transaction)
                    throw Boom()
                }
            }
            #expect(try await log.append(.numbered(2), to: database).position == 1)
            #expect(try await log.verify(in: database).isIntact)
        }
    }

    @Test("replicas append at once: no gap, no fork, none lost", arguments: [TestedDatabase.sqliteFile, .postgreSQL])
    func concurrent(_ kind: TestedDatabase) async throws {
        guard TestedDatabase.allCases.contains(kind) else { return }
        try await kind.useTwo { first, second in
            try await log.prepare(first)
            try await log.establish(id: "log-b", in: second)
            let log = log
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<60 {
                    let database = number.isMultiple(of: 2) ? first : second
                    group.addTask { try await log.append(.numbered(number), to: database) }
                }
                try await group.waitForAll()
            }
            let entries = try await log.page(second).entries
            #expect(entries.map(\.position) == (1...60).reversed())
            #expect(Set(entries.compactMap(\.record.requestID)) == Set((0..<60).map { "r\($0)" }))
            let report = try await log.verify(in: first)
            #expect(report.isIntact)
            #expect(report.checked == 60)
            #expect(report.head?.logID == "log-a")
        }
    }

    @Test("what is too long is cut; details stay JSON and prove what they were")
    func bounded() throws {
        let long = String(repeating: "ä", count: 400)
        let record = AuditRecord(
            at: 1, actor: long, roles: ["b b", "a", "a", ""], action: "x.y",
            outcome: .refused(long), requestID: "a\0b", details: String(repeating: "x", count: 9000))
        #expect(record.actor == String(repeating: "ä", count: 256))
        #expect(record.roles == ["a", "b_b"])
        #expect(record.outcome == .refused(String(repeating: "ä", count: 64)))
        #expect(record.requestID == "a\u{FFFD}b")
        // printf 'x%.0s' {1..9000} | sha256sum
        let hash = "e797e2af6f05c24cdd064793ce60a9d01302d9a3b0e5dff5bb0c046b87f2f668"
        #expect(record.details == #"{"cut":true,"bytes":9000,"sha256":"\#(hash)"}"#)
        let exact = String(repeating: "x", count: 8192)
        #expect(AuditRecord(at: 1, actor: "a", action: "x", details: exact).details == exact)
    }

    @Test("an entry that only the log itself may write is refused from others")
    func reserved() async throws {
        try await TestedDatabase.sqliteMemory.use { database in
            try await log.prepare(database)
            await #expect(throws: StorageError.self) {
                try await log.append(AuditRecord(at: 1, actor: "a", action: "audit.prune"), to: database)
            }
        }
    }

    @Test("the oldest go by age; the chain goes on from where they ended", arguments: TestedDatabase.allCases)
    func prunesByAge(_ kind: TestedDatabase) async throws {
        try await kind.use { database in
            try await log.prepare(database)
            try await log.fill(5, of: database)
            let head = try await log.head(of: database)
            #expect(try await log.prune(before: 1, keeping: 100, by: "lockstep", now: 50, in: database) == 0)
            #expect(try await log.prune(before: 4, keeping: 100, by: "lockstep", now: 50, in: database) == 3)
            let entries = try await log.page(database).entries
            #expect(entries.map(\.position) == [6, 5, 4])
            #expect(entries.first?.record.action == "audit.prune")
            let report = try await log.verify(expecting: [head], in: database)
            #expect(report.faults == [])
            #expect((report.anchor, report.checked) == (3, 3))
            // All of it, the entry that told of the pruning too.
            #expect(try await log.prune(before: 1000, keeping: 100, by: "lockstep", now: 60, in: database) == 3)
            let rest = try await log.verify(expecting: [head], in: database)
            #expect(rest.faults == [])
            #expect((rest.anchor, rest.checked, rest.outlived) == (6, 1, 1))
        }
    }

    @Test("the oldest beyond a count go, and the next call finds nothing to do")
    func prunesByCount() async throws {
        try await TestedDatabase.sqliteMemory.use { database in
            try await log.prepare(database)
            try await log.fill(9, of: database)
            #expect(try await log.prune(before: 0, keeping: 4, by: "lockstep", now: 50, in: database) == 6)
            #expect(try await log.page(database).entries.map(\.position) == [10, 9, 8, 7])
            #expect(try await log.prune(before: 0, keeping: 4, by: "lockstep", now: 50, in: database) == 0)
            #expect(try await log.verify(in: database).isIntact)
        }
    }

    @Test("a large surplus goes in several transactions, and the whole is intact after it")
    func prunesInBatches() async throws {
        try await TestedDatabase.sqliteMemory.use { database in
            try await log.prepare(database)
            try await log.fill(12_000, of: database)
            #expect(try await log.prune(before: 12_001, keeping: 100, by: "lockstep", now: 50, in: database) > 11_900)
            let report = try await log.verify(in: database)
            #expect(report.faults == [])
            #expect(report.checked < 100)
        }
    }

    @Test("a long log is verified in pages, and tells how far it has come")
    func progress() async throws {
        try await TestedDatabase.sqliteMemory.use { database in
            try await log.prepare(database)
            try await log.fill(25, of: database)
            let seen = Steps()
            let report = try await log.verify(in: database, pageSize: 10) { checked, of in
                seen.add(checked, of)
            }
            #expect(report.checked == 25)
            #expect(seen.all == [[10, 25], [20, 25], [25, 25]])
        }
    }

    private final class Steps: Sendable {
        private let steps = Mutex<[[Int64]]>([])
        func add(_ checked: Int64, _ of: Int64) { steps.withLock { $0.append([checked, of]) } }
        var all: [[Int64]] { steps.withLock { $0 } }
    }
}
