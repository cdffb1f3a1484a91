import Foundation
import Synchronization
import Testing

@testable import Storage

@Suite("Backups", .timeLimit(.minutes(10)))
struct BackupFileTests {
    /// Money moves between two tables: whoever sees half of a transaction sees another sum.
    private static let accounts = [
        Migration(
            id: "0001-accounts",
            statements: [
                "CREATE TABLE cash (id BIGINT NOT NULL PRIMARY KEY, amount BIGINT NOT NULL)",
                "CREATE TABLE debt (id BIGINT NOT NULL PRIMARY KEY, amount BIGINT NOT NULL, note TEXT NOT NULL)",
            ])
    ]

    private static func pay(_ id: Int64, _ database: any Storage.Database) async throws {
        try await database.write { transaction in
            let amount = id * 7 % 1000
            try await transaction.execute(
                "INSERT INTO cash (id, amount) VALUES (?, ?)", [.integer(id), .integer(amount)])
            try await transaction.execute(
                "INSERT INTO debt (id, amount, note) VALUES (?, ?, ?)",
                [.integer(id), .integer(amount), .text(String(repeating: "n", count: 900))])
        }
    }

    private static func sums(_ database: any Storage.Database) async throws -> (cash: Int64, debt: Int64, rows: Int64) {
        let row = try await database.read {
            try await $0.query(
                """
                SELECT (SELECT COALESCE(SUM(amount), 0) FROM cash) AS cash, (SELECT COUNT(*) FROM cash) AS n, \
                (SELECT COALESCE(SUM(amount), 0) FROM debt) AS debt
                """, [])
        }[0]
        return (try row.integer("cash"), try row.integer("debt"), try row.integer("n"))
    }

