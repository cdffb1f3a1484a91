import Foundation
import Logging
import TestSupport
import Testing

@testable import Storage

/// The databases that pass the one suite.
enum TestedDatabase: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case sqliteMemory, sqliteFile, postgreSQL

    /// PostgreSQL where a server is named (`scripts/postgres-for-tests`); `.ci/run` says so where none is.
    static var allCases: [TestedDatabase] {
        [.sqliteMemory, .sqliteFile] + (TestedPostgreSQL.isNamed ? [.postgreSQL] : [])
    }

    var testDescription: String { rawValue }

    /// Opens an empty one, runs the body, closes and removes it.
    func use(_ body: (any Storage.Database) async throws -> Void) async throws {
        switch self {
        case .sqliteMemory:
            let database = try Databases.open(url: "sqlite::memory:", logger: .silent)
            try await body(database)
            try await database.close()
        case .sqliteFile:
            try await withTemporaryFolder { folder in
                let database = try Databases.open(url: "sqlite://\(folder)/nested/test.sqlite", logger: .silent)
                try await body(database)
                try await database.close()
            }
        case .postgreSQL:
            try await TestedPostgreSQL.withDatabase { url in
                guard case .postgreSQL(var address) = try DatabaseURL.parse(url) else {
                    throw StorageError.badURL("not PostgreSQL")
                }
                // What the suite asks is not how fast this machine is.
                address.limits.wait = .seconds(50)
                let database = try PostgreSQLDatabase(address: address, logger: .silent)
                try await body(database)
                try await database.close()
            }
        }
    }

    /// Two replicas of an empty one.
    func useTwo(_ body: (any Storage.Database, any Storage.Database) async throws -> Void) async throws {
        switch self {
        case .sqliteMemory:
            throw StorageError.badURL("a database in memory has one connection")
        case .sqliteFile:
            try await withTemporaryFolder { try await Self.useTwo("sqlite://\($0)/test.sqlite", body) }
        case .postgreSQL:
            try await TestedPostgreSQL.withDatabase { try await Self.useTwo($0, body) }
        }
    }

    private static func useTwo(
        _ url: String, _ body: (any Storage.Database, any Storage.Database) async throws -> Void
    ) async throws {
        let first = try Databases.open(url: url, logger: .silent)
        let second = try Databases.open(url: url, logger: .silent)
        try await body(first, second)
        try await second.close()
        try await first.close()
    }
}

func withTemporaryFolder<T>(_ body: (String) async throws -> T) async throws -> T {
    let folder = FileManager.default.temporaryDirectory.appending(path: "lockstep-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path)
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

/// One table with every kind of column and constraint.
let thingsMigration = Migration(
    id: "0001-things",
    statements: [
        """
        CREATE TABLE owners (id TEXT NOT NULL PRIMARY KEY)
        """,
        """
        CREATE TABLE things (
            id TEXT NOT NULL PRIMARY KEY,
            owner TEXT REFERENCES owners (id),
            name TEXT UNIQUE,
            amount BIGINT NOT NULL DEFAULT 0 CHECK (amount >= 0),
            weight DOUBLE PRECISION,
            content BYTEA
        )
        """,
    ])

extension Storage.Database {
    func insertThing(_ id: String, name: String? = nil, amount: Int64 = 0, owner: String? = nil) async throws {
        try await write { transaction in
            try await transaction.execute(
                "INSERT INTO things (id, name, amount, owner) VALUES (?, ?, ?, ?)",
                [.text(id), .optional(name), .integer(amount), .optional(owner)])
        }
    }

    func thingCount() async throws -> Int64 {
        try await read { try await $0.query("SELECT COUNT(*) AS n FROM things", []) }[0].integer("n")
    }
}
