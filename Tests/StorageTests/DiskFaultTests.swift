import Foundation
import TestSupport
import Testing

@testable import Storage

/// Disks that take nothing more, and files that are no databases.
@Suite("Disks that fail", .timeLimit(.minutes(10)))
struct DiskFaultTests {
    private static func reason(_ error: StorageError?) -> String? {
        if case .unwritable(let reason)? = error { reason } else { nil }
    }

    /// Writes until the disk takes no more; answers which were committed.
    private static func writeUntilFull(_ database: any Storage.Database, from first: Int = 0) async throws -> [String] {
        var kept: [String] = []
        for number in first..<first + 4000 {
            do {
                try await database.write { transaction in
                    try await transaction.execute(
                        "INSERT INTO things (id, content) VALUES (?, ?)",
                        [.text("\(number)"), .blob([UInt8](repeating: 7, count: 3000))])
                }
                kept.append("\(number)")
            } catch let error as StorageError {
                #expect(reason(error)?.contains("full") == true, "\(error)")
                return kept
            }
        }
        throw StorageError.unavailable("the disk never became full")
    }

    private static func ids(_ database: any Storage.Database) async throws -> Set<String> {
        Set(try await database.read { try await $0.query("SELECT id FROM things", []) }.map { try $0.text("id") })
    }

    @Test(
        "a full disk is told as such, keeps what was committed, is read from, and takes more when there is room",
        .enabled(if: SmallDisk.isPossible, .init(rawValue: SmallDisk.whyNot)))
    func full() async throws {
        try await SmallDisk.with(kibibytes: 4096) { disk in
            let url = "sqlite://\(disk.folder)/data.sqlite"
            let database = try Databases.open(url: url, logger: .silent)
            try await database.migrate([thingsMigration], namespace: "test")
            try await database.ping()
            try disk.take(kibibytes: 2048)
            var kept = try await Self.writeUntilFull(database)
            #expect(kept.count > 20)
            #expect(try await Self.ids(database) == Set(kept))
            // Whatever little was left is gone: then not even the smallest write goes through, and a look says so.
            try disk.fill()
            kept += try await Self.writeUntilFull(database, from: 5000)
            await #expect(throws: StorageError.self) { try await database.ping() }
            #expect(try await Self.ids(database) == Set(kept))

            disk.makeRoom()
            try await database.write { try await $0.execute("DELETE FROM things WHERE id = '0'", []) }
            try await database.ping()
            try await database.insertThing("new")
            #expect(try await Self.ids(database) == Set(kept).subtracting(["0"]).union(["new"]))
            try await database.close()
            let again = try Databases.open(url: url, logger: .silent)
            #expect(try await Self.ids(again) == Set(kept).subtracting(["0"]).union(["new"]))
            try await again.close()
        }
    }

    @Test(
        "a backup for which there is no room fails in words and leaves nothing",
        .enabled(if: SmallDisk.isPossible, .init(rawValue: SmallDisk.whyNot)))
    func fullBackup() async throws {
        try await withTemporaryFolder { folder in
            let database = try Databases.open(url: "sqlite://\(folder)/data.sqlite", logger: .silent)
            try await database.migrate([thingsMigration], namespace: "test")
            for number in 0..<200 {
                try await database.write { transaction in
                    try await transaction.execute(
                        "INSERT INTO things (id, content) VALUES (?, ?)",
                        [.text("\(number)"), .blob([UInt8](repeating: 7, count: 3000))])
                }
            }
            try await SmallDisk.with(kibibytes: 256) { disk in
                let file = try BackupFile(path: "\(disk.folder)/backup.sqlite", id: "x")
                let error = await #expect(throws: StorageError.self) {
                    try await file.fill(from: database) { _, _ in }
                }
                #expect(Self.reason(error)?.contains("full") == true, "\(String(describing: error))")
                file.abandon()
                #expect(try FileManager.default.contentsOfDirectory(atPath: disk.folder).isEmpty)
            }
            #expect(try await Self.ids(database).count == 200)
            try await database.close()
        }
    }

    @Test(
        "a read-only disk is told at the start, with what mends it",
        .enabled(if: SmallDisk.isPossible, .init(rawValue: SmallDisk.whyNot)))
    func readOnlyDisk() async throws {
        try await SmallDisk.with(kibibytes: 1024) { disk in
            let url = "sqlite://\(disk.folder)/data.sqlite"
            let database = try Databases.open(url: url, logger: .silent)
            try await database.migrate([thingsMigration], namespace: "test")
            try await database.insertThing("kept")
            try await database.close()
            try disk.makeReadOnly()
            for path in ["data.sqlite", "other.sqlite", "new/other.sqlite"] {
                let error = #expect(throws: StorageError.self) {
                    try Databases.open(url: "sqlite://\(disk.folder)/\(path)", logger: .silent)
                }
                let reason = Self.reason(error) ?? ""
                #expect(reason.contains(disk.folder) && reason.contains("uid"), "\(String(describing: error))")
                #expect(!reason.contains("\n"))
            }
            try disk.makeReadOnly(false)
            let again = try Databases.open(url: url, logger: .silent)
            #expect(try await again.thingCount() == 1)
            try await again.insertThing("more")
            try await again.close()
        }
    }

    @Test("a write inside of a read is the code's fault, not the disk's")
    func notTheDisk() async throws {
        try await TestedDatabase.sqliteFile.use { database in
            try await database.migrate([thingsMigration], namespace: "test")
            let error = await #expect(throws: StorageError.self) {
                try await database.read { try await $0.execute("DELETE FROM things", []) }
            }
            guard case .invalidStatement = error else { return #expect(Bool(false), "\(String(describing: error))") }
            try await database.ping()
        }
    }

    @Test("a file that is no database says so, and that a backup helps", arguments: ["text", "spoiled"])
    func damaged(_ kind: String) async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/data.sqlite"
            let database = try Databases.open(url: "sqlite://\(path)", logger: .silent)
            try await database.migrate([thingsMigration], namespace: "test")
            try await database.close()
            var bytes = try Data(contentsOf: URL(filePath: path))
            if kind == "text" {
                bytes = Data("this is no database, and long enough to be looked at by whoever opens it".utf8)
            } else {
                // Behind the head of the file: the page that holds the schema.
                bytes.replaceSubrange(100..<400, with: Data(repeating: 0xFF, count: 300))
            }
            try bytes.write(to: URL(filePath: path))
            let error = await #expect(throws: StorageError.self) {
                let opened = try Databases.open(url: "sqlite://\(path)", logger: .silent)
                try await opened.migrate([thingsMigration], namespace: "test")
            }
            guard case .unavailable(let reason) = error else {
                return #expect(Bool(false), "\(String(describing: error))")
            }
            #expect(reason.contains("no SQLite database, or is damaged") && reason.contains("restore a backup"))
        }
    }
}