    @Test(
        "a backup made while others write holds whole transactions, all that were there when it began, and is verified")
    func whileWriting() async throws {
        try await withTemporaryFolder { folder in
            let url = "sqlite://\(folder)/data.sqlite"
            let database = try Databases.open(url: url, logger: .silent)
            try await database.migrate(Self.accounts, namespace: "test")
            for id in 0..<3000 { try await Self.pay(Int64(id), database) }
            let counter = Counter(3000)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while !Task.isCancelled {
                        try await Self.pay(counter.value, database)
                        counter.advance()
                    }
                }
                for round in 0..<5 {
                    let before = counter.value
                    // Another process reads: `lockstep db backup`.
                    let reader = try Databases.openForReading(url: url, logger: .silent)
                    let path = "\(folder)/backup-\(round).sqlite"
                    let file = try BackupFile(path: path, id: "x")
                    let digests = try await file.fill(from: reader) { _, _ in }
                    try await file.finish(expecting: digests, logger: .silent)
                    try await reader.close()
                    let copy = try Databases.openForReading(url: "sqlite://\(path)", logger: .silent)
                    let sums = try await Self.sums(copy)
                    #expect(sums.cash == sums.debt)
                    #expect(sums.rows >= before && sums.rows <= counter.value + 1)
                    try await copy.close()
                    #expect(try await BackupFile.verify("sqlite://\(path)", logger: .silent) == digests)
                    #expect(
                        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
                    while counter.value == before { await Task.yield() }
                }
                group.cancelAll()
                do { try await group.waitForAll() } catch is CancellationError {}
            }
            try await database.close()
            let left = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains("backup") }
            #expect(left.sorted() == (0..<5).map { "backup-\($0).sqlite" })
        }
    }

    private final class Counter: Sendable {
        private let count: Mutex<Int64>
        init(_ value: Int64) { count = Mutex(value) }
        var value: Int64 { count.withLock { $0 } }
        func advance() { count.withLock { $0 += 1 } }
    }

    private func withBackup(_ body: (_ folder: String, _ path: String) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let database = try Databases.open(url: "sqlite://\(folder)/data.sqlite", logger: .silent)
            try await database.migrate(Self.accounts, namespace: "test")
            for id in 0..<200 { try await Self.pay(Int64(id), database) }
            let file = try BackupFile(path: "\(folder)/backup.sqlite", id: "x")
            let digests = try await file.fill(from: database) { _, _ in }
            try await file.finish(expecting: digests, logger: .silent)
            try await database.close()
            try await body(folder, file.path)
        }
    }

    @Test("it overwrites nothing, neither what is there at the start nor what comes meanwhile")
    func overwrites() async throws {
        try await withBackup { folder, path in
            let before = try Data(contentsOf: URL(filePath: path))
            #expect(throws: StorageError.self) { try BackupFile(path: path, id: "y") }
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/link", withDestinationPath: "\(folder)/none")
            #expect(throws: StorageError.self) { try BackupFile(path: "\(folder)/link", id: "y") }
            let database = try Databases.openForReading(url: "sqlite://\(folder)/data.sqlite", logger: .silent)
            let late = try BackupFile(path: "\(folder)/late.sqlite", id: "y")
            let digests = try await late.fill(from: database) { _, _ in }
            try Data("mine".utf8).write(to: URL(filePath: "\(folder)/late.sqlite"))
            await #expect(throws: StorageError.self) { try await late.finish(expecting: digests, logger: .silent) }
            late.abandon()
            try await database.close()
            #expect(try String(contentsOfFile: "\(folder)/late.sqlite", encoding: .utf8) == "mine")
            #expect(try Data(contentsOf: URL(filePath: path)) == before)
            #expect(!(try FileManager.default.contentsOfDirectory(atPath: folder)).contains { $0.contains("partial") })
        }
    }

    @Test("rows that are missing, or other ones, are found before the file gets its name")
    func compared() async throws {
        try await withBackup { folder, _ in
            let database = try Databases.openForReading(url: "sqlite://\(folder)/data.sqlite", logger: .silent)
            let file = try BackupFile(path: "\(folder)/second.sqlite", id: "y")
            let digests = try await file.fill(from: database) { _, _ in }
            try await database.close()
            let spoiled = try Databases.open(url: file.temporaryURL, logger: .silent)
            try await spoiled.write { try await $0.execute("UPDATE cash SET amount = amount + 1 WHERE id = 7", []) }
            try await spoiled.close()
            let error = await #expect(throws: TransferFault.self) {
                try await file.finish(expecting: digests, logger: .silent)
            }
            guard case .differs(table: "cash", _, _) = error else {
                return #expect(Bool(false), "\(String(describing: error))")
            }
            file.abandon()
            #expect(!FileManager.default.fileExists(atPath: file.path))
        }
    }

    /// Where in the file the bytes are spoiled: its head, a page's head, the middle, its end.
    @Test("a damaged backup is refused, wherever the damage is", arguments: [0, 4096 * 3, 4096 * 20, -4096])
    func damaged(_ place: Int) async throws {
        try await withBackup { _, path in
            let whole = try Data(contentsOf: URL(filePath: path))
            var spoiled = whole
            let start = place >= 0 ? place : whole.count + place
            spoiled.replaceSubrange(start..<start + 64, with: Data(repeating: 0xA5, count: 64))
            try spoiled.write(to: URL(filePath: path))
            await #expect(throws: (any Error).self) { try await BackupFile.verify("sqlite://\(path)", logger: .silent) }
            try whole.write(to: URL(filePath: path))
            #expect(try await BackupFile.verify("sqlite://\(path)", logger: .silent)["cash"]?.rows == 200)
        }
    }

    @Test("a cut backup is refused")
    func cut() async throws {
        try await withBackup { _, path in
            let whole = try Data(contentsOf: URL(filePath: path))
            try whole.prefix(whole.count / 2).write(to: URL(filePath: path))
            await #expect(throws: (any Error).self) { try await BackupFile.verify("sqlite://\(path)", logger: .silent) }
        }
    }

    @Test("what is opened for reading is not written: not its bytes, not its mode, and no file is made")
    func readsAlone() async throws {
        try await withBackup { folder, path in
            try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path)
            let before = try Data(contentsOf: URL(filePath: path))
            let database = try Databases.openForReading(url: "sqlite://\(path)", logger: .silent)
            _ = try await DatabaseCopy.digests(of: database)
            await #expect(throws: StorageError.self) {
                try await database.write { try await $0.execute("DELETE FROM cash", []) }
            }
            await #expect(throws: StorageError.self) {
                try await database.read { try await $0.execute("DELETE FROM cash", []) }
            }
            try await database.close()
            #expect(try Data(contentsOf: URL(filePath: path)) == before)
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o444)
            #expect(throws: StorageError.self) {
                try Databases.openForReading(url: "sqlite://\(folder)/none.sqlite", logger: .silent)
            }
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/none.sqlite"))
        }
    }
}
