import Foundation
import Testing

@testable import Storage

@Suite("SQLite in a file", .timeLimit(.minutes(10)))
struct SQLiteFileTests {
    @Test("what was committed is there after the file was opened anew")
    func reopen() async throws {
        try await withTemporaryFolder { folder in
            let url = "sqlite://\(folder)/a%20b/data.sqlite"
            let first = try Databases.open(url: url, logger: .silent)
            try await first.migrate([thingsMigration], namespace: "test")
            try await first.insertThing("kept", name: "Zoë")
            try await first.close()
            let second = try Databases.open(url: url, logger: .silent)
            try await second.migrate([thingsMigration], namespace: "test")
            #expect(try await second.thingCount() == 1)
            try await second.close()
        }
    }

    /// The copy is what a killed process leaves: the main file and its log, never closed.
    @Test("a commit is in the files before write returns")
    func survivesKill() async throws {
        try await withTemporaryFolder { folder in
            let database = try Databases.open(url: "sqlite://\(folder)/data.sqlite", logger: .silent)
            try await database.migrate([thingsMigration], namespace: "test")
            try await database.insertThing("kept")
            try FileManager.default.createDirectory(atPath: "\(folder)/copy", withIntermediateDirectories: true)
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(
                    atPath: "\(folder)/data.sqlite\(suffix)", toPath: "\(folder)/copy/data.sqlite\(suffix)")
            }
            let copy = try Databases.open(url: "sqlite://\(folder)/copy/data.sqlite", logger: .silent)
            #expect(try await copy.thingCount() == 1)
            try await copy.close()
            try await database.close()
        }
    }

    @Test("what was deleted or overwritten is nowhere in the file that is left")
    func forgets() async throws {
        try await withTemporaryFolder { folder in
            let database = try Databases.open(url: "sqlite://\(folder)/data.sqlite", logger: .silent)
            try await database.migrate([thingsMigration], namespace: "test")
            for number in 0..<200 { try await database.insertThing("t\(number)", name: "to-forget-\(number)") }
            try await database.close()
            let file = URL(filePath: "\(folder)/data.sqlite")
            #expect(try Data(contentsOf: file).contains("to-forget-7"), "else this proves nothing")

            let again = try Databases.open(url: "sqlite://\(folder)/data.sqlite", logger: .silent)
            try await again.write { transaction in
                _ = try await transaction.execute("UPDATE things SET name = id WHERE id < ?", [.text("t15")])
                _ = try await transaction.execute("DELETE FROM things WHERE id >= ?", [.text("t15")])
            }
            try await again.close()
            #expect(try !Data(contentsOf: file).contains("to-forget"))
            #expect(!FileManager.default.fileExists(atPath: file.path() + "-wal"))
        }
    }

    @Test("the write-ahead log is flushed with each commit, foreign keys are on")
    func pragmas() async throws {
        try await withTemporaryFolder { folder in
            let database = try Databases.open(url: "sqlite://\(folder)/data.sqlite", logger: .silent)
            let settings = try await database.write { transaction in
                var settings: [String: SQLValue] = [:]
                for name in ["journal_mode", "synchronous", "foreign_keys"] {
                    settings.merge(try await transaction.query("PRAGMA \(name)", [])[0].columns) { $1 }
                }
                return settings
            }
            // 2 is FULL.
            #expect(
                settings == ["journal_mode": .text("wal"), "synchronous": .integer(2), "foreign_keys": .integer(1)])
            try await database.close()
        }
    }

    @Test("a reader keeps its snapshot while a writer commits, and neither waits for the other")
    func snapshots() async throws {
        try await withTemporaryFolder { folder in
            let database = try Databases.open(url: "sqlite://\(folder)/data.sqlite", logger: .silent)
            try await database.migrate([thingsMigration], namespace: "test")
            let (begun, hasBegun) = AsyncStream.makeStream(of: Void.self)
            let (committed, hasCommitted) = AsyncStream.makeStream(of: Void.self)
            async let counts = database.read { transaction in
                let count = "SELECT COUNT(*) AS n FROM things"
                let before = try await transaction.query(count, [])[0].integer("n")
                hasBegun.finish()
                for await _ in committed {}
                return [before, try await transaction.query(count, [])[0].integer("n")]
            }
            for await _ in begun {}
            try await database.insertThing("a")
            hasCommitted.finish()
            #expect(try await counts == [0, 0])
            #expect(try await database.thingCount() == 1)
            try await database.close()
        }
    }

    @Test("nobody else can read the file or its folder, even if the file was left open before")
    func modes() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/made/data.sqlite"
            let database = try Databases.open(url: "sqlite://\(path)", logger: .silent)
            try await database.migrate([thingsMigration], namespace: "test")
            for (name, mode) in [("\(folder)/made", 0o700), (path, 0o600), ("\(path)-wal", 0o600)] {
                #expect(try permissions(name) == mode, "\(name)")
            }
            try await database.close()
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            try await Databases.open(url: "sqlite://\(path)", logger: .silent).close()
            #expect(try permissions(path) == 0o600)
        }
    }

    private func permissions(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("a file that is no database, and a folder in its place, are refused")
    func notADatabase() async throws {
        try await withTemporaryFolder { folder in
            try Data("this is not a database, and long enough to be looked at".utf8)
                .write(to: URL(filePath: "\(folder)/text.sqlite"))
            try FileManager.default.createDirectory(atPath: "\(folder)/dir.sqlite", withIntermediateDirectories: true)
            for name in ["text", "dir"] {
                let error = #expect(throws: StorageError.self) {
                    try Databases.open(url: "sqlite://\(folder)/\(name).sqlite", logger: .silent)
                }
                guard case .unavailable = error else {
                    return #expect(Bool(false), "\(String(describing: error))")
                }
            }
        }
    }
}

extension Data {
    fileprivate func contains(_ text: String) -> Bool { range(of: Data(text.utf8)) != nil }
}
